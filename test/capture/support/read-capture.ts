/** Reads a capture whole and gathers what was told of it. */
import type { CaptureEvent } from "../../../src/capture/capture-event.ts";
import { type CaptureCounts, createCaptureReader } from "../../../src/capture/capture-reader.ts";
import { concatBytes } from "../../../src/bytes/concat-bytes.ts";
import type { Side, TcpStream, TcpStreamEvent } from "../../../src/capture/tcp/tcp-event.ts";
import type { TcpStreamLimits } from "../../../src/capture/tcp/tcp-streams.ts";
import type { UdpDatagram } from "../../../src/capture/ip/udp-datagram.ts";

export interface ReadCapture {
  readonly counts: CaptureCounts;
  readonly events: readonly CaptureEvent[];
  readonly faults: readonly string[];
  readonly streamEvents: readonly TcpStreamEvent[];
  readonly datagrams: readonly UdpDatagram[];
  readonly streams: readonly TcpStream[];
  payload(stream: number, side: Side): Uint8Array;
  /** Events of one stream as short words: `data server 0+19`. */
  story(stream: number): readonly string[];
}

export interface ReadOptions extends TcpStreamLimits {
  readonly chunkBytes?: number;
  readonly onStreamEvent?: (event: TcpStreamEvent) => void;
  readonly maxFragmentedDatagrams?: number;
}

export const readCapture = (file: Uint8Array, options: ReadOptions = {}): ReadCapture => {
  const { chunkBytes = Math.max(1, file.length), onStreamEvent, ...limits } = options;
  const events: CaptureEvent[] = [];
  const streamEvents: TcpStreamEvent[] = [];
  const datagrams: UdpDatagram[] = [];
  const reader = createCaptureReader({
    ...limits,
    onEvent: (event) => events.push(event),
    onStreamEvent: (event) => {
      streamEvents.push(event);
      onStreamEvent?.(event);
    },
    onDatagram: (datagram) => datagrams.push(datagram),
  });
  // One chunk's memory serves for all of them, as a file reader's would.
  const chunk = new Uint8Array(chunkBytes);
  for (let at = 0; at < file.length; at += chunkBytes) {
    const part = file.subarray(at, at + chunkBytes);
    chunk.set(part);
    reader.receive(chunk.subarray(0, part.length));
  }
  const counts = reader.finish();
  chunk.fill(0xee);
  const of = (stream: number): TcpStreamEvent[] =>
    streamEvents.filter((event) => event.stream.number === stream);
  return {
    counts,
    events,
    faults: events.flatMap((event) => (event.type === "fault" ? [`${event.code} ${event.fault.field}`] : [])),
    streamEvents,
    datagrams,
    streams: [...new Set(streamEvents.map(({ stream }) => stream))],
    payload: (stream, side) =>
      concatBytes(
        ...of(stream).flatMap((event) =>
          event.type === "data" && event.from === side ? [event.payload] : [],
        ),
      ),
    story: (stream) => of(stream).map(storyOf),
  };
};

const storyOf = (event: TcpStreamEvent): string => {
  switch (event.type) {
    case "end":
      return `end ${event.reason}`;
    case "data":
      return `data ${event.from} ${event.offset}+${event.payload.length}`;
    case "gap":
      return `gap ${event.from} ${event.offset}+${event.sizeBytes}`;
    case "syn":
    case "synack":
      return `${event.type} ${event.from}${event.retransmission ? " again" : ""}`;
    default:
      return `${event.type} ${event.from}`;
  }
};
