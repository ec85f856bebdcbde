/**
 * Who had heard what when it spoke: the acknowledgment numbers that came with a captured stream's data. They
 * tell a question from its answer where the capture has the two in the wrong order.
 */
import type { PacketFacts, Side } from "../../capture/tcp/tcp-event.ts";

/** Those of a handshake are seldom more; a bound for what thousands of streams may keep. */
const MAX_TURNS = 64;

interface Turn {
  readonly endOffset: number;
  readonly acknowledgment: number;
}

export class StreamAcknowledgments {
  /** Sequence number of each side's first byte; null before it is known. */
  readonly #first: Record<Side, number | null> = { client: null, server: null };
  /** The greatest acknowledgment number that came with data of each side. */
  readonly #acknowledged: Record<Side, number | null> = { client: null, server: null };
  readonly #turns: Record<Side, Turn[]> = { client: [], server: [] };

  /** Takes a data segment: `offset` is that of its first new byte, `sizeBytes` how many are new. */
  data(from: Side, { sequence, acknowledgment }: PacketFacts, offset: number, sizeBytes: number): void {
    if (offset === 0) this.#first[from] ??= sequence;
    const known = this.#acknowledged[from];
    if (known === null || ((acknowledgment - known) | 0) > 0) this.#acknowledged[from] = acknowledgment;
    const turns = this.#turns[from];
    if (turns.length < MAX_TURNS) turns.push({ endOffset: offset + sizeBytes, acknowledgment });
  }

  /** Bytes of a side that the other one had heard when it last spoke; 0 where it is not known. */
  heardOf(side: Side): number {
    const acknowledged = this.#acknowledged[opposite(side)];
    return acknowledged === null ? 0 : this.#covered(side, acknowledged);
  }

  /** Whether the other side had heard what stands at this offset when it spoke: the two went on after it. */
  isAnsweredAfter(side: Side, offset: number): boolean {
    return this.#turns[opposite(side)].some(
      ({ acknowledgment }) => this.#covered(side, acknowledgment) > offset,
    );
  }

  /** Bytes of a side that an acknowledgment number of the other one covers. */
  #covered(side: Side, acknowledgment: number): number {
    const first = this.#first[side];
    return first === null ? 0 : Math.max(0, (acknowledgment - first) | 0);
  }

  /** Whether the capture has any byte of this side. */
  isCaptured(side: Side): boolean {
    return this.#first[side] !== null;
  }
}

export const opposite = (side: Side): Side => (side === "client" ? "server" : "client");
