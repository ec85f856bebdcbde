/** ClientHello: what a client offers (RFC 8446 4.1.2, RFC 5246 7.4.1.2). */
import type { Decoded } from "../../bytes/decoded.ts";
import { Writer } from "../../bytes/writer.ts";
import {
  EXTENSION,
  type Extension,
  extensionData,
  readHelloExtensions,
  writeExtensions,
} from "./extension.ts";
import { decodeSupportedVersions, wellFormed } from "./extension-lists.ts";
import { isGrease } from "../tables/grease.ts";
import { HANDSHAKE_TYPE, writeHandshakeMessage } from "./handshake-message.ts";
import { type HelloStart, readHelloStart } from "./hello-start.ts";
import { CONTENT_TYPE, encodeRecords } from "./record.ts";
import { decodeServerNames, hostNameOf } from "./server-name.ts";
import { decodeWhole, readU8List, readU16List, writeOpaque, writeU16List } from "./vector.ts";
import { TLS_VERSION, TLS_VERSIONS } from "../tables/versions.ts";

export interface ClientHello extends HelloStart {
  /** In the client's order, GREASE and signalling values included. */
  readonly cipherSuites: readonly number[];
  readonly compressionMethods: readonly number[];
  /** Null where the hello ends before them, which is not the same as an empty list. */
  readonly extensions: readonly Extension[] | null;
}

/** Reads the body of a handshake message of type client_hello. */
export const decodeClientHello = (body: Uint8Array): Decoded<ClientHello> =>
  decodeWhole(body, "client_hello", (reader) => ({
    ...readHelloStart(reader, "client_hello"),
    cipherSuites: readU16List(reader, 2, "client_hello.cipher_suites"),
    compressionMethods: readU8List(reader, 1, "client_hello.compression_methods"),
    extensions: readHelloExtensions(reader, "client_hello.extensions"),
  }));

/** The body of the handshake message. @throws RangeError when a number or a list does not fit its field. */
export const encodeClientHello = (hello: ClientHello): Uint8Array =>
  writeClientHello(new Writer(), hello).finish();

const writeClientHello = (writer: Writer, hello: ClientHello): Writer => {
  writer.u16(hello.version).bytes(hello.random);
  writeOpaque(writer, 1, hello.sessionId);
  writeU16List(writer, 2, hello.cipherSuites);
  writeOpaque(writer, 1, hello.compressionMethods);
  return hello.extensions === null ? writer : writeExtensions(writer, hello.extensions);
};

/** Few hellos are longer. */
const USUAL_SIZE_BYTES = 512;

/** The hello as it goes on the wire: in its handshake frame, in a record of this version. */
export const encodeClientHelloRecord = (hello: ClientHello, recordVersion: number): Uint8Array =>
  encodeRecords(
    CONTENT_TYPE.handshake,
    recordVersion,
    writeHandshakeMessage(new Writer(USUAL_SIZE_BYTES), HANDSHAKE_TYPE.clientHello, (writer) =>
      writeClientHello(writer, hello),
    ).finish(),
  );

/**
 * The versions that the server may select, newest first as far as the hello orders them: what
 * supported_versions lists, or else every TLS up to `version`, since an older hello names only its highest.
 */
export const offeredVersions = (hello: ClientHello): readonly number[] => {
  const data = extensionData(hello.extensions, EXTENSION.supportedVersions);
  const listed = wellFormed(data, decodeSupportedVersions);
  if (listed !== null) return listed.filter((version) => !isGrease(version));
  if (hello.version <= TLS_VERSION.ssl3) return [hello.version];
  return TLS_VERSIONS.map(({ code }) => code)
    .filter((code) => code > TLS_VERSION.ssl3 && code < TLS_VERSION.tls13 && code <= hello.version)
    .reverse();
};

/** The host name in server_name as it came, or null. */
export const serverName = (hello: ClientHello): string | null => {
  const names = wellFormed(extensionData(hello.extensions, EXTENSION.serverName), decodeServerNames);
  return names === null ? null : hostNameOf(names);
};
