/** [MS-RDPBCGR] 2.2.1.4.2 to 2.2.1.4.6: what a server says of itself in its Connect-Response. */
import type { Reader } from "../bytes/reader.ts";
import { Writer } from "../bytes/writer.ts";
import {
  type BlockRest,
  readBlocks,
  restOf,
  type UnknownBlock,
  USER_DATA_TYPE,
  writeBlock,
} from "./user-data-block.ts";

/** [MS-RDPBCGR] 2.2.1.4.2 Server Core Data (TS_UD_SC_CORE). */
interface ServerCore extends BlockRest {
  readonly kind: "core";
  readonly version: number;
  /** The requestedProtocols that the server saw; another value than the one sent means tampering. */
  readonly clientRequestedProtocols?: number;
  readonly earlyCapabilityFlags?: number;
}

/** [MS-RDPBCGR] 2.2.1.4.3 Server Security Data (TS_UD_SC_SEC1). */
interface ServerSecurity extends BlockRest {
  readonly kind: "security";
  readonly encryptionMethod: number;
  readonly encryptionLevel: number;
  /** Absent where the server ends the block before it, as it does over TLS. */
  readonly keys?: {
    readonly serverRandom: Uint8Array;
    /** `decodeServerCertificate` reads it. */
    readonly serverCertificate: Uint8Array;
  };
}

/** [MS-RDPBCGR] 2.2.1.4.4 Server Network Data (TS_UD_SC_NET). `rest` absent: the padding that the count asks for. */
interface ServerNetwork extends BlockRest {
  readonly kind: "network";
  readonly mcsChannelId: number;
  readonly channelIds: readonly number[];
}

/** [MS-RDPBCGR] 2.2.1.4.5 Server Message Channel Data (TS_UD_SC_MCS_MSGCHANNEL). */
interface ServerMessageChannel extends BlockRest {
  readonly kind: "messageChannel";
  readonly mcsChannelId: number;
}

/** [MS-RDPBCGR] 2.2.1.4.6 Server Multitransport Channel Data (TS_UD_SC_MULTITRANSPORT). */
interface ServerMultitransport extends BlockRest {
  readonly kind: "multitransport";
  readonly flags: number;
}

export type ServerBlock =
  | ServerCore
  | ServerSecurity
  | ServerNetwork
  | ServerMessageChannel
  | ServerMultitransport
  | UnknownBlock;

/** Reads all blocks to the end of `reader`, in their order. */
export const readServerBlocks = (reader: Reader): readonly ServerBlock[] => readBlocks(reader, readBlock);

export const encodeServerBlocks = (blocks: readonly ServerBlock[]): Uint8Array => {
  const writer = new Writer();
  for (const block of blocks) {
    const { type, body } = encodeBlock(block);
    writeBlock(writer, type, body);
  }
  return writer.finish();
};

const readBlock = (type: number, body: Reader): ServerBlock => {
  switch (type) {
    case USER_DATA_TYPE.SC_CORE:
      return readCore(body);
    case USER_DATA_TYPE.SC_SECURITY:
      return readSecurity(body);
    case USER_DATA_TYPE.SC_NET:
      return readNetwork(body);
    case USER_DATA_TYPE.SC_MCS_MSGCHANNEL: {
      const mcsChannelId = body.u16le("serverMessageChannel.mcsChannelId");
      return { kind: "messageChannel", mcsChannelId, ...restOf(body) };
    }
    case USER_DATA_TYPE.SC_MULTITRANSPORT:
      return { kind: "multitransport", flags: body.u32le("serverMultitransport.flags"), ...restOf(body) };
    default:
      return { kind: "unknown", type, body: body.rest() };
  }
};

const readCore = (body: Reader): ServerCore => {
  const version = body.u32le("serverCore.version");
  const protocols =
    body.remaining >= 4
      ? { clientRequestedProtocols: body.u32le("serverCore.clientRequestedProtocols") }
      : {};
  const flags =
    body.remaining >= 4 ? { earlyCapabilityFlags: body.u32le("serverCore.earlyCapabilityFlags") } : {};
  return { kind: "core", version, ...protocols, ...flags, ...restOf(body) };
};

const readSecurity = (body: Reader): ServerSecurity => {
  const encryptionMethod = body.u32le("serverSecurity.encryptionMethod");
  const encryptionLevel = body.u32le("serverSecurity.encryptionLevel");
  const methods = { kind: "security", encryptionMethod, encryptionLevel } as const;
  if (body.remaining === 0) return methods;
  const randomBytes = body.u32le("serverSecurity.serverRandomLen");
  const certificateBytes = body.u32le("serverSecurity.serverCertLen");
  const serverRandom = body.bytes(randomBytes, "serverSecurity.serverRandom");
  const serverCertificate = body.bytes(certificateBytes, "serverSecurity.serverCertificate");
  return { ...methods, keys: { serverRandom, serverCertificate }, ...restOf(body) };
};

const readNetwork = (body: Reader): ServerNetwork => {
  const mcsChannelId = body.u16le("serverNetwork.mcsChannelId");
  const count = body.u16le("serverNetwork.channelCount");
  const channelIds: number[] = [];
  while (channelIds.length < count && body.fault === null) {
    channelIds.push(body.u16le("serverNetwork.channelIdArray"));
  }
  const rest = body.rest();
  const usual = padding(count);
  const isUsual = rest.length === usual.length && rest.every((byte) => byte === 0);
  return { kind: "network", mcsChannelId, channelIds, ...(isUsual ? {} : { rest }) };
};

/** An odd count of ids is padded to a multiple of 4 bytes. */
const padding = (count: number): Uint8Array => new Uint8Array(count % 2 === 0 ? 0 : 2);

const encodeBlock = (block: ServerBlock): { readonly type: number; readonly body: Uint8Array } => {
  const { rest = [] } = block.kind === "unknown" ? {} : block;
  switch (block.kind) {
    case "core": {
      const body = new Writer().u32le(block.version);
      if (block.clientRequestedProtocols !== undefined) body.u32le(block.clientRequestedProtocols);
      if (block.earlyCapabilityFlags !== undefined) body.u32le(block.earlyCapabilityFlags);
      return { type: USER_DATA_TYPE.SC_CORE, body: body.bytes(rest).finish() };
    }
    case "security": {
      const body = new Writer().u32le(block.encryptionMethod).u32le(block.encryptionLevel);
      if (block.keys !== undefined) {
        const { serverRandom, serverCertificate } = block.keys;
        body.u32le(serverRandom.length).u32le(serverCertificate.length);
        body.bytes(serverRandom).bytes(serverCertificate);
      }
      return { type: USER_DATA_TYPE.SC_SECURITY, body: body.bytes(rest).finish() };
    }
    case "network": {
      const { mcsChannelId, channelIds } = block;
      const body = new Writer().u16le(mcsChannelId).u16le(channelIds.length);
      for (const id of channelIds) body.u16le(id);
      const end = block.rest ?? padding(channelIds.length);
      return { type: USER_DATA_TYPE.SC_NET, body: body.bytes(end).finish() };
    }
    case "messageChannel": {
      const body = new Writer().u16le(block.mcsChannelId).bytes(rest);
      return { type: USER_DATA_TYPE.SC_MCS_MSGCHANNEL, body: body.finish() };
    }
    case "multitransport":
      return {
        type: USER_DATA_TYPE.SC_MULTITRANSPORT,
        body: new Writer().u32le(block.flags).bytes(rest).finish(),
      };
    case "unknown":
      return { type: block.type, body: block.body };
  }
};
