import { describe, expect, it } from "vitest";
import { commandsAvailable, describeWhere } from "../support/availability.ts";
import { makeChains } from "./interop/certificates.ts";
import { seenByUs } from "./interop/clients.ts";
import { TRIPLE_DES_OFFERS } from "./interop/hellos.ts";
import { runInteropLaw } from "./interop/law.ts";
import { reportLines } from "./interop/report-lines.ts";
import { SETUPS, STACKS, startSetup } from "./interop/servers.ts";

/** `npm run law:interop` runs some 2,400. */
const CASES = 220;
const SEED = 2;
const PATIENCE_MS = 180_000;

const servers = commandsAvailable("openssl", "gnutls-serv", "botan", "selfserv", "certutil", "pk12util");

describeWhere(servers)("Law of interoperation: our client agrees with OpenSSL's on every server", () => {
  it(`holds over ${CASES} combinations`, { timeout: PATIENCE_MS }, async () => {
    const report = await runInteropLaw({ cases: CASES, seed: SEED });
    process.stdout.write(`${reportLines(report).join("\n")}\n`);
    expect(report.disagreements).toEqual([]);
    // The law says nothing where nobody connects.
    expect([...report.stacks.keys()].toSorted()).toEqual([...STACKS].toSorted());
    for (const { cases, connected } of report.stacks.values()) expect(connected).toBeGreaterThan(cases / 3);
    expect([...report.versions.keys()].toSorted()).toEqual([0x0301, 0x0302, 0x0303, 0x0304]);
  });

  it("3DES, which OpenSSL has no more, comes through with those who have it", {
    timeout: PATIENCE_MS,
  }, async () => {
    const chains = await makeChains();
    try {
      for (const stack of ["gnutls", "nss", "botan"] as const) {
        const setup = SETUPS.find((one) => one.stack === stack && one.key === "rsa-2048");
        if (setup === undefined) throw new Error(`no server of ${stack}`);
        const server = await startSetup(setup, chains);
        try {
          for (const offer of TRIPLE_DES_OFFERS) {
            const { connected, negotiated } = await seenByUs(server.port, offer);
            expect({ stack, connected, negotiated }).toMatchObject({
              ...{ stack, connected: true },
              negotiated: { version: offer.maxVersion, suite: 0x000a, group: null },
            });
          }
        } finally {
          await server.stop();
        }
      }
    } finally {
      chains.remove();
    }
  });
});

describe("the servers of the law", () => {
  it("have every stack, chain length and way to ask for a certificate", () => {
    expect(new Set(SETUPS.map(({ stack }) => stack)).size).toBe(5);
    expect(new Set(SETUPS.map(({ chainLength }) => chainLength)).size).toBe(3);
    expect(new Set(SETUPS.map(({ clientCertificate }) => clientCertificate)).size).toBe(3);
    expect(new Set(SETUPS.map(({ key }) => key)).size).toBe(9);
  });
});
