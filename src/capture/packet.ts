/**
 * The one packet under examination. Every layer narrows its range in place and leaves its facts in it, so
 * that a capture of any size is read without an allocation a packet; this is the one mutable value here.
 */
import type { DecodeFault } from "../bytes/decoded.ts";
import { formatIpv4, formatIpv6 } from "./ip/ip-address.ts";

const NOTHING = new Uint8Array(0);
const TEXT = new TextDecoder();
/** What a recording of our own writes is far shorter; a stranger's comment may have 64 KiB, on each packet. */
const MAX_COMMENT_BYTES = 4096;

export class Packet {
  bytes: Uint8Array = NOTHING;
  view: DataView = new DataView(NOTHING.buffer);
  /** Where the packet's first byte stands in `bytes`: offsets in faults are counted from here. */
  origin = 0;
  /** First byte of the layer that is read next. */
  start = 0;
  /** One past the last captured byte of that layer. */
  end = 0;
  /** Length of that layer on the wire; more than `end - start` when the capture cut it. */
  wireLength = 0;

  /** Counted from 1, as Wireshark's frame number. */
  number = 0;
  /** Milliseconds since the epoch, with a fraction. */
  timeMs = 0;
  /** False where the file has no time for the packet: `timeMs` is then that of the packet before it. */
  hasTime = true;
  linkType = 0;

  /** 4 or 6; 0 before the network layer is read. */
  family = 0;
  /** Addresses as four big-endian words; IPv4 uses the last one. */
  source0 = 0;
  source1 = 0;
  source2 = 0;
  source3 = 0;
  destination0 = 0;
  destination1 = 0;
  destination2 = 0;
  destination3 = 0;
  /** IPv4 time to live or IPv6 hop limit. */
  hopLimit = 0;
  /** IPv4 identification; -1 where there is none. */
  ipId = -1;
  /** IP protocol number of the layer that is read next. */
  protocol = 0;
  /** Headers between the link layer and the transport layer: 1 for IP alone, more in a tunnel. */
  depth = 0;
  /** The record as it was loaded, and where the capture's own first comment on it stands; empty without one. */
  #record: Uint8Array = NOTHING;
  commentStart = 0;
  commentEnd = 0;

  /** Why the last layer could not be read, or null when it was only nothing for us. */
  fault: DecodeFault | null = null;
  /** What the packet carries that is not read, as a noun: `MACsec`; null when it was read, or is not wanted. */
  unread: string | null = null;

  /** Takes a captured record: `captured` bytes at `start`, of `wireLength` on the wire. */
  load(bytes: Uint8Array, view: DataView, start: number, captured: number, wireLength: number): void {
    this.bytes = bytes;
    this.view = view;
    this.origin = start;
    this.start = start;
    this.end = start + captured;
    this.wireLength = Math.max(captured, wireLength);
    this.family = 0;
    this.fault = null;
    this.unread = null;
    this.hasTime = true;
    this.#record = bytes;
    this.commentStart = 0;
    this.commentEnd = 0;
  }

  /** Takes the addresses of the IPv6 header that stands at `start`, of which 40 bytes are there (RFC 8200 3). */
  takeIpv6Addresses(): void {
    const { view, start } = this;
    this.source0 = view.getInt32(start + 8);
    this.source1 = view.getInt32(start + 12);
    this.source2 = view.getInt32(start + 16);
    this.source3 = view.getInt32(start + 20);
    this.destination0 = view.getInt32(start + 24);
    this.destination1 = view.getInt32(start + 28);
    this.destination2 = view.getInt32(start + 32);
    this.destination3 = view.getInt32(start + 36);
  }

  /** Captured bytes of the current layer. */
  get captured(): number {
    return this.end - this.start;
  }

  /** The capture's own first comment, which no wire has seen, up to 4 KiB of it; null without one. */
  get comment(): string | null {
    const end = Math.min(this.commentEnd, this.commentStart + MAX_COMMENT_BYTES);
    return end > this.commentStart ? TEXT.decode(this.#record.subarray(this.commentStart, end)) : null;
  }

  /** The IP source as text. */
  get sourceAddress(): string {
    return this.family === 4
      ? formatIpv4(this.source3)
      : formatIpv6([this.source0, this.source1, this.source2, this.source3]);
  }

  /** The IP destination as text. */
  get destinationAddress(): string {
    return this.family === 4
      ? formatIpv4(this.destination3)
      : formatIpv6([this.destination0, this.destination1, this.destination2, this.destination3]);
  }

  /** Steps over a header of `size` bytes. */
  advance(size: number): void {
    this.start += size;
    this.wireLength -= size;
  }

  /** Cuts the current layer to `length` bytes on the wire: what follows is padding. */
  limit(length: number): void {
    this.wireLength = length;
    if (this.end - this.start > length) this.end = this.start + length;
  }

  /** Records a fault at `at`, an offset in `bytes`; gives false, for a return. */
  reject(field: string, at: number, reason: string): false {
    this.fault = { field, offset: at - this.origin, reason };
    return false;
  }

  /** Says that what the packet carries, `kind` as a noun, is not read; gives "unread", for a return. */
  skip(kind: string): "unread" {
    this.unread = kind;
    return "unread";
  }

  /** Records that the captured bytes end inside the header at the packet's start; gives "damaged". */
  cutInside(header: string): "damaged" {
    this.reject(header, this.start, "the packet ends inside it");
    return "damaged";
  }
}
