/** Whether the server saw the same handshake as the client: its Finished verifies (RFC 5246 7.4.9, RFC 8446 4.4.4). */
import { timingSafeEqual } from "node:crypto";
import { type PrfOf, verifyData12 } from "../../decrypt/key-schedule-12.ts";
import { type HkdfHash, verifyData13 } from "../../decrypt/key-schedule-13.ts";
import { TLS_VERSION } from "../../tables/versions.ts";
import { faultOf, type TlsFault } from "../tls-fault.ts";

/** That a server's Finished was verified: nothing else makes one. */
export class FinishedProof {
  /** A value of TLS_VERSION. */
  readonly version: number;

  private constructor(version: number) {
    this.version = version;
  }

  /**
   * TLS 1.0 to 1.2.
   * @param transcript the hash of all messages before it, the client's Finished included
   */
  static of12(
    body: Uint8Array,
    prf: PrfOf,
    master: Uint8Array,
    transcript: Uint8Array,
  ): FinishedProof | TlsFault {
    return (
      finishedFault(body, verifyData12(prf, master, "server", transcript)) ?? new FinishedProof(prf.version)
    );
  }

  /**
   * TLS 1.3.
   * @param secret the server's handshake traffic secret
   * @param transcript the hash of all messages before it
   */
  static of13(
    body: Uint8Array,
    hash: HkdfHash,
    secret: Uint8Array,
    transcript: Uint8Array,
  ): FinishedProof | TlsFault {
    return (
      finishedFault(body, verifyData13(hash, secret, transcript)) ?? new FinishedProof(TLS_VERSION.tls13)
    );
  }
}

const finishedFault = (body: Uint8Array, expected: Uint8Array): TlsFault | null => {
  if (body.length !== expected.length) {
    return faultOf(
      "decode",
      "finished",
      "verify_data",
      `${body.length} bytes where there are ${expected.length}`,
    );
  }
  return timingSafeEqual(body, expected)
    ? null
    : faultOf("finished", "finished", "verify_data", "it does not verify");
};
