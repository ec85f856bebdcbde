/** The hash of all handshake messages so far (RFC 5246 7.4.9, RFC 8446 4.4.1). */
import { createHash, type Hash } from "node:crypto";
import { encodeHandshakeMessage, HANDSHAKE_TYPE } from "../wire/handshake-message.ts";

/** Before TLS 1.2 it is both, one after the other (RFC 2246 7.4.9). */
export type TranscriptHashName = "sha256" | "sha384" | "md5+sha1";

export class TranscriptHash {
  /** What waits for the hash to be known. */
  #messages: Uint8Array[] = [];
  #hashes: readonly Hash[] = [];

  /** @param message with its header */
  add(message: Uint8Array): void {
    if (this.#hashes.length === 0) this.#messages.push(message);
    else for (const hash of this.#hashes) hash.update(message);
  }

  /** The negotiation has said which hash it is. */
  start(name: TranscriptHashName): void {
    if (this.#hashes.length > 0) return;
    this.#hashes = name.split("+").map((algorithm) => createHash(algorithm));
    for (const message of this.#messages) this.add(message);
    this.#messages = [];
  }

  /** A HelloRetryRequest puts the first ClientHello's hash in its place (RFC 8446 4.4.1). */
  replaceWithHash(name: "sha256" | "sha384"): void {
    const hash = createHash(name);
    for (const message of this.#messages) hash.update(message);
    this.#messages = [encodeHandshakeMessage({ type: HANDSHAKE_TYPE.messageHash, body: hash.digest() })];
  }

  /** @throws RangeError before `start` */
  digest(): Uint8Array {
    const [first, second] = this.#hashes;
    if (first === undefined) throw new RangeError("transcript: no hash is known yet");
    const digest = first.copy().digest();
    if (second === undefined) return digest;
    const rest = second.copy().digest();
    const both = new Uint8Array(digest.length + rest.length);
    both.set(digest);
    both.set(rest, digest.length);
    return both;
  }
}
