/** What is said on stderr of a capture that was judged: what was read, what was let go of, and what belongs together. */
import type { CaptureCounts } from "../../capture/capture-reader.ts";
import { thousands } from "../../report/table/scan-tally.ts";
import type { JudgedCapture } from "../../scan/judge-capture.ts";
import { relatedStreams } from "../../verdict/findings/related-results.ts";
import type { Result } from "../../verdict/result/result.ts";

/** Counts results as they come. */
export class HandshakeCounts {
  #handshakes = 0;
  #unconnected = 0;
  #groups = 0;
  readonly #named: string[] = [];

  add(results: readonly Result[]): void {
    for (const { verdict } of results) {
      if (verdict.stage === "tcp") this.#unconnected += 1;
      else this.#handshakes += 1;
    }
    const groups = relatedStreams(results);
    this.#groups += groups.length;
    for (const group of groups.slice(0, MAX_GROUPS_NAMED - this.#named.length))
      this.#named.push(`${listed(group)} are tries of one client`);
  }

  /** `10 packets, 1 TCP stream, 1 RDP handshake`. */
  text({ packets, streams }: CaptureCounts): string {
    return [
      plural(packets, "packet"),
      plural(streams, "TCP stream"),
      plural(this.#handshakes, "RDP handshake"),
      ...(this.#unconnected === 0 ? [] : [`${this.#unconnected} without a connection to port 3389`]),
      ...this.#tries(),
    ].join(", ");
  }

  /** Streams that belong together. */
  #tries(): readonly string[] {
    const more = this.#groups - this.#named.length;
    return more === 0
      ? this.#named
      : [...this.#named, `${more} more such ${more === 1 ? "group" : "groups"}`];
  }
}

const MAX_GROUPS_NAMED = 3;
const MAX_STREAMS_NAMED = 6;

const listed = (streams: readonly number[]): string => {
  const last = streams.at(-1);
  return streams.length > MAX_STREAMS_NAMED
    ? `${streams.length} streams from ${streams[0]} to ${last}`
    : `streams ${streams.slice(0, -1).join(", ")} and ${last}`;
};

/** What was let go of before its end, since more was open at once than may be kept; null where nothing was. */
export const evictedText = ({ judged, unjudged }: JudgedCapture["evicted"]): string | null => {
  const parts = [
    ...(judged === 0 ? [] : [`${plural(judged, "stream")} judged before their end`]),
    ...(unjudged === 0 ? [] : [`${plural(unjudged, "stream")} not judged`]),
  ];
  return parts.length === 0 ? null : `too many streams at once, see --max-streams: ${parts.join(", ")}`;
};

const MAX_KINDS_NAMED = 3;

/** `1,204 packets of MACsec and 3 of EtherType 0x1234 were not read`; null where all was read. */
export const unreadText = (unread: CaptureCounts["unread"]): string | null => {
  const kinds = Object.entries(unread);
  const [first, ...others] = kinds
    .slice(0, MAX_KINDS_NAMED)
    .map(([kind, packets], index) => `${index === 0 ? packetsOf(packets) : thousands(packets)} of ${kind}`);
  if (first === undefined) return null;
  const rest = kinds.slice(MAX_KINDS_NAMED).reduce((sum, [, packets]) => sum + packets, 0);
  const named = [first, ...others, ...(rest === 0 ? [] : [`${thousands(rest)} of other kinds`])];
  const isOne = kinds.length === 1 && kinds[0]?.[1] === 1;
  return `${listedWith(named)} ${isOne ? "was" : "were"} not read`;
};

const packetsOf = (count: number): string => `${thousands(count)} packet${count === 1 ? "" : "s"}`;

const listedWith = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
