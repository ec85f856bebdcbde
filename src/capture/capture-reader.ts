/** A capture from its bytes to its streams: file, link layer, IP, TCP, UDP and ICMP in one push interface. */
import type { CaptureEvent, CaptureFaultCode } from "./capture-event.ts";
import { CaptureFile } from "./file/capture-file.ts";
import { enterLayers } from "./enter-layers.ts";
import { readIcmpError } from "./ip/icmp-error.ts";
import { IpFragments } from "./ip/ip-fragments.ts";
import { IP_PROTOCOL } from "./ip/ip-protocol.ts";
import { Packet } from "./packet.ts";
import type { TcpStreamEvent } from "./tcp/tcp-event.ts";
import { LEAST_TCP_HEADER_BYTES, readTcpSegment, TcpSegment } from "./tcp/tcp-segment.ts";
import { createTcpStreams, type TcpStreamLimits, type TcpStreams } from "./tcp/tcp-streams.ts";
import { readUdpDatagram, type UdpDatagram } from "./ip/udp-datagram.ts";
import { UnreadPackets } from "./unread-packets.ts";

export interface CaptureReaderOptions extends TcpStreamLimits {
  /** Sections, interfaces, secrets and damage. */
  readonly onEvent: (event: CaptureEvent) => void;
  readonly onStreamEvent: (event: TcpStreamEvent) => void;
  readonly onDatagram?: (datagram: UdpDatagram) => void;
  /** Declines UDP datagrams by their ports before anything is copied. */
  readonly wantsDatagram?: (sourcePort: number, destinationPort: number) => boolean;
  /** IP datagrams that may wait for their fragments at once. Default 64, of 72 KiB each. */
  readonly maxFragmentedDatagrams?: number;
}

/** What was counted in a capture. */
export interface CaptureCounts {
  readonly packets: number;
  readonly tcpSegments: number;
  readonly udpDatagrams: number;
  readonly streams: number;
  /**
   * Packets that may carry TCP and were not read, by what they carry, a noun (`MACsec`, `EtherType 0x1234`,
   * `link type 147`); the most frequent first, 65 kinds at most.
   */
  readonly unread: Readonly<Record<string, number>>;
}

export interface CaptureReader {
  readonly counts: CaptureCounts;
  /** When the last packet was captured, milliseconds since the epoch; 0 before any. */
  readonly lastTimeMs: number;
  /** Takes the next bytes of the file, in chunks of any size; the chunk may be used again afterwards. */
  receive(chunk: Uint8Array): void;
  /** The file has ended. To be called once. */
  finish(): CaptureCounts;
}

/**
 * Reads a pcap or pcapng file. What is wrong with the file becomes fault events, and what came before them
 * counts; memory is bounded by the limits, not by the file.
 * @throws RangeError when a limit is no positive whole number.
 */
export const createCaptureReader = (options: CaptureReaderOptions): CaptureReader => new Reader(options);

class Reader implements CaptureReader {
  readonly #options: CaptureReaderOptions;
  readonly #file: CaptureFile;
  readonly #streams: TcpStreams;
  readonly #fragments: IpFragments;
  readonly #packet = new Packet();
  readonly #segment = new TcpSegment();
  readonly #unsupported = new Set<number>();
  readonly #unread = new UnreadPackets();
  #tcpSegments = 0;
  #udpDatagrams = 0;

  constructor(options: CaptureReaderOptions) {
    this.#options = options;
    this.#file = new CaptureFile({
      packet: this.#packet,
      onPacket: () => this.#receivePacket(),
      onEvent: options.onEvent,
    });
    this.#streams = createTcpStreams({ ...options, onEvent: options.onStreamEvent });
    this.#fragments = new IpFragments({
      maxDatagrams: options.maxFragmentedDatagrams ?? 64,
      onLost: (packetNumber, fragments) => {
        this.#unread.add("incomplete IP datagrams", fragments);
        this.#fault("fragments-lost", "ip.fragment", 0, "the datagram never became whole", packetNumber);
      },
    });
  }

  get counts(): CaptureCounts {
    return {
      packets: this.#packet.number,
      tcpSegments: this.#tcpSegments,
      udpDatagrams: this.#udpDatagrams,
      streams: this.#streams.count,
      unread: this.#unread.counts,
    };
  }

  get lastTimeMs(): number {
    return this.#packet.timeMs;
  }

  receive(chunk: Uint8Array): void {
    this.#file.receive(chunk);
  }

  finish(): CaptureCounts {
    this.#file.finish();
    this.#fragments.finish();
    this.#streams.finish();
    return this.counts;
  }

  #receivePacket(): void {
    const packet = this.#packet;
    const outcome = enterLayers(packet, this.#fragments);
    if (outcome === "transport") this.#receiveTransport(packet);
    else if (outcome === "unread") this.#unread.add(packet.unread ?? "unknown");
    else if (outcome === null) this.#reportLinkType(packet.linkType);
    const fault = packet.fault;
    if (fault !== null) {
      this.#fault("packet-damaged", fault.field, fault.offset, fault.reason, packet.number);
    }
  }

  #receiveTransport(packet: Packet): void {
    switch (packet.protocol) {
      case IP_PROTOCOL.tcp:
        this.#receiveTcp(packet);
        break;
      case IP_PROTOCOL.udp:
        this.#receiveUdp(packet);
        break;
      case IP_PROTOCOL.icmp:
      case IP_PROTOCOL.icmpv6: {
        const error = readIcmpError(packet, this.#segment);
        if (error !== null) this.#streams.receiveIcmp(error, packet, this.#segment);
      }
    }
  }

  #receiveTcp(packet: Packet): void {
    const whole = readTcpSegment(packet, this.#segment);
    if (!whole && packet.captured < LEAST_TCP_HEADER_BYTES) return;
    this.#tcpSegments += 1;
    if (whole) this.#streams.receive(packet, this.#segment);
    else this.#streams.receiveDamaged(packet, this.#segment);
  }

  #receiveUdp(packet: Packet): void {
    this.#udpDatagrams += 1;
    const { onDatagram, wantsDatagram } = this.#options;
    if (onDatagram === undefined) return;
    const datagram = readUdpDatagram(packet, wantsDatagram ?? (() => true));
    if (datagram !== null) onDatagram(datagram);
  }

  #reportLinkType(linkType: number): void {
    this.#unread.add(`link type ${linkType}`);
    if (this.#unsupported.has(linkType)) return;
    this.#unsupported.add(linkType);
    this.#fault("link-type-unsupported", "linkType", 0, `${linkType} is not read`, this.#packet.number);
  }

  #fault(code: CaptureFaultCode, field: string, offset: number, reason: string, packetNumber: number): void {
    this.#options.onEvent({ type: "fault", code, fault: { field, offset, reason }, packetNumber });
  }
}
