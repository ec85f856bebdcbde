/** At least once becomes once, whatever order things come in. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Ledger } from "../../src/fleet/model/ledger.ts";

const BLOCKS = 4;
const LINES = 5;

/** What an attempt says, in its order; some die before the end. */
const attempt = fc.record({
  block: fc.integer({ min: 0, max: BLOCKS - 1 }),
  id: fc.string({ minLength: 1, maxLength: 4 }),
  stops: fc.integer({ min: 0, max: LINES + 1 }),
});

const done = (block: number, id: string, lines = LINES) => ({
  ...{ block, attempt: id, lines, worker: "w", version: "1" },
  at: "2026-11-28T00:00:00.000Z",
});

describe("the ledger", () => {
  it("gives each block the lines of one attempt, whole, and once", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(attempt, { selector: ({ block, id }) => `${block}/${id}`, maxLength: 12 }),
        fc.infiniteStream(fc.nat()),
        (attempts, picks) => {
          const ledger = new Ledger(new Map([["s", BLOCKS]]));
          const left = attempts.map((one) => ({ ...one, at: 0 }));
          const taken = new Map<number, string>();
          while (left.length > 0) {
            const index = Number(picks.next().value) % left.length;
            const own = left[index];
            if (own === undefined) continue;
            if (own.at >= own.stops) {
              left.splice(index, 1);
              continue;
            }
            if (own.at < LINES) {
              ledger.rows("s", { block: own.block, attempt: own.id, lines: [`${own.id}:${own.at}`] });
            } else {
              const outcome = ledger.done("s", done(own.block, own.id));
              expect(outcome.kind).toBe(taken.has(own.block) ? "again" : "first");
              if (outcome.kind === "first") {
                expect(outcome.lines).toEqual(Array.from({ length: LINES }, (_, n) => `${own.id}:${n}`));
                taken.set(own.block, own.id);
                ledger.settle("s", own.block);
              }
            }
            own.at += 1;
          }
          expect(ledger.states()[0]?.done).toBe(taken.size);
          expect([...ledger.missing("s")]).toEqual(
            Array.from({ length: BLOCKS }, (_, block) => block).filter((block) => !taken.has(block)),
          );
        },
      ),
    );
  });

  it("takes no end whose lines are not all there, of no block that the scan has not", () => {
    const ledger = new Ledger(new Map([["s", 1]]));
    ledger.rows("s", { block: 0, attempt: "a", lines: ["1"] });
    expect(ledger.done("s", done(0, "a", 2)).kind).toBe("torn");
    expect(ledger.done("s", done(7, "a")).kind).toBe("torn");
    expect(ledger.done("other", done(0, "a")).kind).toBe("torn");
    expect(ledger.isOver).toBe(false);
  });

  it("is over when each block is done or set aside, and a block that is done after all is no failure", () => {
    const ledger = new Ledger(new Map([["s", 2]]));
    ledger.rows("s", { block: 0, attempt: "a", lines: ["1"] });
    ledger.done("s", done(0, "a", 1));
    ledger.settle("s", 0);
    ledger.failed("s", { block: 1, worker: "w", why: "poison" });
    expect(ledger.isOver).toBe(true);
    ledger.settle("s", 1);
    expect(ledger.states()[0]?.failed.size).toBe(0);
  });

  it("lets go of the oldest attempt when too much waits", () => {
    const ledger = new Ledger(new Map([["s", 2]]), 10);
    ledger.rows("s", { block: 0, attempt: "a", lines: ["12345678"] });
    ledger.rows("s", { block: 1, attempt: "b", lines: ["12345678"] });
    expect(ledger.done("s", done(0, "a", 1)).kind).toBe("torn");
    expect(ledger.done("s", done(1, "b", 1)).kind).toBe("first");
  });
});
