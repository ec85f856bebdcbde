/** What a conversation with a listener says, read from its transcript: answers, certificate, how it ended. */
import type { DecodeFault } from "../../bytes/decoded.ts";
import { contentLength, decodeResponseHead, type ResponseHead } from "../../http/response.ts";
import { type CertificateFacts, readCertificate } from "../../x509/certificate-facts.ts";
import { FOREIGN_SAMPLE_BYTES, type ForeignProtocol, recogniseForeign } from "./foreign-protocol.ts";
import {
  LISTENERS,
  type ListenerId,
  type ListenerReport,
  portName,
  report,
} from "../listeners/listener-report.ts";
import type { ListenerEvent, ListenerTranscript } from "../conversation/http-conversation.ts";
import type { ConnectFailure } from "../conversation/transcript.ts";

export interface HttpExchangeFacts {
  /** Null where the connection came to be. */
  readonly failure: { readonly reason: ConnectFailure; readonly detail: string } | null;
  /** TLS stands; false also where none was wanted. */
  readonly isSecured: boolean;
  /** Leaf first; empty where none was seen. */
  readonly chain: readonly CertificateFacts[];
  /** The heads of the answers, in order. */
  readonly heads: readonly ResponseHead[];
  /** What is wrong with the answer that comes after these; null where it is whole or merely missing. */
  readonly fault: DecodeFault | null;
  /** What the peer speaks instead of what it was asked in, where its first bytes tell. */
  readonly foreign: ForeignProtocol | null;
  /** Whether the peer sent any byte. */
  readonly hasAnswered: boolean;
  /** What ended the exchange; `ours`: we had what we wanted. */
  readonly end: "ours" | "fin" | "rst" | "timeout" | "overflow" | "session-failed";
  /** When our last request went and when the first of its answer came, ms of the transcript; null: never. */
  readonly lastSentAtMs: number | null;
  readonly lastAnsweredAtMs: number | null;
}

/** Reads an exchange. `isTls`: the answers are what TLS opened. */
export const readHttpExchange = (transcript: ListenerTranscript, isTls: boolean): HttpExchangeFacts => {
  const [ours, theirs] = isTls ? (["sealed", "opened"] as const) : (["sent", "received"] as const);
  const secured = transcript.find((event) => event.kind === "secured");
  const wire = sample(transcript);
  const lastSentAtMs = transcript.findLast(({ kind }) => kind === ours)?.atMs ?? null;
  const answered = transcript.find(
    ({ kind, atMs }) => kind === theirs && lastSentAtMs !== null && atMs >= lastSentAtMs,
  );
  return {
    failure: failureOf(transcript),
    isSecured: secured !== undefined,
    chain: secured === undefined ? [] : secured.chain.map((der) => readCertificate(der)),
    ...readHeads(bytesOf(transcript, theirs)),
    foreign: secured === undefined ? recogniseForeign(wire) : null,
    hasAnswered: wire.length > 0,
    end: endOf(transcript),
    lastSentAtMs,
    lastAnsweredAtMs: answered?.atMs ?? null,
  };
};

/** Where no connection came to be: what that says of the port; null where one did. */
export const readConnectFailure = (
  id: ListenerId,
  port: number,
  { failure }: HttpExchangeFacts,
): ListenerReport | null => {
  if (failure === null) return null;
  const name = portName(id, port);
  const nothing = { what: null, confidence: null } as const;
  switch (failure.reason) {
    case "refused":
      return report(id, port, { ...nothing, state: "closed", summary: `${name} is closed` });
    case "no-answer": {
      const summary = `${name} is filtered: no answer to the SYN`;
      return report(id, port, { ...nothing, state: "filtered", summary });
    }
    case "proxy":
      return report(id, port, {
        ...nothing,
        state: "no-answer",
        summary: `${name} was not reached: the proxy failed (${failure.detail})`,
      });
    case "local":
      return report(id, port, {
        ...nothing,
        state: "no-answer",
        summary: `${name} was not reached: this machine refused to connect (${failure.detail})`,
      });
    case "unreachable": {
      const summary = `${name} is filtered or unreachable (${failure.detail})`;
      return report(id, port, { ...nothing, state: "filtered", summary });
    }
  }
};

/** Something listens that is not what this port is known for. `but`: what it did, as a clause. */
export const somethingElse = (
  id: ListenerId,
  port: number,
  what: string | null,
  but: string,
): ListenerReport =>
  report(id, port, {
    state: "other",
    what,
    confidence: what === null ? null : "observed",
    summary: `${portName(id, port)} is open, but not as ${LISTENERS[id].name}: ${but}`,
  });

/** How a peer failed that was asked in HTTP and gave no readable head, as a clause. */
export const withoutHttp = (facts: HttpExchangeFacts, isTls: boolean): string =>
  `${isTls && !facts.isSecured ? "no TLS" : "no HTTP answer"} (${insteadOf(facts, isTls)})`;

const insteadOf = ({ foreign, fault, end }: HttpExchangeFacts, isTls: boolean): string => {
  if (foreign !== null && foreign !== (isTls ? "tls" : "http")) return `it speaks ${foreign}`;
  return fault?.reason ?? ENDS[end];
};

const ENDS: Readonly<Record<HttpExchangeFacts["end"], string>> = {
  ours: "an incomplete one",
  fin: "it closed the connection",
  rst: "it reset the connection",
  timeout: "nothing more came in time",
  overflow: "more bytes than any answer has",
  "session-failed": "the handshake failed",
};

/** A SYN that nobody answered within our time is a failure as well. */
const failureOf = (transcript: ListenerTranscript): HttpExchangeFacts["failure"] => {
  const failure = transcript.find((event) => event.kind === "connect-failed");
  if (failure !== undefined) return { reason: failure.reason, detail: failure.detail };
  const isConnected = transcript.some(({ kind }) => kind === "connected");
  return isConnected ? null : { reason: "no-answer", detail: "timeout" };
};

/** The first ending counts: a peer that closes after our own FIN has not ended anything. */
const endOf = (transcript: ListenerTranscript): HttpExchangeFacts["end"] => {
  for (const { kind } of transcript) {
    if (kind === "ended") return "ours";
    if (kind === "fin" || kind === "rst" || kind === "timeout") return kind;
    if (kind === "overflow" || kind === "session-failed") return kind;
  }
  return "ours";
};

/** The first bytes that came on the wire. */
const sample = (transcript: ListenerTranscript): Uint8Array =>
  bytesOf(transcript, "received").subarray(0, FOREIGN_SAMPLE_BYTES);

const readHeads = (bytes: Uint8Array): Pick<HttpExchangeFacts, "heads" | "fault"> => {
  const heads: ResponseHead[] = [];
  let at = 0;
  // A conversation asks twice at most.
  while (heads.length < 2) {
    const head = decodeResponseHead(bytes.subarray(at));
    if (head.status === "bad") return { heads, fault: head.fault };
    if (head.status === "need") break;
    heads.push(head.value);
    const length = contentLength(head.value);
    if (length === null) break;
    at += head.size + length;
  }
  return { heads, fault: null };
};

type WithBytes = Extract<ListenerEvent, { readonly bytes: Uint8Array }>;

const bytesOf = (transcript: ListenerTranscript, kind: "received" | "opened"): Uint8Array => {
  const parts = transcript.filter((event): event is WithBytes => event.kind === kind);
  const whole = new Uint8Array(parts.reduce((sum, { bytes }) => sum + bytes.length, 0));
  let at = 0;
  for (const { bytes } of parts) {
    whole.set(bytes, at);
    at += bytes.length;
  }
  return whole;
};
