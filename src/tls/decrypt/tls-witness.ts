/**
 * The witness of a TLS connection that stands. It cannot be made up: the client of src/tls/client makes the one
 * out of proofs that only the checks hand out, a reader of captures the other out of what it saw.
 */
import type { FinishedProof } from "../client/checks/finished-check.ts";
import type { ServerProof } from "../client/checks/signature-check.ts";

export interface AgreedParameters {
  /** A value of TLS_VERSION. */
  readonly version: number;
  readonly cipherSuite: number;
  /** A code of NAMED_GROUPS; null without one (RSA, a finite field of the server's own). */
  readonly group: number | null;
}

/** What the server proved: that it has the certificate's key, and that it saw the same handshake. */
export interface ServerProofs {
  /** Null where the suite encrypts to the certificate's key, so that Finished alone proves it. */
  readonly signature: ServerProof | null;
  readonly finished: FinishedProof;
}

export class TlsWitness {
  /** `verified` by us, or seen to be `accepted-by-client` in a capture. */
  readonly proof: "verified" | "accepted-by-client";
  readonly version: number;
  readonly cipherSuite: number;
  readonly group: number | null;
  /** Makes the type nominal. */
  readonly #made = true;

  private constructor(proof: TlsWitness["proof"], { version, cipherSuite, group }: AgreedParameters) {
    this.proof = proof;
    this.version = version;
    this.cipherSuite = cipherSuite;
    this.group = group;
  }

  /** Everything was checked here: parameters, certificate, signature and Finished. */
  static verified(agreed: AgreedParameters, proofs: ServerProofs): TlsWitness {
    if (proofs.finished.version !== agreed.version) {
      throw new RangeError("tls witness: the proofs are of another connection");
    }
    return new TlsWitness("verified", agreed);
  }

  /** A client that was listened to took all of it, and went on under the keys. */
  static acceptedByClient(agreed: AgreedParameters): TlsWitness {
    return new TlsWitness("accepted-by-client", agreed);
  }

  static isWitness(value: object): value is TlsWitness {
    return #made in value;
  }
}
