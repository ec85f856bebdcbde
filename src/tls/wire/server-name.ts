/** The `server_name` extension: which host the client means (RFC 6066 3). */
import type { Decoded } from "../../bytes/decoded.ts";
import { Writer } from "../../bytes/writer.ts";
import { EXTENSION, type Extension } from "./extension.ts";
import { decodeWhole, readList, readOpaque, writeOpaque } from "./vector.ts";

export interface ServerName {
  /** 0 is host_name, the only type there is. */
  readonly nameType: number;
  readonly name: Uint8Array;
}

const HOST_NAME = 0;

/** A client's list; a server's extension has no data at all. */
export const decodeServerNames = (data: Uint8Array): Decoded<readonly ServerName[]> =>
  decodeWhole(data, "server_name", (reader) =>
    readList(reader, 2, "server_name.list", (part) => ({
      nameType: part.u8("server_name.name_type"),
      name: readOpaque(part, 2, "server_name.host_name"),
    })),
  );

export const serverNames = (names: readonly ServerName[]): Extension => ({
  type: EXTENSION.serverName,
  data: new Writer()
    .prefixed(2, (list) => {
      for (const { nameType, name } of names) writeOpaque(list.u8(nameType), 2, name);
    })
    .finish(),
});

/** The extension for one host: ASCII without a trailing dot, which is for the caller to see to. */
export const hostName = (name: string): Extension =>
  serverNames([{ nameType: HOST_NAME, name: new TextEncoder().encode(name) }]);

/** The first host name of a list, as UTF-8 text from the peer, or null. */
export const hostNameOf = (names: readonly ServerName[]): string | null => {
  const found = names.find(({ nameType }) => nameType === HOST_NAME);
  return found === undefined ? null : new TextDecoder().decode(found.name);
};
