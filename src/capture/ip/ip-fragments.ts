/** Reassembly of IP datagrams from their fragments (RFC 791 3.2, RFC 8200 4.5), in bounded memory. */
import type { Packet } from "../packet.ts";

const MAX_DATAGRAM_BYTES = 65_535;
const UNIT_BYTES = 8;
const UNITS = Math.ceil(MAX_DATAGRAM_BYTES / UNIT_BYTES);
/** RFC 791 3.2 and RFC 8200 4.5: what is not whole by then is dropped, and the identification used again. */
const REASSEMBLY_TIME_MS = 60_000;

export interface IpFragmentsOptions {
  /** Datagrams that may wait for fragments at once; each takes 72 KiB. */
  readonly maxDatagrams: number;
  /** A datagram was given up; `packetNumber` is that of its first captured fragment, `fragments` their count. */
  readonly onLost: (packetNumber: number, fragments: number) => void;
}

interface Datagram {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView;
  /** One flag for each unit of eight bytes that has arrived. */
  readonly arrived: Uint8Array;
  packetNumber: number;
  fragments: number;
  timeMs: number;
  protocol: number;
  missingUnits: number;
  /** -1 until the last fragment is seen. */
  length: number;
  /** One past the last byte that has arrived. */
  end: number;
}

export class IpFragments {
  readonly #options: IpFragmentsOptions;
  /** In order of their first fragment. */
  readonly #waiting = new Map<string, Datagram>();
  #spare: Datagram | null = null;

  constructor(options: IpFragmentsOptions) {
    this.#options = options;
  }

  /**
   * Takes the fragment in `packet`, at `offset` bytes of its datagram. When that makes the datagram whole,
   * gives true and leaves it in `packet`; until the next call, for its memory is used again.
   */
  complete(packet: Packet, id: number, offset: number, more: boolean): boolean {
    if (packet.captured < packet.wireLength) return false;
    const end = offset + packet.captured;
    if (end > MAX_DATAGRAM_BYTES) {
      return packet.reject("ip.fragmentOffset", packet.start, `the datagram would have ${end} bytes`);
    }
    if (more && packet.captured % UNIT_BYTES !== 0) {
      return packet.reject("ip.fragment", packet.start, `${packet.captured} bytes are no multiple of 8`);
    }
    const key = keyOf(packet, id);
    const datagram = this.#datagramOf(key, packet);
    datagram.fragments += 1;
    // A fragment beyond the datagram's end contradicts it; without it the datagram is reported as lost.
    if (datagram.length >= 0 ? end > datagram.length : !more && end < datagram.end) return false;
    datagram.end = Math.max(datagram.end, end);
    if (offset === 0) datagram.protocol = packet.protocol;
    if (!more && datagram.length < 0) {
      datagram.length = end;
      datagram.missingUnits += Math.ceil(end / UNIT_BYTES);
    }
    fill(datagram, packet, offset);
    if (datagram.length < 0 || datagram.missingUnits > 0) return false;
    this.#waiting.delete(key);
    this.#spare = datagram;
    packet.bytes = datagram.bytes;
    packet.view = datagram.view;
    packet.protocol = datagram.protocol;
    packet.origin = packet.start = 0;
    packet.end = packet.wireLength = datagram.length;
    return true;
  }

  /** Gives up whatever still waits. */
  finish(): void {
    for (const { packetNumber, fragments } of this.#waiting.values()) {
      this.#options.onLost(packetNumber, fragments);
    }
    this.#waiting.clear();
  }

  #datagramOf(key: string, packet: Packet): Datagram {
    const known = this.#waiting.get(key);
    if (known !== undefined && Math.abs(packet.timeMs - known.timeMs) <= REASSEMBLY_TIME_MS) return known;
    if (known !== undefined) this.#giveUp(key, known);
    else if (this.#waiting.size >= this.#options.maxDatagrams) {
      const [oldest] = this.#waiting;
      if (oldest !== undefined) this.#giveUp(oldest[0], oldest[1]);
    }
    // A fragment may stand in a tunnel that was fragmented itself: the memory lent for that one is still read.
    const isLent = this.#spare !== null && this.#spare.bytes === packet.bytes;
    const datagram = isLent || this.#spare === null ? emptyDatagram() : this.#spare;
    if (!isLent) this.#spare = null;
    datagram.arrived.fill(0);
    datagram.packetNumber = packet.number;
    datagram.fragments = 0;
    datagram.timeMs = packet.timeMs;
    datagram.protocol = packet.protocol;
    datagram.missingUnits = 0;
    datagram.length = -1;
    datagram.end = 0;
    this.#waiting.set(key, datagram);
    return datagram;
  }

  #giveUp(key: string, datagram: Datagram): void {
    this.#waiting.delete(key);
    this.#spare = datagram;
    this.#options.onLost(datagram.packetNumber, datagram.fragments);
  }
}

const emptyDatagram = (): Datagram => {
  const bytes = new Uint8Array(UNITS * UNIT_BYTES);
  return {
    bytes,
    view: new DataView(bytes.buffer),
    arrived: new Uint8Array(UNITS),
    packetNumber: 0,
    fragments: 0,
    timeMs: 0,
    protocol: 0,
    missingUnits: 0,
    length: -1,
    end: 0,
  };
};

/** Copies the units that had not arrived: of overlapping fragments the first stays. */
const fill = (datagram: Datagram, packet: Packet, offset: number): void => {
  for (let at = 0; at < packet.captured; at += UNIT_BYTES) {
    const unit = (offset + at) / UNIT_BYTES;
    if (datagram.arrived[unit] === 1) continue;
    datagram.arrived[unit] = 1;
    datagram.missingUnits -= 1;
    const from = packet.start + at;
    datagram.bytes.set(packet.bytes.subarray(from, Math.min(from + UNIT_BYTES, packet.end)), offset + at);
  }
};

const keyOf = (packet: Packet, id: number): string =>
  packet.family === 4
    ? `4 ${packet.source3} ${packet.destination3} ${packet.protocol} ${id}`
    : `6 ${packet.source0} ${packet.source1} ${packet.source2} ${packet.source3} ` +
      `${packet.destination0} ${packet.destination1} ${packet.destination2} ${packet.destination3} ${id}`;
