import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FlowEntry, FlowTable } from "../../../src/capture/tcp/flow-table.ts";
import { Packet } from "../../../src/capture/packet.ts";

class Flow extends FlowEntry<Flow> {}

const packetOf = (source: number, destination: number, family = 4): Packet => {
  const packet = new Packet();
  packet.family = family;
  packet.source3 = source;
  packet.destination3 = destination;
  return packet;
};

describe("flow table", () => {
  it("finds a flow from both sides, and no other", () => {
    const table = new FlowTable<Flow>(10);
    const flow = new Flow(packetOf(1, 2), 10, 20);
    table.add(flow);
    expect(table.find(packetOf(1, 2), 10, 20)).toBe(flow);
    expect(table.find(packetOf(2, 1), 20, 10)).toBe(flow);
    for (const [source, destination, sourcePort, destinationPort] of [
      [1, 2, 20, 10],
      [2, 1, 10, 20],
      [1, 3, 10, 20],
      [1, 2, 10, 21],
    ] as const) {
      expect(table.find(packetOf(source, destination), sourcePort, destinationPort)).toBeNull();
    }
    expect(table.find(packetOf(1, 2, 6), 10, 20)).toBeNull();
  });

  it("tells the two directions apart, also between two ends of the same port", () => {
    const flow = new Flow(packetOf(1, 2), 10, 10);
    expect([flow.isForward(packetOf(1, 2), 10, 10), flow.isForward(packetOf(2, 1), 10, 10)]).toEqual([
      true,
      false,
    ]);
  });

  it("behaves as a map in order of use, whatever is done to it", () => {
    const action = fc.record({ kind: fc.constantFrom("add", "touch", "remove"), port: fc.nat(30) });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 100 }), (actions) => {
        const table = new FlowTable<Flow>(4);
        const model = new Map<number, Flow>();
        for (const { kind, port } of actions) {
          const known = table.find(packetOf(1, 2), port, 99);
          expect(known).toBe(model.get(port) ?? null);
          if (known === null) {
            if (kind !== "add") continue;
            const flow = new Flow(packetOf(1, 2), port, 99);
            table.add(flow);
            model.set(port, flow);
          } else {
            model.delete(port);
            if (kind === "remove") table.remove(known);
            else {
              table.touch(known);
              model.set(port, known);
            }
          }
        }
        expect([...table]).toEqual([...model.values()]);
        expect(table.size).toBe(model.size);
        expect(table.oldest).toBe([...model.values()][0] ?? null);
      }),
    );
  });

  it("names the flow that must go when many are made to fall into one bucket", () => {
    const table = new FlowTable<Flow>(1);
    const flows = Array.from({ length: 5000 }, (_, port) => new Flow(packetOf(1, 2), port, 99));
    let named = 0;
    for (const flow of flows) {
      const full = table.add(flow);
      if (full === null) continue;
      named += 1;
      table.remove(full);
    }
    expect(named).toBeGreaterThan(0);
    expect(table.size).toBe(5000 - named);
    expect(table.size).toBeLessThanOrEqual(16 * 64);
  });
});
