/**
 * Flows by their addresses and ports, found without building a key, in either direction; and in the order
 * of their use, so that the one idle for longest is the first to go. Memory is bounded by the caller's count
 * of flows, time by the length of a bucket.
 */
import type { Packet } from "../packet.ts";

/** Longer buckets are made on purpose, by a capture that is meant to slow its reader down. */
const MAX_BUCKET = 64;

/** The part of a flow that the table looks at. `F` is the flow's own class. */
export class FlowEntry<F> {
  readonly family: number;
  readonly source0: number;
  readonly source1: number;
  readonly source2: number;
  readonly source3: number;
  readonly destination0: number;
  readonly destination1: number;
  readonly destination2: number;
  readonly destination3: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  nextInBucket: F | null = null;
  older: F | null = null;
  newer: F | null = null;

  /** Takes the addresses of the packet that shows the flow first. */
  constructor(packet: Packet, sourcePort: number, destinationPort: number) {
    this.family = packet.family;
    this.source0 = packet.source0;
    this.source1 = packet.source1;
    this.source2 = packet.source2;
    this.source3 = packet.source3;
    this.destination0 = packet.destination0;
    this.destination1 = packet.destination1;
    this.destination2 = packet.destination2;
    this.destination3 = packet.destination3;
    this.sourcePort = sourcePort;
    this.destinationPort = destinationPort;
  }

  /** Whether the packet goes the way of the flow's first packet. */
  isForward(packet: Packet, sourcePort: number, destinationPort: number): boolean {
    return (
      this.sourcePort === sourcePort &&
      this.destinationPort === destinationPort &&
      this.source3 === packet.source3 &&
      this.destination3 === packet.destination3 &&
      this.source0 === packet.source0 &&
      this.source1 === packet.source1 &&
      this.source2 === packet.source2 &&
      this.destination0 === packet.destination0 &&
      this.destination1 === packet.destination1 &&
      this.destination2 === packet.destination2 &&
      this.family === packet.family
    );
  }

  isBackward(packet: Packet, sourcePort: number, destinationPort: number): boolean {
    return (
      this.sourcePort === destinationPort &&
      this.destinationPort === sourcePort &&
      this.source3 === packet.destination3 &&
      this.destination3 === packet.source3 &&
      this.source0 === packet.destination0 &&
      this.source1 === packet.destination1 &&
      this.source2 === packet.destination2 &&
      this.destination0 === packet.source0 &&
      this.destination1 === packet.source1 &&
      this.destination2 === packet.source2 &&
      this.family === packet.family
    );
  }
}

export class FlowTable<F extends FlowEntry<F>> {
  readonly #buckets: (F | null)[];
  readonly #mask: number;
  #newest: F | null = null;
  #oldest: F | null = null;
  #size = 0;

  /** @param capacity how many flows the caller will keep at most. */
  constructor(capacity: number) {
    const buckets = 2 ** Math.ceil(Math.log2(Math.max(16, 2 * capacity)));
    this.#buckets = new Array<F | null>(buckets).fill(null);
    this.#mask = buckets - 1;
  }

  get size(): number {
    return this.#size;
  }

  /** The flow that was touched longest ago. */
  get oldest(): F | null {
    return this.#oldest;
  }

  find(packet: Packet, sourcePort: number, destinationPort: number): F | null {
    let flow = this.#buckets[hashOf(packet, sourcePort, destinationPort) & this.#mask] ?? null;
    while (
      flow !== null &&
      !flow.isForward(packet, sourcePort, destinationPort) &&
      !flow.isBackward(packet, sourcePort, destinationPort)
    ) {
      flow = flow.nextInBucket;
    }
    return flow;
  }

  /** Adds a flow as the newest. Gives the flow that its bucket has no room for any more, or null. */
  add(flow: F): F | null {
    const bucket = hashOf(flow, flow.sourcePort, flow.destinationPort) & this.#mask;
    flow.nextInBucket = this.#buckets[bucket] ?? null;
    this.#buckets[bucket] = flow;
    this.#size += 1;
    this.#pushNewest(flow);
    let last: F = flow;
    let length = 1;
    while (last.nextInBucket !== null) {
      last = last.nextInBucket;
      length += 1;
    }
    return length > MAX_BUCKET ? last : null;
  }

  /** Makes `flow` the newest. */
  touch(flow: F): void {
    if (flow === this.#newest) return;
    this.#unlink(flow);
    this.#pushNewest(flow);
  }

  remove(flow: F): void {
    const bucket = hashOf(flow, flow.sourcePort, flow.destinationPort) & this.#mask;
    let before: F | null = null;
    let at = this.#buckets[bucket] ?? null;
    while (at !== null && at !== flow) {
      before = at;
      at = at.nextInBucket;
    }
    if (at === null) return;
    if (before === null) this.#buckets[bucket] = flow.nextInBucket;
    else before.nextInBucket = flow.nextInBucket;
    flow.nextInBucket = null;
    this.#size -= 1;
    this.#unlink(flow);
  }

  /** All flows, the one that is idle for longest first. */
  *[Symbol.iterator](): Generator<F> {
    for (let flow = this.#oldest; flow !== null; flow = flow.newer) yield flow;
  }

  #pushNewest(flow: F): void {
    flow.older = this.#newest;
    flow.newer = null;
    if (this.#newest !== null) this.#newest.newer = flow;
    this.#newest = flow;
    this.#oldest ??= flow;
  }

  #unlink(flow: F): void {
    if (flow.older === null) this.#oldest = flow.newer;
    else flow.older.newer = flow.newer;
    if (flow.newer === null) this.#newest = flow.older;
    else flow.newer.older = flow.older;
    flow.older = null;
    flow.newer = null;
  }
}

interface Addresses {
  readonly source0: number;
  readonly source1: number;
  readonly source2: number;
  readonly source3: number;
  readonly destination0: number;
  readonly destination1: number;
  readonly destination2: number;
  readonly destination3: number;
}

/** The same for both directions of a flow. */
const hashOf = (flow: Addresses, sourcePort: number, destinationPort: number): number =>
  (hashEnd(flow.source0, flow.source1, flow.source2, flow.source3, sourcePort) +
    hashEnd(flow.destination0, flow.destination1, flow.destination2, flow.destination3, destinationPort)) |
  0;

const hashEnd = (a: number, b: number, c: number, d: number, port: number): number => {
  let hash = Math.imul(a ^ 0x2c1b3c6d, 0x85ebca6b);
  hash = Math.imul((hash ^ (hash >>> 15)) + b, 0xc2b2ae35);
  hash = Math.imul((hash ^ (hash >>> 13)) + c, 0x27d4eb2f);
  hash = Math.imul((hash ^ (hash >>> 15)) + d, 0x165667b1);
  hash = Math.imul((hash ^ (hash >>> 16)) + port, 0x9e3779b1);
  return hash ^ (hash >>> 15);
};
