/** The server's handshake messages, out of the fragments of its records (RFC 8446 5.1). */
import { Backlog } from "../wire/backlog.ts";
import { HANDSHAKE_HEADER_SIZE_BYTES, HANDSHAKE_TYPE } from "../wire/handshake-message.ts";
import { faultOf, type TlsFault, type TlsLimit } from "./tls-fault.ts";

export interface ServerMessage {
  readonly type: number;
  readonly body: Uint8Array;
  /** With its header, as it goes into the transcript. */
  readonly whole: Uint8Array;
  /** Of the body, in the server's TLS bytes, as near as it can be told. */
  readonly offset: number;
}

export type NextMessage =
  | { readonly kind: "need" }
  | { readonly kind: "message"; readonly message: ServerMessage }
  | { readonly kind: "fault"; readonly fault: TlsFault }
  | { readonly kind: "limit"; readonly limit: TlsLimit };

/** As OpenSSL limits them: a longer one is refused before its body comes. */
const MAX_SIZES: ReadonlyMap<number, number> = new Map([
  [HANDSHAKE_TYPE.helloRequest, 0],
  [HANDSHAKE_TYPE.serverHello, 20_000],
  [HANDSHAKE_TYPE.encryptedExtensions, 20_000],
  [HANDSHAKE_TYPE.serverKeyExchange, 102_400],
  [HANDSHAKE_TYPE.certificateRequest, 102_400],
  [HANDSHAKE_TYPE.certificateStatus, 16_384],
  [HANDSHAKE_TYPE.serverHelloDone, 0],
  [HANDSHAKE_TYPE.certificateVerify, 65_539],
  [HANDSHAKE_TYPE.newSessionTicket, 131_338],
  [HANDSHAKE_TYPE.finished, 64],
  [HANDSHAKE_TYPE.keyUpdate, 1],
]);

/** OpenSSL's `max_cert_list`; Windows stops at 64 KiB. */
const MAX_CERTIFICATE_BYTES = 102_400;

const NEED: NextMessage = { kind: "need" };

export class ServerMessages {
  readonly #backlog = new Backlog();
  /** Where the last fragment ends on the wire. */
  #end = 0;

  /** Nothing of an unfinished message waits. */
  get isEmpty(): boolean {
    return this.#backlog.size === 0;
  }

  /** Nothing more is to be read. */
  release(): void {
    this.#backlog.release();
  }

  append(fragment: Uint8Array, offset: number): void {
    this.#backlog.append(fragment);
    this.#end = offset + fragment.length;
  }

  /** The next message; its bytes are views that stay as long as the record's. */
  next(): NextMessage {
    const { size } = this.#backlog;
    if (size < HANDSHAKE_HEADER_SIZE_BYTES) return this.#need();
    const bytes = this.#backlog.bytes;
    const type = bytes[0] ?? 0;
    const length = (bytes[1] ?? 0) * 0x10000 + (bytes[2] ?? 0) * 0x100 + (bytes[3] ?? 0);
    const start = this.#end - size;
    if (type === HANDSHAKE_TYPE.certificate && length > MAX_CERTIFICATE_BYTES) {
      return { kind: "limit", limit: { kind: "certificate-size", sizeBytes: length } };
    }
    const limit = MAX_SIZES.get(type) ?? MAX_CERTIFICATE_BYTES;
    if (length > limit) {
      const reason = `length ${length} is over the limit of ${limit}`;
      return { kind: "fault", fault: faultOf("decode", "handshake", "length", reason, start + 1) };
    }
    const end = HANDSHAKE_HEADER_SIZE_BYTES + length;
    if (size < end) return this.#need();
    this.#backlog.drop(end);
    const whole = bytes.subarray(0, end);
    return {
      kind: "message",
      message: {
        type,
        body: whole.subarray(HANDSHAKE_HEADER_SIZE_BYTES),
        whole,
        offset: start + HANDSHAKE_HEADER_SIZE_BYTES,
      },
    };
  }

  #need(): NextMessage {
    this.#backlog.keep();
    return NEED;
  }
}
