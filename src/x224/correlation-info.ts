/** RDP Correlation Info (RDP_NEG_CORRELATION_INFO): [MS-RDPBCGR] 2.2.1.1.2. */
import type { Reader } from "../bytes/reader.ts";
import type { Writer } from "../bytes/writer.ts";

const CORRELATION_INFO_TYPE = 0x06;
const CORRELATION_INFO_SIZE = 36;
const PART_SIZE = 16;

export interface CorrelationInfo {
  readonly flags: number;
  /** 16 bytes; the specification forbids 0x00 and 0xf4 as the first and 0x0d as any. */
  readonly correlationId: Uint8Array;
  /** 16 bytes, zeros from everybody who keeps to the specification. */
  readonly reserved: Uint8Array;
}

/** Reads the structure, its type byte included; faults are the reader's. */
export const readCorrelationInfo = (reader: Reader): CorrelationInfo => {
  const typeOffset = reader.offset;
  const type = reader.u8("rdpCorrelationInfo.type");
  if (type !== CORRELATION_INFO_TYPE) {
    reader.reject("rdpCorrelationInfo.type", `type ${type} is not ${CORRELATION_INFO_TYPE}`, typeOffset);
  }
  const flags = reader.u8("rdpCorrelationInfo.flags");
  const lengthOffset = reader.offset;
  const length = reader.u16le("rdpCorrelationInfo.length");
  if (length !== CORRELATION_INFO_SIZE) {
    const reason = `length ${length} is not ${CORRELATION_INFO_SIZE}`;
    reader.reject("rdpCorrelationInfo.length", reason, lengthOffset);
  }
  const correlationId = reader.bytes(PART_SIZE, "rdpCorrelationInfo.correlationId");
  return { flags, correlationId, reserved: reader.bytes(PART_SIZE, "rdpCorrelationInfo.reserved") };
};

/** @throws RangeError when a part is not 16 bytes. */
export const writeCorrelationInfo = (writer: Writer, info: CorrelationInfo): void => {
  if (info.correlationId.length !== PART_SIZE || info.reserved.length !== PART_SIZE) {
    throw new RangeError(`correlation info: both parts are ${PART_SIZE} bytes`);
  }
  writer.u8(CORRELATION_INFO_TYPE).u8(info.flags).u16le(CORRELATION_INFO_SIZE);
  writer.bytes(info.correlationId).bytes(info.reserved);
};
