import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import { TlsWitness } from "../../../src/tls/decrypt/tls-witness.ts";
import { type RecordedHandshake, recordedClient } from "./recorded/handshake.ts";
import { flipped } from "./scripted-conversation.ts";

const FOLDER = new URL("recorded/", import.meta.url);

const HANDSHAKES: readonly RecordedHandshake[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".json"))
  .map((name) => JSON.parse(readFileSync(new URL(name, FOLDER), "utf8")));

/** The client again, as it was, up to where the server's handshake ends. */
const replay = (recorded: RecordedHandshake, server: Uint8Array) => {
  const secrets: string[] = [];
  const client = recordedClient(recorded.name, recorded.offer, (line) => secrets.push(line));
  const hello = client.output();
  client.receive(server);
  return { client, hello, answer: client.output(), secrets };
};

const hex = (bytes: Uint8Array | null): string | null => (bytes === null ? null : toHex(bytes));

it("are of each version, key exchange and cipher", () => {
  expect(new Set(HANDSHAKES.map(({ offer }) => offer.version))).toEqual(new Set([0x0301, 0x0302, 0x0303]));
  expect(HANDSHAKES).toHaveLength(16);
});

describe.each(HANDSHAKES.map((recorded) => [recorded.name, recorded] as const))(
  "The recorded handshake %s",
  (_, recorded) => {
    const server = fromHex(recorded.serverHandshake);

    it("comes through again, and the client says what it said, byte for byte", () => {
      const { client, hello, answer } = replay(recorded, server);
      const { outcome } = client.reading();
      if (outcome.kind !== "established") throw new Error(JSON.stringify(outcome));
      expect(TlsWitness.isWitness(outcome.witness)).toBe(true);
      expect(outcome.witness).toMatchObject({
        ...{ version: recorded.offer.version, cipherSuite: recorded.offer.suite },
      });
      expect(hex(hello)).toBe(recorded.clientHello);
      expect(hex(answer)).toBe(recorded.clientHandshake);
    });

    it("has the secret of the server's key log", () => {
      const { secrets } = replay(recorded, server);
      expect(secrets).toHaveLength(1);
      expect(secrets[0]?.split(" ")[2]).toBe(recorded.masterSecret.toLowerCase());
      expect(recorded.masterSecret).toHaveLength(96);
    });

    it("goes on under its keys, in both directions", () => {
      const { client } = replay(recorded, server);
      expect(hex(client.seal(new TextEncoder().encode(recorded.said)))).toBe(recorded.clientData);
      client.receive(fromHex(recorded.serverData));
      expect(new TextDecoder().decode(client.opened() ?? undefined)).toBe(recorded.answered);
    });

    it("gives no witness with a bit changed anywhere after the first record's header", () => {
      for (let at = 5; at < server.length; at += 31) {
        expect(replay(recorded, flipped(server, at)).client.reading().outcome.kind).not.toBe("established");
      }
    });
  },
);
