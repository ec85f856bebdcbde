/** Steps of servers, and of devices in front of them, whose behaviour depends on the ClientHello. */
import { randomBytes } from "node:crypto";
import { type Decoded, done, need } from "../bytes/decoded.ts";
import { TLS_VERSION } from "../tls/tables/versions.ts";
import type { AcceptedConnection } from "../transport/accepted-connection.ts";
import type { FlightMaterial } from "./flight/flight-material.ts";
import type { ApplicationProtection } from "./flight/handshake-secrets-13.ts";
import { answerHello, type Forgery } from "./hello-answer.ts";
import { type HelloPolicy, type Refusal, selectParameters } from "./policies/hello-policy.ts";
import { decodeHelloRecords, type ReceivedHello } from "./hello-records.ts";
import type { Identity } from "./certificates/identities.ts";
import { dhParametersOf, keyPairOf } from "./key-exchange-values.ts";
import { CLIENT_LIMITS, close, reset, type Step, send, stayOpen } from "./steps.ts";
import { fatalAlert } from "./wire-texts.ts";

/** What becomes of a flight on its way to the client; nothing arrives where it gives no bytes. */
export type Path = (flight: Uint8Array) => Uint8Array;

/** What goes wrong with the answer, in the server or on the way. */
export interface HelloDisturbance extends Forgery {
  readonly path?: Path;
  /** What is said behind a flight of TLS 1.3, until it settles. */
  readonly behind?: (connection: AcceptedConnection, application: ApplicationProtection) => Promise<void>;
}

/** Lets a ClientHello that `passes` through to the next step, and refuses any other. */
export const passHello =
  (passes: (received: ReceivedHello) => boolean, refusal: Refusal): Step =>
  async (visit) => {
    const received = await visit.connection.peek(decodeHelloRecords, CLIENT_LIMITS);
    if (received === null) return false;
    return passes(received) || refuse(refusal)(visit);
  };

/** Refuses the first ClientHello that comes to the port, the third, and so on. */
export const refuseEveryOtherHello =
  (refusal: Refusal): Step =>
  async (visit) => {
    if ((await visit.connection.peek(decodeHelloRecords, CLIENT_LIMITS)) === null) return false;
    return visit.countHello() % 2 === 0 || refuse(refusal)(visit);
  };

/** Refuses a ClientHello that is whole in the first segment after the Connection Confirm. */
export const refuseUnsplitHello =
  (refusal: Refusal): Step =>
  async (visit) => {
    const first = await visit.connection.peek(decodeFirstSegment, CLIENT_LIMITS);
    if (first === null) return false;
    return first === "part" || refuse(refusal)(visit);
  };

/** Answers the ClientHello, and a second one after a HelloRetryRequest, as the policy says. */
export const answerHelloBy =
  (policy: HelloPolicy, { path = undisturbed, behind, ...forgery }: HelloDisturbance = {}): Step =>
  async (visit) => {
    const { connection, identity } = visit;
    let retried: Uint8Array | null = null;
    for (;;) {
      const received = await connection.receive(decodeHelloRecords, CLIENT_LIMITS);
      if (received === null) return false;
      const answer = answerHello(received.hello, policy, materialOf(identity), retried, forgery);
      if (answer.kind === "refusal") return refuse(answer.refusal)(visit);
      const arriving = path(answer.bytes);
      if (arriving.length > 0 && !(await connection.write(arriving))) return false;
      if (answer.kind === "flight") {
        if (answer.application !== null) await behind?.(connection, answer.application);
        return true;
      }
      retried = answer.transcript;
    }
  };

/**
 * Answers the ClientHello as the policy says, up to TLS 1.2, with a real session: for suites that OpenSSL
 * still has.
 */
export const serveHelloBy =
  (policy: HelloPolicy): Step =>
  async (visit) => {
    const { connection, identity } = visit;
    const received = await connection.peek(decodeHelloRecords, CLIENT_LIMITS);
    if (received === null) return false;
    const kind = identity?.certificate?.authentication ?? null;
    const selection = selectParameters(received.hello, policy, kind);
    if (typeof selection === "string") return refuse(policy.refusal)(visit);
    const version = SESSION_VERSIONS.get(selection.version);
    if (version === undefined) throw new RangeError(`lab: no session of version ${selection.version}`);
    return connection.startTls({
      ...(identity === null ? {} : { key: identity.key, cert: identity.cert }),
      minVersion: version,
      maxVersion: version,
      ciphers: `${selection.suite.openssl}:@SECLEVEL=0`,
      dhparam: "auto",
    });
  };

const SESSION_VERSIONS: ReadonlyMap<number, "TLSv1" | "TLSv1.1" | "TLSv1.2"> = new Map([
  [TLS_VERSION.tls10, "TLSv1"],
  [TLS_VERSION.tls11, "TLSv1.1"],
  [TLS_VERSION.tls12, "TLSv1.2"],
]);

/** Ends the visit in this manner. */
const refuse =
  (refusal: Refusal): Step =>
  async (visit) => {
    switch (refusal.kind) {
      case "alert":
        return (await send(fatalAlert(refusal.description))(visit)) && close(visit);
      case "reset":
        return reset(visit);
      case "close":
        return close(visit);
      case "silence":
        return stayOpen(visit);
    }
  };

const undisturbed: Path = (flight) => flight;

const materialOf = (identity: Identity | null): FlightMaterial => ({
  certificate: identity?.certificate ?? null,
  randomBytes,
  keyPair: keyPairOf,
  dhParameters: dhParametersOf,
});

/** Of the bytes that came first: do they hold a whole ClientHello? */
const decodeFirstSegment = (bytes: Uint8Array): Decoded<"whole" | "part"> => {
  if (bytes.length === 0) return need(1);
  return done(decodeHelloRecords(bytes).status === "need" ? "part" : "whole", 0);
};
