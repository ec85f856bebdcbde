/** The packets of any capture file, each with the TCP connection that it is of: what a law cuts and joins anew. */
import { CaptureFile } from "../../src/capture/file/capture-file.ts";
import { Packet } from "../../src/capture/packet.ts";
import type { TimedPacket } from "../../src/capture/write/pcapng-writer.ts";

export interface FiledPacket extends TimedPacket {
  /** The same for both directions of a connection; null for anything but TCP over IPv4. */
  readonly connection: string | null;
}

export interface FiledPackets {
  /** Of all packets; null for a file of several. */
  readonly linkType: number | null;
  readonly packets: readonly FiledPacket[];
}

/** Where the network layer begins, by link type: raw IP, and Ethernet without tags. */
export const NETWORK_LAYER_AT: Readonly<Record<number, number>> = { 1: 14, 101: 0 };

export const packetsOfFile = (bytes: Uint8Array): FiledPackets => {
  const packets: FiledPacket[] = [];
  const linkTypes = new Set<number>();
  const reader = new CaptureFile({
    packet: new Packet(),
    onEvent: () => {},
    onPacket: ({ bytes: memory, start, end, timeMs, linkType }) => {
      linkTypes.add(linkType);
      const own = memory.slice(start, end);
      packets.push({ timeMs, bytes: own, connection: connectionOf(own, NETWORK_LAYER_AT[linkType]) });
    },
  });
  reader.receive(bytes);
  reader.finish();
  const [linkType] = linkTypes;
  return { linkType: linkTypes.size === 1 && linkType !== undefined ? linkType : null, packets };
};

const TCP = 6;

const connectionOf = (bytes: Uint8Array, at: number | undefined): string | null => {
  if (at === undefined || (bytes[at] ?? 0) >> 4 !== 4 || bytes[at + 9] !== TCP) return null;
  const ports = at + 4 * ((bytes[at] ?? 0) & 0xf);
  const endOf = (address: number, port: number): string =>
    `${bytes.slice(address, address + 4).join(".")}:${bytes.slice(port, port + 2).join(".")}`;
  return [endOf(at + 12, ports), endOf(at + 16, ports + 2)].toSorted().join(" ");
};
