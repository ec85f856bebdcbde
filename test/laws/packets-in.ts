/** The packets of a recording of our own, block by block (draft-ietf-opsawg-pcapng 4.3): what a law cuts and joins anew. */

interface RecordedPacket {
  readonly timeMs: number;
  readonly bytes: Uint8Array;
  readonly comment: string | null;
  /** The client's port: which connection it is of. */
  readonly port: number;
}

export interface RecordedPackets {
  readonly packets: readonly RecordedPacket[];
  readonly secrets: readonly Uint8Array[];
}

const ENHANCED_PACKET = 6;
const DECRYPTION_SECRETS = 10;
const COMMENT = 1;

/** @param file with nanosecond times and raw IPv4, as a recording has them. */
export const packetsIn = (file: Uint8Array): RecordedPackets => {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const little = view.getUint32(8, true) === 0x1a2b3c4d;
  const packets: RecordedPacket[] = [];
  const secrets: Uint8Array[] = [];
  let clientAddress: string | null = null;
  for (let at = 0; at + 12 <= file.length; at += view.getUint32(at + 4, little)) {
    const type = view.getUint32(at, little);
    const end = at + view.getUint32(at + 4, little) - 4;
    if (type === DECRYPTION_SECRETS) {
      const size = view.getUint32(at + 12, little);
      secrets.push(file.slice(at + 16, at + 16 + size));
    }
    if (type !== ENHANCED_PACKET) continue;
    const ticks =
      BigInt(view.getUint32(at + 12, little)) * 0x1_0000_0000n + BigInt(view.getUint32(at + 16, little));
    const size = view.getUint32(at + 20, little);
    const bytes = file.slice(at + 28, at + 28 + size);
    const source = bytes.subarray(12, 16).join(".");
    const isSyn = ((bytes[33] ?? 0) & 0x12) === 0x02;
    if (isSyn) clientAddress = `${source}:${portAt(bytes, 20)}`;
    const isOfClient = clientAddress === `${source}:${portAt(bytes, 20)}`;
    packets.push({
      timeMs: Number(ticks / 1000n) / 1000,
      bytes,
      comment: commentIn(view, file, at + 28 + size + ((4 - (size % 4)) % 4), end, little),
      port: portAt(bytes, isOfClient ? 20 : 22),
    });
  }
  return { packets, secrets };
};

const portAt = (bytes: Uint8Array, at: number): number => (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);

const commentIn = (
  view: DataView,
  file: Uint8Array,
  from: number,
  end: number,
  little: boolean,
): string | null => {
  for (let at = from; at + 4 <= end; ) {
    const code = view.getUint16(at, little);
    const size = view.getUint16(at + 2, little);
    if (code === COMMENT) return new TextDecoder().decode(file.subarray(at + 4, at + 4 + size));
    if (code === 0) return null;
    at += 4 + size + ((4 - (size % 4)) % 4);
  }
  return null;
};
