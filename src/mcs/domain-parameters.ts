/** [T.125] 7 DomainParameters: eight numbers that RDP exchanges and does nothing with. */
import type { Decoded } from "../bytes/decoded.ts";
import { Reader } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";
import { BER_TAG, readBerElement, unsignedBytes, writeBer } from "./ber.ts";

const NAMES = [
  "maxChannelIds",
  "maxUserIds",
  "maxTokenIds",
  "numPriorities",
  "minThroughput",
  "maxHeight",
  "maxMcsPduSize",
  "protocolVersion",
] as const;

export type DomainParameters = Readonly<Record<(typeof NAMES)[number], number>>;

/** What Microsoft's client sends ([MS-RDPBCGR] 4.1.3). */
export const TARGET_PARAMETERS: DomainParameters = {
  maxChannelIds: 34,
  maxUserIds: 2,
  maxTokenIds: 0,
  numPriorities: 1,
  minThroughput: 0,
  maxHeight: 1,
  maxMcsPduSize: 65535,
  protocolVersion: 2,
};

export const MINIMUM_PARAMETERS: DomainParameters = {
  maxChannelIds: 1,
  maxUserIds: 1,
  maxTokenIds: 1,
  numPriorities: 1,
  minThroughput: 0,
  maxHeight: 1,
  maxMcsPduSize: 1056,
  protocolVersion: 2,
};

export const MAXIMUM_PARAMETERS: DomainParameters = {
  maxChannelIds: 65535,
  maxUserIds: 64535,
  maxTokenIds: 65535,
  numPriorities: 1,
  minThroughput: 0,
  maxHeight: 1,
  maxMcsPduSize: 65535,
  protocolVersion: 2,
};

/** What Microsoft's server answers ([MS-RDPBCGR] 4.1.4). */
export const SERVER_PARAMETERS: DomainParameters = {
  ...TARGET_PARAMETERS,
  maxUserIds: 3,
  maxMcsPduSize: 65528,
};

/** Decodes the contents of the SEQUENCE; numbers may be of any width up to 4 bytes and are read unsigned. */
export const decodeDomainParameters = (contents: Uint8Array): Decoded<DomainParameters> => {
  const reader = new Reader(contents);
  const read = (name: (typeof NAMES)[number]): number => {
    const field = `domainParameters.${name}`;
    const at = reader.offset;
    const bytes = readBerElement(reader, BER_TAG.integer, field);
    const digits = bytes[0] === 0 ? bytes.subarray(1) : bytes;
    if (bytes.length === 0 || digits.length > 4)
      reader.reject(field, `a number in ${bytes.length} bytes`, at);
    return digits.reduce((sum, byte) => sum * 0x100 + byte, 0);
  };
  const [maxChannelIds = 0, maxUserIds = 0, maxTokenIds = 0, numPriorities = 0, ...more] = NAMES.map(read);
  const [minThroughput = 0, maxHeight = 0, maxMcsPduSize = 0, protocolVersion = 0] = more;
  reader.end("domainParameters");
  const first = { maxChannelIds, maxUserIds, maxTokenIds, numPriorities };
  return reader.result(
    { ...first, minThroughput, maxHeight, maxMcsPduSize, protocolVersion },
    contents.length,
  );
};

/**
 * The contents of the SEQUENCE, numbers in the fewest bytes.
 * @param signs `unsigned` is how Microsoft's client writes them, `signed` its server: 65535 in 2 or 3 bytes.
 */
export const encodeDomainParameters = (
  parameters: DomainParameters,
  signs: "unsigned" | "signed" = "unsigned",
): Uint8Array => {
  const writer = new Writer();
  for (const name of NAMES) {
    const digits = unsignedBytes(parameters[name]);
    const needsZero = signs === "signed" && (digits[0] ?? 0) >= 0x80;
    writeBer(writer, BER_TAG.integer, needsZero ? Uint8Array.from([0, ...digits]) : digits);
  }
  return writer.finish();
};
