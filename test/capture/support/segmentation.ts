/** A conversation as TCP segments: cut anywhere, overlapping, out of order, sent twice. */
import type { Side } from "../../../src/capture/tcp/tcp-event.ts";
import type { Segment } from "./conversation.ts";

export interface Turn {
  readonly from: Side;
  readonly bytes: Uint8Array;
}

/** All that one side says. */
export const saidBy = (turns: readonly Turn[], from: Side): Uint8Array =>
  Uint8Array.from(turns.filter((turn) => turn.from === from).flatMap(({ bytes }) => [...bytes]));

/** Data segments of `size` bytes, every one starting `overlap` bytes early. */
export const segmentsOf = (turns: readonly Turn[], size: number, overlap: number): Segment[] => {
  const sent = { client: 0, server: 0 };
  const whole = { client: saidBy(turns, "client"), server: saidBy(turns, "server") };
  return turns.flatMap(({ from, bytes }) => {
    const other: Side = from === "client" ? "server" : "client";
    const segments: Segment[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      const start = Math.max(0, sent[from] - overlap);
      const end = sent[from] + Math.min(size, bytes.length - at);
      const payload = whole[from].slice(start, end);
      segments.push({ from, flags: "PA", seq: 1 + start, ack: 1 + sent[other], payload });
      sent[from] = end;
    }
    return segments;
  });
};

/** Both sides' FIN behind all that was said. */
export const finsOf = (turns: readonly Turn[]): Segment[] =>
  (["client", "server"] as const).map((from) => ({
    from,
    flags: "FA",
    seq: 1 + saidBy(turns, from).length,
    ack: 1 + saidBy(turns, from === "client" ? "server" : "client").length,
  }));

/**
 * Moves each segment by as many places as `shifts` says, and sends some twice, `later` places behind the first.
 * Both lists are gone round and round.
 */
export const disturb = (
  segments: readonly Segment[],
  shifts: readonly number[],
  twice: readonly boolean[],
  later: number,
): Segment[] =>
  segments
    .flatMap((segment, index) => {
      const place = index + (shifts[index % shifts.length] ?? 0);
      const again = twice[index % twice.length] === true ? [{ segment, place: place + later }] : [];
      return [{ segment, place }, ...again];
    })
    .sort((a, b) => a.place - b.place)
    .map(({ segment }) => segment);
