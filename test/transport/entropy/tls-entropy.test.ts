import { expect, it } from "vitest";
import { toHex } from "../../../src/bytes/hex.ts";
import { NAMED_GROUP } from "../../../src/tls/tables/named-groups.ts";
import { TLS_ENTROPY } from "../../../src/transport/entropy/tls-entropy.ts";

const USES = 64;

it.each(["x25519", "secp256r1"] as const)(
  `a key pair of %s serves ${USES} connections, and then another one does`,
  (name) => {
    const pair = (): string => toHex(TLS_ENTROPY.keyPair(NAMED_GROUP[name]).publicValue);
    // What others used up of the pair at hand is not known.
    const first = pair();
    let value = pair();
    while (value === first) value = pair();
    const uses = new Map<string, number>();
    for (let hello = 0; hello < 3 * USES; hello += 1, value = pair())
      uses.set(value, (uses.get(value) ?? 0) + 1);
    expect([...uses.values()]).toEqual([USES, USES, USES]);
  },
);

it("both ends of a pair that was used before agree on one secret with whoever comes", () => {
  const own = TLS_ENTROPY.keyPair(NAMED_GROUP.x25519);
  for (let peer = 0; peer < USES; peer += 1) {
    const other = TLS_ENTROPY.keyPair(NAMED_GROUP.x25519);
    const secret = own.agree(other.publicValue);
    expect(secret).not.toBeNull();
    expect(other.agree(own.publicValue)).toEqual(secret);
  }
});

it("no two hellos have the same random bytes", () => {
  const seen = new Set(Array.from({ length: 2000 }, () => toHex(TLS_ENTROPY.bytes(32))));
  expect(seen.size).toBe(2000);
});
