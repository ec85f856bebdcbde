/** The `key_share` extension of TLS 1.3 in its three forms (RFC 8446 4.2.8). */
import type { Decoded } from "../../bytes/decoded.ts";
import type { Reader } from "../../bytes/reader.ts";
import { Writer } from "../../bytes/writer.ts";
import { EXTENSION, type Extension } from "./extension.ts";
import { decodeWhole, readList, readOpaque, writeOpaque } from "./vector.ts";

export interface KeyShareEntry {
  /** A code of NAMED_GROUPS. */
  readonly group: number;
  readonly keyExchange: Uint8Array;
}

/** `KeyShareClientHello`. */
export const decodeClientKeyShares = (data: Uint8Array): Decoded<readonly KeyShareEntry[]> =>
  decodeWhole(data, "key_share", (reader) => readList(reader, 2, "key_share.client_shares", readEntry));

export const clientKeyShares = (entries: readonly KeyShareEntry[]): Extension => ({
  type: EXTENSION.keyShare,
  data: new Writer()
    .prefixed(2, (list) => {
      for (const entry of entries) writeEntry(list, entry);
    })
    .finish(),
});

/** `KeyShareServerHello`. */
export const decodeServerKeyShare = (data: Uint8Array): Decoded<KeyShareEntry> =>
  decodeWhole(data, "key_share", readEntry);

export const serverKeyShare = (entry: KeyShareEntry): Extension => ({
  type: EXTENSION.keyShare,
  data: writeEntry(new Writer(), entry).finish(),
});

/** `KeyShareHelloRetryRequest`: the group that the server wants a share for. */
export const decodeRetryGroup = (data: Uint8Array): Decoded<number> =>
  decodeWhole(data, "key_share", (reader) => reader.u16("key_share.selected_group"));

export const retryGroup = (group: number): Extension => ({
  type: EXTENSION.keyShare,
  data: new Writer().u16(group).finish(),
});

const readEntry = (reader: Reader): KeyShareEntry => ({
  group: reader.u16("key_share.group"),
  keyExchange: readOpaque(reader, 2, "key_share.key_exchange"),
});

const writeEntry = (writer: Writer, entry: KeyShareEntry): Writer =>
  writeOpaque(writer.u16(entry.group), 2, entry.keyExchange);
