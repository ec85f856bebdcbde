/** [MS-RDPBCGR] 2.2.1.3.1 User Data Header: the blocks that client and server describe themselves in. */
import type { Reader } from "../bytes/reader.ts";
import type { Writer } from "../bytes/writer.ts";

const HEADER_BYTES = 4;

/** Types by the specification's names. */
export const USER_DATA_TYPE = {
  CS_CORE: 0xc001,
  CS_SECURITY: 0xc002,
  CS_NET: 0xc003,
  CS_CLUSTER: 0xc004,
  CS_MONITOR: 0xc005,
  CS_MCS_MSGCHANNEL: 0xc006,
  CS_MONITOR_EX: 0xc008,
  CS_MULTITRANSPORT: 0xc00a,
  SC_CORE: 0x0c01,
  SC_SECURITY: 0x0c02,
  SC_NET: 0x0c03,
  SC_MCS_MSGCHANNEL: 0x0c04,
  SC_MULTITRANSPORT: 0x0c08,
} as const;

/** A block of a type that is not taken apart, as it came. */
export interface UnknownBlock {
  readonly kind: "unknown";
  readonly type: number;
  readonly body: Uint8Array;
}

/** What follows the fields that are known; absent where nothing does. */
export interface BlockRest {
  readonly rest?: Uint8Array;
}

/**
 * Reads blocks to the end of `reader`. Every block moves on by its header at least: a shorter length is
 * rejected, whatever it claims.
 * @param readBody takes one block's body; what it rejects is rejected.
 */
export const readBlocks = <T>(reader: Reader, readBody: (type: number, body: Reader) => T): readonly T[] => {
  const blocks: T[] = [];
  while (reader.remaining > 0) {
    const at = reader.offset;
    const type = reader.u16le("userDataHeader.type");
    const length = reader.u16le("userDataHeader.length");
    if (length < HEADER_BYTES) {
      reader.reject("userDataHeader.length", `length ${length} is shorter than its own header`, at + 2);
    }
    const body = reader.sub(Math.max(length - HEADER_BYTES, 0), "userDataHeader.length");
    blocks.push(readBody(type, body));
    if (body.fault !== null) reader.rejectWith(body.fault);
  }
  return blocks;
};

/** @throws RangeError when the block is longer than 65535 bytes. */
export const writeBlock = (writer: Writer, type: number, body: Uint8Array): Writer =>
  writer
    .u16le(type)
    .u16le(HEADER_BYTES + body.length)
    .bytes(body);

/** What is left of a body, as the optional property of its block. */
export const restOf = (body: Reader): BlockRest => {
  const rest = body.rest();
  return rest.length === 0 ? {} : { rest };
};
