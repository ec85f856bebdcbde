/** ServerHello and HelloRetryRequest: what the server selected (RFC 8446 4.1.3 and 4.1.4, RFC 5246 7.4.1.3). */
import type { Decoded } from "../../bytes/decoded.ts";
import { fromHex } from "../../bytes/hex.ts";
import { isSameBytes } from "../../bytes/same-bytes.ts";
import { Writer } from "../../bytes/writer.ts";
import {
  EXTENSION,
  type Extension,
  extensionData,
  readHelloExtensions,
  writeExtensions,
} from "./extension.ts";
import { decodeSelectedVersion, wellFormed } from "./extension-lists.ts";
import { type HelloStart, readHelloStart } from "./hello-start.ts";
import { decodeRetryGroup, decodeServerKeyShare } from "./key-share.ts";
import { decodeWhole, writeOpaque } from "./vector.ts";

/** Its `legacy_version` is not the version: negotiatedVersion says which it is in truth. */
export interface ServerHello extends HelloStart {
  /** The code of the suite. */
  readonly cipherSuite: number;
  readonly compressionMethod: number;
  /** Null where the hello ends before them, which is not the same as an empty list. */
  readonly extensions: readonly Extension[] | null;
}

/** SHA-256 of "HelloRetryRequest", the random that makes a ServerHello one (RFC 8446 4.1.3). */
export const HELLO_RETRY_REQUEST_RANDOM = fromHex(
  "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c",
);

/** Reads the body of a handshake message of type server_hello. */
export const decodeServerHello = (body: Uint8Array): Decoded<ServerHello> =>
  decodeWhole(body, "server_hello", (reader) => ({
    ...readHelloStart(reader, "server_hello"),
    cipherSuite: reader.u16("server_hello.cipher_suite"),
    compressionMethod: reader.u8("server_hello.compression_method"),
    extensions: readHelloExtensions(reader, "server_hello.extensions"),
  }));

/** The body of the handshake message. @throws RangeError when a number or a list does not fit its field. */
export const encodeServerHello = (hello: ServerHello): Uint8Array => {
  const writer = new Writer().u16(hello.version).bytes(hello.random);
  writeOpaque(writer, 1, hello.sessionId).u16(hello.cipherSuite).u8(hello.compressionMethod);
  if (hello.extensions !== null) writeExtensions(writer, hello.extensions);
  return writer.finish();
};

/** The version that the server selected: TLS 1.3 says so in supported_versions only. */
export const negotiatedVersion = (hello: ServerHello): number =>
  wellFormed(extensionData(hello.extensions, EXTENSION.supportedVersions), decodeSelectedVersion) ??
  hello.version;

/** Is it the request of a TLS 1.3 server for another ClientHello? */
export const isHelloRetryRequest = (hello: ServerHello): boolean =>
  isSameBytes(hello.random, HELLO_RETRY_REQUEST_RANDOM);

/** The group of the server's key_share (TLS 1.3), or null. Older versions name it in ServerKeyExchange. */
export const selectedGroup = (hello: ServerHello): number | null => {
  const data = extensionData(hello.extensions, EXTENSION.keyShare);
  if (isHelloRetryRequest(hello)) return wellFormed(data, decodeRetryGroup);
  return wellFormed(data, decodeServerKeyShare)?.group ?? null;
};
