/** Numbers of the pcapng format and the walk over a block's options ([draft-ietf-opsawg-pcapng] 3 and 4). */

export const BLOCK_TYPE = {
  interfaceDescription: 1,
  obsoletePacket: 2,
  simplePacket: 3,
  enhancedPacket: 6,
  decryptionSecrets: 10,
  sectionHeader: 0x0a0d0d0a,
} as const;

export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

export const OPTION = {
  endOfOptions: 0,
  comment: 1,
  sectionHardware: 2,
  sectionOperatingSystem: 3,
  sectionApplication: 4,
  interfaceName: 2,
  interfaceTimestampResolution: 9,
  interfaceTimestampOffset: 14,
} as const;

/** TLS key log, as NSS and Wireshark write it. */
export const SECRETS_TYPE_TLS_KEY_LOG = 0x544c534b;

/**
 * Calls `onOption` with code, offset and length of each option in `[start, end)`. Ends at the end-of-options
 * mark, at the end, or at an option that does not fit; gives false for the last of these.
 */
export const walkOptions = (
  view: DataView,
  start: number,
  end: number,
  littleEndian: boolean,
  onOption: (code: number, at: number, length: number) => void,
): boolean => {
  let at = start;
  while (end - at >= 4) {
    const code = view.getUint16(at, littleEndian);
    const length = view.getUint16(at + 2, littleEndian);
    at += 4;
    if (code === OPTION.endOfOptions) return true;
    if (length > end - at) return false;
    onOption(code, at, length);
    at += paddedTo4(length);
  }
  return true;
};

/** The next multiple of four. */
export const paddedTo4 = (length: number): number => Math.ceil(length / 4) * 4;
