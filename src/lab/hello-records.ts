/** The ClientHello in a client's first bytes, for servers that look at it before they answer. */
import { bad, type Decoded, done, faultAt } from "../bytes/decoded.ts";
import { type ClientHello, decodeClientHello } from "../tls/wire/client-hello.ts";
import { decodeHandshakeMessage, HANDSHAKE_TYPE } from "../tls/wire/handshake-message.ts";
import { CONTENT_TYPE, decodeRecord } from "../tls/wire/record.ts";

export interface ReceivedHello {
  readonly hello: ClientHello;
  /** Bytes of its records, headers included. */
  readonly sizeBytes: number;
}

/** More are refused: each is joined to those before it again. */
export const MAX_HELLO_RECORDS = 64;

/**
 * Reads one ClientHello, in one record or several; the ChangeCipherSpec that a TLS 1.3 client sends before its
 * second one (RFC 8446 D.4) is passed over. Faults of the hello itself count from its first byte.
 */
export const decodeHelloRecords = (bytes: Uint8Array): Decoded<ReceivedHello> => {
  const fragments: Uint8Array[] = [];
  let at = 0;
  for (let count = 0; count < MAX_HELLO_RECORDS; count += 1) {
    const record = decodeRecord(bytes.subarray(at));
    if (record.status === "bad") return { ...record, fault: faultAt(record.fault, at) };
    if (record.status === "need") return record;
    const { contentType, fragment } = record.value;
    if (contentType === CONTENT_TYPE.handshake) {
      fragments.push(fragment);
    } else if (contentType !== CONTENT_TYPE.changeCipherSpec || fragments.length > 0) {
      return bad("record.type", at, `content type ${contentType} where a ClientHello is due`);
    }
    at += record.size;
    const hello = helloIn(fragments);
    if (hello.status === "done") return done({ hello: hello.value, sizeBytes: at }, at);
    if (hello.status === "bad") return hello;
  }
  return bad("record", at, `a ClientHello in more than ${MAX_HELLO_RECORDS} records`);
};

const helloIn = (fragments: readonly Uint8Array[]): Decoded<ClientHello> => {
  const message = decodeHandshakeMessage(Buffer.concat(fragments));
  if (message.status !== "done") return message;
  const { type, body } = message.value;
  return type === HANDSHAKE_TYPE.clientHello
    ? decodeClientHello(Uint8Array.from(body))
    : bad("handshake.type", 0, `message ${type} where a ClientHello is due`);
};
