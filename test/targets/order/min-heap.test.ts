import fc from "fast-check";
import { expect, it } from "vitest";
import { MinHeap } from "../../../src/targets/order/min-heap.ts";

it("a heap gives the least of what is in it, whatever came and went before", () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(100))), (steps) => {
      const heap = new MinHeap();
      const model: number[] = [];
      for (const step of steps) {
        if (step === null) {
          heap.pop();
          model.sort((a, b) => a - b).shift();
        } else {
          heap.push(step);
          model.push(step);
        }
        expect(heap.least).toBe(model.length === 0 ? undefined : Math.min(...model));
      }
    }),
  );
});
