import { isIP } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Refusal } from "../../../src/lab/policies/hello-policy.ts";
import { passHello } from "../../../src/lab/hello-steps.ts";
import { type Identity, mintIdentity } from "../../../src/lab/certificates/identities.ts";
import { CONNECTION_LIFETIME_MS, startTls, stayOpen } from "../../../src/lab/steps.ts";
import { TLS_1_2, tlsOnly } from "../../../src/lab/usual-steps.ts";
import { probeAddress } from "../../../src/scan/one/probe-address.ts";
import { serverName } from "../../../src/tls/wire/client-hello.ts";
import { type Listener, listen } from "../../../src/transport/listener.ts";
import { DEFAULT_EXPIRY } from "../../../src/verdict/findings/certificate-findings.ts";
import type { Result } from "../../../src/verdict/result/result.ts";
import { REFERENCE } from "../../verdict/transcripts.ts";

/** TLS 1.2 behind a device that refuses a ClientHello with a server's name in it. */
const nameRefusing = (identity: Identity, refusal: Refusal): Promise<Listener> => {
  // mstsc sends an address too, in the same extension: the device looks at what is in it.
  const isNameless = passHello(({ hello }) => isIP(serverName(hello) ?? "127.0.0.1") !== 0, refusal);
  const steps = [tlsOnly, isNameless, startTls(TLS_1_2), stayOpen];
  return listen({
    host: "127.0.0.1",
    port: 0,
    lifetimeMs: CONNECTION_LIFETIME_MS,
    serve: async (connection) => {
      for (const step of steps) {
        if (!(await step({ connection, identity, farm: [], countHello: () => 1 }))) return;
      }
    },
  });
};

const probe = ({ port }: Listener, host: string): Promise<Result> =>
  probeAddress(
    { input: host, host, endpoint: { address: "127.0.0.1", port, family: 4 }, resolution: null },
    {
      depth: "standard",
      ...{ timeoutMs: 1500, deadlineMs: 20_000, pauseMs: 50 },
      routing: { kind: "cookie", identity: "rdprobe" },
      reference: REFERENCE,
      expiry: DEFAULT_EXPIRY,
    },
  );

const REFUSALS = [
  ["reset", { kind: "reset" }],
  ["alert 112", { kind: "alert", description: 112 }],
  ["silence", { kind: "silence" }],
] as const satisfies readonly (readonly [string, Refusal])[];

describe.each(REFUSALS)("a device that refuses names in the ClientHello by %s", (_, refusal) => {
  let listener: Listener;

  beforeAll(async () => {
    listener = await nameRefusing(mintIdentity("rsa-2048", new Date()), refusal);
  });

  afterAll(() => listener.close());

  it("is found: works by address, fails by name", async () => {
    const { verdict, findings, connections } = await probe(listener, "rdp.example");
    expect(verdict).toMatchObject({ stage: "tls", severity: "critical" });
    expect(verdict.causes[0]?.code).toBe("server-name-refused");
    expect(findings.map(({ code }) => code)).toContain("works-by-address-fails-by-name");
    expect(connections).toBeLessThanOrEqual(8);
  });

  it("is not there for who asks by address", async () => {
    const { verdict, findings } = await probe(listener, "127.0.0.1");
    expect(verdict.code).toBe("ok");
    expect(findings.map(({ code }) => code)).not.toContain("works-by-address-fails-by-name");
  });
});
