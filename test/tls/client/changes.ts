/** What scripts of servers change. */
import { Writer } from "../../../src/bytes/writer.ts";
import { writeExtensions } from "../../../src/tls/wire/extension.ts";
import { signatureAlgorithms } from "../../../src/tls/wire/extension-lists.ts";
import type { HandshakeMessage } from "../../../src/tls/wire/handshake-message.ts";
import type { ServerHello } from "../../../src/tls/wire/server-hello.ts";

export const NOTHING = new Uint8Array(0);

export const asIs = <T>(value: T): T => value;

export const withExtension =
  (type: number, data: Uint8Array = NOTHING) =>
  (hello: ServerHello): ServerHello => ({
    ...hello,
    extensions: [...(hello.extensions ?? []), { type, data }],
  });

export const withoutExtension =
  (type: number) =>
  (hello: ServerHello): ServerHello => ({
    ...hello,
    extensions: hello.extensions?.filter((extension) => extension.type !== type) ?? null,
  });

export const onlyExtensions =
  (...extensions: NonNullable<ServerHello["extensions"]>) =>
  (hello: ServerHello): ServerHello => ({ ...hello, extensions });

/** The data of a cookie extension. */
export const cookie = (bytes: ArrayLike<number>): Uint8Array =>
  new Writer().prefixed(2, (writer) => writer.bytes(bytes)).finish();

/** The body of a CertificateRequest of TLS 1.3; without signature_algorithms where `schemes` is null. */
export const requestBody = (
  context: readonly number[],
  schemes: readonly number[] | null,
  unknown: readonly number[] = [],
): Uint8Array =>
  writeExtensions(
    new Writer().prefixed(1, (writer) => writer.bytes(context)),
    [
      ...(schemes === null ? [] : [signatureAlgorithms(schemes)]),
      ...unknown.map((type) => ({ type, data: NOTHING })),
    ],
  ).finish();

type MessagesChange = (messages: readonly HandshakeMessage[]) => readonly HandshakeMessage[];

export const without =
  (type: number): MessagesChange =>
  (messages) =>
    messages.filter((message) => message.type !== type);

/** The message of one type with another body. */
export const changed =
  (type: number, change: (body: Uint8Array) => Uint8Array): MessagesChange =>
  (messages) =>
    messages.map((message) => (message.type === type ? { type, body: change(message.body) } : message));

/** Changes one record; a place below 0 counts from the end. */
export const record =
  (at: number, change: (bytes: Uint8Array) => Uint8Array) =>
  (records: readonly Uint8Array[]): readonly Uint8Array[] => {
    const index = at < 0 ? records.length + at : at;
    return records.map((bytes, place) => (place === index ? change(bytes) : bytes));
  };

/** The same record with so many bytes of its fragment. */
export const shortened = (bytes: Uint8Array, size: number): Uint8Array => {
  const cut = bytes.slice(0, 5 + size);
  cut[3] = size >> 8;
  cut[4] = size & 0xff;
  return cut;
};
