/**
 * A recording of probes as a pcapng file: each connection with real addresses, the transcript's times and the
 * secrets of our own TLS sessions, and the verdict as a comment. Bytes alone; where they go is the caller's.
 */
import { concatAll } from "../../bytes/concat-bytes.ts";
import type { Endpoint } from "../../capture/ip/ip-address.ts";
import { buildUdpPacket } from "../../capture/write/packet-builder.ts";
import { SECRETS_TYPE_TLS_KEY_LOG } from "../../capture/file/pcapng-block.ts";
import {
  createPcapngWriter,
  type PcapngWriter,
  type TimedPacket,
} from "../../capture/write/pcapng-writer.ts";
import { formatRecordingMark, type UnseenEvent } from "../../handshake/conversation/recording-mark.ts";
import type { Transcript } from "../../handshake/conversation/transcript.ts";
import {
  packetsOfTranscript,
  TRANSCRIPT_LINK_TYPE,
} from "../../handshake/conversation/transcript-packets.ts";
import type { ConnectionTraffic, ConverseOptions } from "../../transport/converse.ts";
import type { DatagramTraffic } from "../../transport/udp-exchange.ts";
import type { Result } from "../../verdict/result/result.ts";

/** What is recorded of a probe beside its connections. */
interface RecordedProbe {
  readonly input: string;
  readonly host: string;
  /** Id of the client that the verdict is for. */
  readonly reference: string;
  /** How long the name took to resolve, milliseconds; null for a literal address. */
  readonly resolvedMs: number | null;
  /** The origin of the transcripts' times. */
  readonly startedAt: Date;
}

export interface ProbeRecording {
  /** What takes the traffic of a connection that was made for this purpose. */
  onTraffic(purpose: string): (traffic: ConnectionTraffic) => void;
  /** Takes the datagrams of a question over UDP. */
  onDatagrams(traffic: DatagramTraffic): void;
  /** The same for connections whose clock starts anew. */
  restarted(startedAt: Date): ProbeRecording;
  /** The probe is judged: its last connection gets the verdict as a comment. */
  finish(result: Result): void;
}

/** What a connection of this purpose is held with, so that it is recorded; nothing where nobody records. */
export const recordedAs = (
  recording: ProbeRecording | null,
  purpose: string,
): Pick<ConverseOptions, "onTraffic"> =>
  recording === null ? {} : { onTraffic: recording.onTraffic(purpose) };

export interface Recording {
  begin(probe: RecordedProbe): ProbeRecording;
  /** Writes what is still held back of probes that were not judged. */
  flush(): void;
}

/** `write` takes blocks that belong together, in their order; what it was given is readable at any time. */
export const createRecording = (application: string, write: (bytes: Uint8Array) => void): Recording => {
  const writer = createPcapngWriter({
    linkType: TRANSCRIPT_LINK_TYPE,
    application,
    interfaceName: "rdprobe",
    resolution: "nanoseconds",
  });
  const open = new Set<{ flush(): void }>();
  let probes = 0;
  let connections = 0;
  write(writer.header());
  return {
    begin(probe) {
      probes += 1;
      const number = probes;
      let held: HeldConnection | null = null;
      const flush = (comment: string | null): void => {
        if (held !== null) write(blocksOf(held, comment, writer));
        held = null;
      };
      const self = { flush: () => flush(null) };
      open.add(self);
      const from = (startedAt: Date): ProbeRecording => ({
        onTraffic: (purpose) => (traffic) => {
          flush(null);
          connections += 1;
          held = connectionOf(traffic, { ...probe, startedAt }, { number, purpose, index: connections });
        },
        onDatagrams: ({ local, remote, datagrams }) => {
          const packets = datagrams.map(({ from: side, timeMs, bytes }) => {
            const [source, destination] =
              side === "client" ? [plain(local), plain(remote)] : [plain(remote), plain(local)];
            return writer.packet({ timeMs, bytes: buildUdpPacket({ source, destination, payload: bytes }) });
          });
          write(concatAll(packets));
        },
        restarted: from,
        finish(result) {
          flush(commentOf(result));
          open.delete(self);
        },
      });
      return from(probe.startedAt);
    },
    flush() {
      for (const probe of open) probe.flush();
      open.clear();
    },
  };
};

/** A connection that is held back until it is known whether the verdict follows it. */
interface HeldConnection {
  readonly packets: readonly TimedPacket[];
  readonly keyLog: string;
}

const connectionOf = (
  { transcript, startedAtMs, local, remote, keyLog }: ConnectionTraffic,
  { input, host, reference, resolvedMs, startedAt }: RecordedProbe,
  { number, purpose, index }: { readonly number: number; readonly purpose: string; readonly index: number },
): HeldConnection => {
  const probeStartedAtMs = startedAt.getTime();
  const comment = formatRecordingMark({
    probe: number,
    purpose,
    input,
    host,
    reference,
    resolvedMs,
    probeStartedAtMs,
    startedAtMs,
    unseen: unseenOf(transcript),
  });
  const packets = packetsOfTranscript(transcript, {
    client: clientOf(local, remote),
    server: plain(remote),
    originMs: probeStartedAtMs,
    startedAtMs,
    index,
    comment,
  });
  return { packets, keyLog };
};

/** Where the system did not say, the address is the unspecified one. */
const clientOf = (local: Endpoint | null, remote: Endpoint): Endpoint =>
  local === null ? { address: remote.address.includes(":") ? "::" : "0.0.0.0", port: 0 } : plain(local);

/** Without the zone of a link-local address, which no packet has. */
const plain = ({ address, port }: Endpoint): Endpoint => ({ address: address.replace(/%.*$/, ""), port });

const unseenOf = (transcript: Transcript): readonly UnseenEvent[] =>
  transcript.flatMap((event): readonly UnseenEvent[] => {
    switch (event.kind) {
      case "timeout":
      case "overflow":
      case "connect-failed":
      case "tls-stopped":
        return [event];
      default:
        return [];
    }
  });

const commentOf = ({ verdict, severity }: Result): string =>
  `rdprobe: ${verdict.code} at ${verdict.stage} (${severity}): ${verdict.summary}`;

/** Secrets before the packets that they open; the verdict on the last packet. */
const blocksOf = (
  { packets, keyLog }: HeldConnection,
  verdict: string | null,
  writer: PcapngWriter,
): Uint8Array => {
  const secrets =
    keyLog === "" ? [] : [writer.secrets(SECRETS_TYPE_TLS_KEY_LOG, new TextEncoder().encode(keyLog))];
  const last = packets.length - 1;
  const blocks = packets.map((packet, index) => {
    if (index !== last || verdict === null) return writer.packet(packet);
    const comment = packet.comment === undefined ? verdict : `${packet.comment}\n${verdict}`;
    return writer.packet({ ...packet, comment });
  });
  return concatAll([...secrets, ...blocks]);
};
