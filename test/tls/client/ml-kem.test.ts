import * as crypto from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { createServer } from "node:tls";
import { describe, expect, it } from "vitest";
import { createTlsClient } from "../../../src/tls/client/tls-client.ts";
import { NAMED_GROUP } from "../../../src/tls/tables/named-groups.ts";
import { profileOfVersions, WIDEST_PROFILE } from "../../../src/tls/profiles/profile-variants.ts";
import { TLS_VERSION } from "../../../src/tls/tables/versions.ts";
import { TLS_ENTROPY } from "../../../src/transport/entropy/tls-entropy.ts";
import { makeIdentity } from "../identity.ts";

const GROUP = NAMED_GROUP.X25519MLKEM768;
const hasMlKem = "decapsulate" in crypto;

/** Against Node's own server, which has the group wherever the client has it. */
const outcomeWith = async (keyShareGroups: readonly number[]) => {
  const { key, cert } = makeIdentity();
  const groups = [GROUP, NAMED_GROUP.x25519];
  const held = profileOfVersions(
    { ...WIDEST_PROFILE, groups, keyShareGroups },
    TLS_VERSION.tls13,
    TLS_VERSION.tls13,
  );
  if (held === null) throw new Error("no profile");
  const client = createTlsClient({
    ...{ profile: held, serverName: "pc.example", isAddress: false, entropy: TLS_ENTROPY, onSecret: null },
  });
  if (client.reading().outcome.kind !== "handshaking") return client.reading();
  const server = createServer({ key, cert, ecdhCurve: "X25519MLKEM768" }, (socket) =>
    socket.on("error", () => {}),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const socket = connect(typeof address === "object" && address !== null ? address.port : 0, "127.0.0.1");
  try {
    while (client.reading().outcome.kind === "handshaking") {
      const bytes = client.output();
      if (bytes !== null) socket.write(bytes);
      const [chunk] = await once(socket, "data");
      client.receive(Uint8Array.from(chunk));
    }
    return client.reading();
  } finally {
    socket.destroy();
    server.close();
  }
};

describe.skipIf(!hasMlKem)("X25519MLKEM768, where Node has it (from 24.7 on)", () => {
  it.each([
    ["with a share at once", [GROUP]],
    ["by a HelloRetryRequest", [NAMED_GROUP.x25519]],
  ])("gets a witness %s", async (_, keyShareGroups) => {
    const { outcome } = await outcomeWith(keyShareGroups);
    if (outcome.kind !== "established") throw new Error(JSON.stringify(outcome));
    expect(outcome.witness).toMatchObject({ version: TLS_VERSION.tls13, group: GROUP });
  });

  it.each([
    ["of no bytes", 0],
    ["of a byte less", 1119],
    ["of a byte more", 1121],
    ["whose point is of small order", 1120],
  ])("agrees on nothing with a value %s", (_, size) => {
    expect(TLS_ENTROPY.keyPair(GROUP).agree(new Uint8Array(size))).toBeNull();
  });
});

describe.skipIf(hasMlKem)("X25519MLKEM768, where Node has it not", () => {
  it("is a limit of ours and no fault of the server's", async () => {
    expect((await outcomeWith([GROUP])).outcome).toEqual({
      kind: "limit",
      limit: { kind: "group", group: GROUP },
    });
    expect(() => TLS_ENTROPY.keyPair(GROUP)).toThrow(RangeError);
  });
});
