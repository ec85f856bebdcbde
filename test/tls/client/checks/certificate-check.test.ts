import { createPublicKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { readLeaf } from "../../../../src/tls/client/checks/certificate-check.ts";
import { RSA } from "../identities.ts";
import { converse, faultOf, joined } from "../scripted-conversation.ts";
import { scriptedServer12 } from "../scripted-server-12.ts";
import { scriptedServer13 } from "../scripted-server-13.ts";

const OLD_EXPONENT = [2, 3, 1, 0, 1];

/** The leaf with another public exponent, given as its INTEGER: every length around it is set right. */
const leafWithExponent = (exponent: readonly number[]): Uint8Array => {
  const der = RSA.chain[0] ?? new Uint8Array(0);
  const spki = createPublicKey(RSA.key).export({ format: "der", type: "spki" });
  const spkiAt = Buffer.from(der).indexOf(spki);
  const bitStringAt = spkiAt + 4 + 15;
  const numbersAt = bitStringAt + 5;
  const exponentAt = spkiAt + spki.length - OLD_EXPONENT.length;
  const changed = joined([
    der.subarray(0, exponentAt),
    Uint8Array.from(exponent),
    der.subarray(exponentAt + OLD_EXPONENT.length),
  ]);
  const more = exponent.length - OLD_EXPONENT.length;
  const view = new DataView(changed.buffer);
  for (const at of [0, 4, spkiAt, bitStringAt, numbersAt]) {
    view.setUint16(at + 2, view.getUint16(at + 2) + more);
  }
  return changed;
};

describe("an RSA key", () => {
  it.each([
    ["1", [2, 1, 1], "fault"],
    ["0", [2, 1, 0], "fault"],
    ["2", [2, 1, 2], "fault"],
    ["65536", [2, 3, 1, 0, 0], "fault"],
    ["3", [2, 1, 3], "leaf"],
    ["17", [2, 1, 17], "leaf"],
    ["65537", OLD_EXPONENT, "leaf"],
  ])("with the exponent %s", (_, exponent, kind) => {
    expect(readLeaf([leafWithExponent(exponent)]).kind).toBe(kind);
  });

  it("with the exponent 1 is refused before any block can pass for a signature", () => {
    const chain = [leafWithExponent([2, 1, 1])];
    for (const server of [scriptedServer12({ chain }), scriptedServer13({ chain })]) {
      expect(faultOf(converse(server))).toMatchObject({
        ...{ kind: "certificate", message: "certificate", field: "certificate.certificate_list" },
      });
    }
  });
});
