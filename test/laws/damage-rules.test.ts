import { describe, expect, it } from "vitest";
import { createDamager } from "./damage/damager.ts";
import { Random } from "./damage/random.ts";
import { type DamageKind, damageOf, describeDamage } from "./damage/rules.ts";
import { SERVER_KINDS } from "./damage/servers.ts";

const RULES = 2000;

/** Handshake records with a ServerHello in front; what is in the others does not matter to a rule. */
const flight = (random: Random, records: number): Buffer =>
  Buffer.concat(
    Array.from({ length: records }, (_, index) => {
      const fragment = Buffer.from(
        Array.from({ length: index === 0 ? 90 : 4 + random.below(60) }, () => random.below(256)),
      );
      // A session id of 32 bytes, and two extensions behind it.
      if (index === 0) fragment.set([32], 38);
      return Buffer.concat([Buffer.from([22, 3, 3, 0, fragment.length]), fragment]);
    }),
  );

const through = (damage: ReturnType<typeof damageOf>, records: number, pieces: readonly Buffer[]) => {
  const damager = createDamager(damage, records);
  const passages = pieces.map((piece) => damager.receive(piece));
  const bytes = Buffer.concat(passages.map((passage) => passage.bytes));
  return { hex: bytes.toString("hex"), end: passages.at(-1)?.end ?? null };
};

describe("the rules of damage", () => {
  it("give the same for the same number, and every kind of damage", () => {
    const kinds = new Set<DamageKind>();
    for (let number = 0; number < RULES; number += 1) {
      const server = new Random(number).pick(SERVER_KINDS);
      const damage = damageOf(new Random(number), server);
      expect(damageOf(new Random(number), server)).toEqual(damage);
      kinds.add(damage.kind);
    }
    expect([...kinds].sort()).toEqual(
      ["byte", "cut", "double", "drop", "insert", "merge", "none", "split", "swap"].sort(),
    );
  });

  it("do the same to a flight, however it is cut into pieces, and let pass what follows it", () => {
    const tail = Buffer.from("170303000301020317", "hex");
    for (let number = 0; number < RULES; number += 1) {
      const random = new Random(number);
      const server = random.pick(SERVER_KINDS);
      const damage = damageOf(random, server);
      const records = server.flights.flat().length;
      const whole = Buffer.concat([flight(random, records), tail]);
      const at = random.below(whole.length);
      const once = through(damage, records, [whole]);
      const bytewise = through(
        damage,
        records,
        [...whole].map((byte) => Buffer.of(byte)),
      );
      expect(bytewise, describeDamage(damage)).toEqual(once);
      expect(through(damage, records, [whole.subarray(0, at), whole.subarray(at)])).toEqual(once);
      const untouched = whole.toString("hex");
      if (damage.kind === "none") expect(once.hex).toBe(untouched);
      if (damage.kind === "cut") expect(once.end).toBe(damage.end);
      else expect(once.hex.endsWith(tail.toString("hex"))).toBe(true);
    }
  });

  it("change one byte where they change a byte", () => {
    let changed = 0;
    for (let number = 0; number < RULES; number += 1) {
      const random = new Random(number);
      const server = random.pick(SERVER_KINDS);
      const damage = damageOf(random, server);
      if (damage.kind !== "byte") continue;
      const records = server.flights.flat().length;
      const whole = flight(random, records);
      const { hex } = through(damage, records, [whole]);
      const differing = [...whole].filter(
        (byte, at) => byte !== Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16),
      );
      expect(hex).toHaveLength(2 * whole.length);
      expect(differing.length).toBeLessThanOrEqual(1);
      changed += differing.length;
    }
    expect(changed).toBeGreaterThan(RULES / 5);
  });
});
