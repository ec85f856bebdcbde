/** [MS-RDPBCGR] 2.2.1.3.2 to 2.2.1.3.5: what a client says of itself in its Connect-Initial. */
import type { Reader } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";
import { type ClientCore, encodeClientCore, readClientCore } from "./client-core.ts";
import { readFixedAnsi, writeFixedAnsi } from "./fixed-text.ts";
import {
  type BlockRest,
  readBlocks,
  restOf,
  type UnknownBlock,
  USER_DATA_TYPE,
  writeBlock,
} from "./user-data-block.ts";

const CHANNEL_NAME_BYTES = 8;

/** [MS-RDPBCGR] 2.2.1.3.3 Client Security Data (TS_UD_CS_SEC). */
interface ClientSecurity extends BlockRest {
  readonly kind: "security";
  readonly encryptionMethods: number;
  /** Used instead by clients in a French locale. */
  readonly extEncryptionMethods: number;
}

/** [MS-RDPBCGR] 2.2.1.3.4.1 Channel Definition Structure. */
interface ChannelDefinition {
  readonly name: string;
  readonly options: number;
}

/** [MS-RDPBCGR] 2.2.1.3.4 Client Network Data (TS_UD_CS_NET). */
interface ClientNetwork extends BlockRest {
  readonly kind: "network";
  readonly channels: readonly ChannelDefinition[];
}

/** [MS-RDPBCGR] 2.2.1.3.5 Client Cluster Data (TS_UD_CS_CLUSTER). */
interface ClientCluster extends BlockRest {
  readonly kind: "cluster";
  readonly flags: number;
  readonly redirectedSessionId: number;
}

export type ClientBlock = ClientCore | ClientSecurity | ClientNetwork | ClientCluster | UnknownBlock;

/** Reads all blocks to the end of `reader`, in their order. */
export const readClientBlocks = (reader: Reader): readonly ClientBlock[] => readBlocks(reader, readBlock);

export const encodeClientBlocks = (blocks: readonly ClientBlock[]): Uint8Array => {
  const writer = new Writer();
  for (const block of blocks) writeClientBlock(writer, block);
  return writer.finish();
};

const readBlock = (type: number, body: Reader): ClientBlock => {
  switch (type) {
    case USER_DATA_TYPE.CS_CORE:
      return readClientCore(body);
    case USER_DATA_TYPE.CS_SECURITY:
      return {
        kind: "security",
        encryptionMethods: body.u32le("clientSecurity.encryptionMethods"),
        extEncryptionMethods: body.u32le("clientSecurity.extEncryptionMethods"),
        ...restOf(body),
      };
    case USER_DATA_TYPE.CS_NET:
      return { kind: "network", channels: readChannels(body), ...restOf(body) };
    case USER_DATA_TYPE.CS_CLUSTER:
      return {
        kind: "cluster",
        flags: body.u32le("clientCluster.flags"),
        redirectedSessionId: body.u32le("clientCluster.redirectedSessionId"),
        ...restOf(body),
      };
    default:
      return { kind: "unknown", type, body: body.rest() };
  }
};

const readChannels = (body: Reader): readonly ChannelDefinition[] => {
  const count = body.u32le("clientNetwork.channelCount");
  const channels: ChannelDefinition[] = [];
  while (channels.length < count && body.fault === null) {
    const name = readFixedAnsi(body, CHANNEL_NAME_BYTES, "clientNetwork.channelDefArray.name");
    channels.push({ name, options: body.u32le("clientNetwork.channelDefArray.options") });
  }
  return channels;
};

const writeClientBlock = (writer: Writer, block: ClientBlock): Writer => {
  switch (block.kind) {
    case "core":
      return writeBlock(writer, USER_DATA_TYPE.CS_CORE, encodeClientCore(block));
    case "security": {
      const body = new Writer().u32le(block.encryptionMethods).u32le(block.extEncryptionMethods);
      return writeBlock(writer, USER_DATA_TYPE.CS_SECURITY, body.bytes(block.rest ?? []).finish());
    }
    case "network": {
      const body = new Writer().u32le(block.channels.length);
      for (const { name, options } of block.channels) {
        writeFixedAnsi(body, name, CHANNEL_NAME_BYTES).u32le(options);
      }
      return writeBlock(writer, USER_DATA_TYPE.CS_NET, body.bytes(block.rest ?? []).finish());
    }
    case "cluster": {
      const body = new Writer().u32le(block.flags).u32le(block.redirectedSessionId);
      return writeBlock(writer, USER_DATA_TYPE.CS_CLUSTER, body.bytes(block.rest ?? []).finish());
    }
    case "unknown":
      return writeBlock(writer, block.type, block.body);
  }
};
