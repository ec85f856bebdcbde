/**
 * ServerKeyExchange: the server's share of a Diffie-Hellman exchange and its signature over it (RFC 5246
 * 7.4.3, RFC 8422 5.4, RFC 2246 7.4.3). Its form follows from the cipher suite and the version.
 */
import { type Decoded, done } from "../../bytes/decoded.ts";
import { Reader } from "../../bytes/reader.ts";
import { Writer } from "../../bytes/writer.ts";
import type { CipherSuite } from "../tables/cipher-suites.ts";
import { readOpaque, writeOpaque } from "./vector.ts";
import { TLS_VERSION } from "../tables/versions.ts";

export interface KeyExchangeSignature {
  /** The scheme's code; null before TLS 1.2, where the key's kind decides. */
  readonly scheme: number | null;
  readonly bytes: Uint8Array;
}

export type ServerKeyExchange =
  | {
      readonly kind: "ecdhe";
      /** A code of NAMED_GROUPS. */
      readonly group: number;
      readonly point: Uint8Array;
      /** Null in an anonymous suite. */
      readonly signature: KeyExchangeSignature | null;
    }
  | {
      readonly kind: "dhe";
      /** The prime p, big endian. */
      readonly prime: Uint8Array;
      /** The generator g. */
      readonly generator: Uint8Array;
      /** The server's public value Ys. */
      readonly publicValue: Uint8Array;
      /** Null in an anonymous suite. */
      readonly signature: KeyExchangeSignature | null;
    }
  | {
      /** The temporary key of an export suite (RFC 2246 7.4.3). */
      readonly kind: "rsa-export";
      readonly modulus: Uint8Array;
      readonly exponent: Uint8Array;
      readonly signature: KeyExchangeSignature | null;
    }
  /** A form that is not read: pre-shared keys, SRP, explicit curves, unknown suites. */
  | { readonly kind: "opaque"; readonly body: Uint8Array };

/** What the form of the message depends on. */
export type KeyExchangeForm = Pick<CipherSuite, "keyExchange" | "authentication">;

/** `curve_type` named_curve (RFC 8422 5.4); the explicit ones are history. */
const NAMED_CURVE = 3;

/**
 * Reads the body of a server_key_exchange message.
 * @param form the selected suite; null where it is unknown
 * @param version the negotiated version, a value of TLS_VERSION
 */
export const decodeServerKeyExchange = (
  body: Uint8Array,
  form: KeyExchangeForm | null,
  version: number,
): Decoded<ServerKeyExchange> => {
  const read = form === null ? null : readerOf(form, body);
  if (form === null || read === null) return done({ kind: "opaque", body }, body.length);
  const reader = new Reader(body);
  const exchange = read(reader, () =>
    form.authentication === "anon" ? null : readSignature(reader, version),
  );
  reader.end("server_key_exchange");
  return reader.result(exchange, body.length);
};

/** The body of the message. @throws RangeError when a part does not fit its length field. */
export const encodeServerKeyExchange = (exchange: ServerKeyExchange): Uint8Array => {
  const writer = new Writer();
  switch (exchange.kind) {
    case "opaque":
      return Uint8Array.from(exchange.body);
    case "ecdhe":
      writeOpaque(writer.u8(NAMED_CURVE).u16(exchange.group), 1, exchange.point);
      break;
    case "dhe":
      writeOpaque(writer, 2, exchange.prime);
      writeOpaque(writer, 2, exchange.generator);
      writeOpaque(writer, 2, exchange.publicValue);
      break;
    case "rsa-export":
      writeOpaque(writer, 2, exchange.modulus);
      writeOpaque(writer, 2, exchange.exponent);
      break;
  }
  return writeSignature(writer, exchange.signature).finish();
};

/** The size in bits of a big-endian number: of a Diffie-Hellman prime, of an RSA modulus. */
export const sizeInBits = (number: Uint8Array): number => {
  const first = number.findIndex((byte) => byte !== 0);
  if (first < 0) return 0;
  return (number.length - first) * 8 - (Math.clz32(number[first] ?? 0) - 24);
};

type ReadExchange = (reader: Reader, signature: () => KeyExchangeSignature | null) => ServerKeyExchange;

const readerOf = (form: KeyExchangeForm, body: Uint8Array): ReadExchange | null => {
  if (form.keyExchange === "ecdhe") return isExplicitCurve(body) ? null : readEcdhe;
  if (form.keyExchange === "dhe") return readDhe;
  return form.keyExchange === "rsa" ? readRsaExport : null;
};

const isExplicitCurve = (body: Uint8Array): boolean => body[0] === 1 || body[0] === 2;

const readEcdhe: ReadExchange = (reader, signature) => {
  const curveTypeAt = reader.offset;
  const curveType = reader.u8("server_key_exchange.curve_type");
  if (curveType !== NAMED_CURVE) {
    reader.reject("server_key_exchange.curve_type", `curve type ${curveType} is unknown`, curveTypeAt);
  }
  return {
    kind: "ecdhe",
    group: reader.u16("server_key_exchange.named_curve"),
    point: readOpaque(reader, 1, "server_key_exchange.point"),
    signature: signature(),
  };
};

const readDhe: ReadExchange = (reader, signature) => ({
  kind: "dhe",
  prime: readOpaque(reader, 2, "server_key_exchange.dh_p"),
  generator: readOpaque(reader, 2, "server_key_exchange.dh_g"),
  publicValue: readOpaque(reader, 2, "server_key_exchange.dh_ys"),
  signature: signature(),
});

const readRsaExport: ReadExchange = (reader, signature) => ({
  kind: "rsa-export",
  modulus: readOpaque(reader, 2, "server_key_exchange.rsa_modulus"),
  exponent: readOpaque(reader, 2, "server_key_exchange.rsa_exponent"),
  signature: signature(),
});

const readSignature = (reader: Reader, version: number): KeyExchangeSignature => ({
  scheme: version >= TLS_VERSION.tls12 ? reader.u16("server_key_exchange.signature_scheme") : null,
  bytes: readOpaque(reader, 2, "server_key_exchange.signature"),
});

const writeSignature = (writer: Writer, signature: KeyExchangeSignature | null): Writer => {
  if (signature === null) return writer;
  if (signature.scheme !== null) writer.u16(signature.scheme);
  return writeOpaque(writer, 2, signature.bytes);
};
