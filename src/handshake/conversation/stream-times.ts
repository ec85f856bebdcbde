/** When the TCP connection of a captured stream was opened and ended, and by whom. Milliseconds since the epoch. */
import type { Side } from "../../capture/tcp/tcp-event.ts";

export interface StreamEnding {
  readonly from: Side;
  readonly kind: "fin" | "rst";
  readonly timeMs: number;
}

export class StreamTimes {
  synMs: number | null = null;
  lastSynMs: number | null = null;
  /** Of the SYN-ACK. */
  connectedMs: number | null = null;
  /** Of an RST in answer to the SYN. */
  refusedMs: number | null = null;
  /** An ICMP message in answer to it. */
  unreachableAt: { readonly timeMs: number; readonly detail: string } | null = null;
  lastDataMs: number | null = null;
  /** The first end of each side, in the order in which they came. */
  ends: readonly StreamEnding[] = [];

  /** A SYN and nothing else: no answer, or a refusal. */
  get isSynAlone(): boolean {
    return this.synMs !== null && this.connectedMs === null && this.lastDataMs === null;
  }

  opening(from: Side, timeMs: number): void {
    if (from === "server") {
      this.connectedMs ??= timeMs;
      return;
    }
    this.synMs ??= timeMs;
    this.lastSynMs = timeMs;
  }

  data(timeMs: number): void {
    this.lastDataMs = Math.max(this.lastDataMs ?? timeMs, timeMs);
  }

  end(from: Side, kind: "fin" | "rst", timeMs: number): void {
    const isAnswer =
      kind === "rst" && from === "server" && this.connectedMs === null && this.lastDataMs === null;
    if (isAnswer) this.refusedMs ??= timeMs;
    if (!this.ends.some((end) => end.from === from)) this.ends = [...this.ends, { from, kind, timeMs }];
  }

  /** A reset of this side took no effect: it sent on. */
  wentOn(from: Side): void {
    this.ends = this.ends.filter((end) => end.from !== from || end.kind !== "rst");
  }

  unreachable(timeMs: number, detail: string): void {
    this.unreachableAt ??= { timeMs, detail };
  }
}
