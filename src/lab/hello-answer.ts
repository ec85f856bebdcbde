/**
 * A TLS server's flight in answer to a ClientHello, written byte for byte: what it selects is true to its
 * policy, what it signs is signed, and in TLS 1.3 what it encrypts can be opened. It shows what no TLS library
 * has any more (SSL 3, export suites, RC4) and what none would send.
 */
import type { ClientHello } from "../tls/wire/client-hello.ts";
import { TLS_VERSION } from "../tls/tables/versions.ts";
import { flight12 } from "./flight/flight-12.ts";
import { flight13, retryRequest, retryTranscript } from "./flight/flight-13.ts";
import type { FlightMaterial, Says } from "./flight/flight-material.ts";
import type { ApplicationProtection } from "./flight/handshake-secrets-13.ts";
import {
  clientKeyShareEntries,
  type HelloPolicy,
  type Misfit,
  type Refusal,
  selectParameters,
} from "./policies/hello-policy.ts";

export type HelloAnswer =
  | {
      readonly kind: "flight";
      readonly bytes: Uint8Array;
      /** For what is said behind a flight of TLS 1.3; null for an older one. */
      readonly application: ApplicationProtection | null;
    }
  /** A HelloRetryRequest: the client is to send another hello. */
  | {
      readonly kind: "retry-request";
      readonly bytes: Uint8Array;
      /** What the second hello's handshake is hashed behind (RFC 8446 4.4.1). */
      readonly transcript: Uint8Array;
    }
  | { readonly kind: "refusal"; readonly why: Misfit | "key-share"; readonly refusal: Refusal };

/** How a server's answer goes wrong. */
export interface Forgery {
  /** The hello as the server takes it. */
  readonly hears?: (hello: ClientHello) => ClientHello;
  /** The messages as they leave, after all is signed, and before TLS 1.3 encrypts them. */
  readonly says?: Says;
}

/**
 * The server's answer. Up to TLS 1.2: ServerHello, Certificate, ServerKeyExchange, ServerHelloDone in one
 * record, as Schannel sends them. TLS 1.3: ServerHello, a ChangeCipherSpec for the sake of middleboxes, and
 * EncryptedExtensions, Certificate, CertificateVerify and Finished in a record each.
 * @param retried the transcript of the HelloRetryRequest that this hello follows, or null
 */
export const answerHello = (
  hello: ClientHello,
  policy: HelloPolicy,
  material: FlightMaterial,
  retried: Uint8Array | null = null,
  { hears = asIs, says = asIs }: Forgery = {},
): HelloAnswer => {
  const kind = material.certificate?.authentication ?? null;
  const refused = (why: Misfit | "key-share"): HelloAnswer => ({
    kind: "refusal",
    why,
    refusal: policy.refusal,
  });
  const selection = selectParameters(hears(hello), policy, kind);
  if (typeof selection === "string") return refused(selection);
  if (selection.version < TLS_VERSION.tls13) {
    const bytes = flight12(hello, selection, policy, material, says);
    return { kind: "flight", bytes, application: null };
  }
  const { suite, group } = selection;
  const shares = clientKeyShareEntries(hello);
  const share = shares.find((entry) => entry.group === group);
  if (group !== null && share === undefined && retried === null) {
    const bytes = retryRequest(hello, suite.code, group);
    return { kind: "retry-request", bytes, transcript: retryTranscript(hello, suite, group) };
  }
  const flight = share === undefined ? null : flight13(hello, selection, share, material, retried, says);
  return flight === null ? refused("key-share") : { kind: "flight", ...flight };
};

const asIs = <T>(value: T): T => value;
