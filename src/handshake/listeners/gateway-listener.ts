/**
 * RD Gateway on HTTPS: which authentication it asks for, and what the NTLM challenge in its 401 tells of it.
 * No AUTHENTICATE_MESSAGE is ever sent: nobody logs on, nobody is locked out. [MS-TSGU] 3.3.5.1.
 */
import { type ChallengeReport, challengeReport } from "../../credssp/challenge-report.ts";
import { decodeNtlmChallenge, type NtlmChallenge } from "../../credssp/ntlm-challenge.ts";
import { ntlmFlags } from "../../credssp/ntlm-flags.ts";
import { encodeNegotiateMessage, negotiateMessage } from "../../credssp/ntlm-negotiate.ts";
import { NTLM_REVISION } from "../../credssp/ntlm-version.ts";
import { encodeSpnego, negTokenInit, ntlmMessageIn } from "../../credssp/spnego.ts";
import { type AuthenticateChallenge, authenticateChallenges, schemeNames } from "../../http/authenticate.ts";
import { decodeBase64, encodeBase64 } from "../../http/base64.ts";
import { fieldValues } from "../../http/message-head.ts";
import { encodeHttpRequest } from "../../http/request.ts";
import type { ResponseHead } from "../../http/response.ts";
import type { HttpPlan } from "../conversation/http-conversation.ts";
import {
  type HttpExchangeFacts,
  readConnectFailure,
  somethingElse,
  withoutHttp,
} from "../facts/http-exchange-facts.ts";
import { describeHead, httpReport } from "./http-report.ts";
import {
  type GatewayListenerReport,
  LISTENERS,
  type ListenerReport,
  listenerCertificate,
  portName,
  report,
} from "./listener-report.ts";

export interface GatewayQuestion {
  readonly host: string;
  readonly port: number;
  /** A random GUID without braces. */
  readonly connectionId: string;
}

/** Asks for the OUT channel, as clients begin, and then for the NTLM challenge where the answer offers one. */
export const gatewayPlan = (question: GatewayQuestion): HttpPlan => ({
  isTls: true,
  request: outDataRequest(question, null),
  followUp: (head) => challengeRequest(question, head),
});

/**
 * The second question on a connection of its own, where the first one could not carry it; null where the
 * answer calls for none, or was followed by another.
 */
export const gatewaySecondPlan = (question: GatewayQuestion, first: HttpExchangeFacts): HttpPlan | null => {
  const [head, ...others] = first.heads;
  const isAsked = others.length > 0 || first.fault !== null;
  const request = head === undefined || isAsked ? null : challengeRequest(question, head);
  return request === null ? null : { isTls: true, request, followUp: () => null };
};

/** What came of the plans. */
export interface GatewayAnswers {
  readonly first: HttpExchangeFacts;
  readonly second: HttpExchangeFacts | null;
  /** The origin of the transcripts' times. */
  readonly startedAt: Date;
}

/** Reads the answers. Where one says little, less is said: nothing here is a reason to give up. */
export const readGatewayListener = (
  question: GatewayQuestion,
  { first, second, startedAt }: GatewayAnswers,
): GatewayListenerReport => {
  const { host, port } = question;
  const [head, ...others] = first.heads;
  const challenged = second ?? first;
  const challengeHead = second === null ? others[0] : second.heads[0];
  const challenge = challengeHead === undefined ? null : challengeIn(challengeHead);
  const schemes = head === undefined ? [] : schemeNames(challengesOf(head));
  const said =
    readConnectFailure("gateway443", port, first) ??
    (head === undefined
      ? somethingElse("gateway443", port, first.foreign, withoutHttp(first, true))
      : readHead(port, head, schemes, challenge));
  return {
    ...said,
    authentication: schemes,
    ntlm: challenge === null ? null : ntlmReport(challenge, challenged, startedAt),
    http: head === undefined ? null : httpReport(head),
    certificate: listenerCertificate(first.chain, host),
  };
};

const PATH = "/remoteDesktopGateway/";
const HTTPS_PORT = 443;
const UNAUTHORIZED = 401;
/** Schemes that Windows' log-on speaks; others stand on any web server. */
const LOGON_SCHEMES: ReadonlySet<string> = new Set(["negotiate", "ntlm", "kerberos"]);
/** Schemes that only RD Gateway has: [MS-TSGU] 2.2.5.3.10. */
const GATEWAY_SCHEMES: ReadonlySet<string> = new Set(["sspi_ntlm", "paa", "smartcard"]);

const FLAGS = ntlmFlags(
  "NEGOTIATE_UNICODE",
  "NEGOTIATE_OEM",
  "REQUEST_TARGET",
  "NEGOTIATE_NTLM",
  "NEGOTIATE_ALWAYS_SIGN",
  "NEGOTIATE_EXTENDED_SESSIONSECURITY",
  "NEGOTIATE_VERSION",
  "NEGOTIATE_128",
  "NEGOTIATE_56",
);
const VERSION = { major: 10, minor: 0, build: 19041, revision: NTLM_REVISION } as const;

const outDataRequest = (question: GatewayQuestion, authorization: string | null): Uint8Array =>
  encodeHttpRequest({
    method: "RDG_OUT_DATA",
    target: PATH,
    host: question.host,
    port: question.port,
    defaultPort: HTTPS_PORT,
    fields: [
      { name: "Accept", value: "*/*" },
      { name: "Cache-Control", value: "no-cache" },
      { name: "Connection", value: "Keep-Alive" },
      { name: "User-Agent", value: "rdprobe" },
      { name: "RDG-Connection-Id", value: `{${question.connectionId}}` },
      { name: "Content-Length", value: "0" },
      ...(authorization === null ? [] : [{ name: "Authorization", value: authorization }]),
    ],
  });

/** Bare in NTLM ([MS-NTHT] 2.2.2), wrapped in Negotiate (RFC 4559 4.2). */
const challengeRequest = (question: GatewayQuestion, head: ResponseHead): Uint8Array | null => {
  if (head.status !== UNAUTHORIZED) return null;
  const schemes = schemeNames(challengesOf(head)).map((scheme) => scheme.toLowerCase());
  const message = encodeNegotiateMessage(negotiateMessage(FLAGS, VERSION));
  if (schemes.includes("ntlm")) return outDataRequest(question, `NTLM ${encodeBase64(message)}`);
  if (!schemes.includes("negotiate")) return null;
  return outDataRequest(question, `Negotiate ${encodeBase64(encodeSpnego(negTokenInit(message)))}`);
};

const challengesOf = (head: ResponseHead): readonly AuthenticateChallenge[] =>
  authenticateChallenges(fieldValues(head, "WWW-Authenticate"));

/** The first readable CHALLENGE_MESSAGE of an answer, or null. */
const challengeIn = (head: ResponseHead): NtlmChallenge | null => {
  for (const { scheme, token } of challengesOf(head)) {
    const bytes = token === null || !LOGON_SCHEMES.has(scheme.toLowerCase()) ? null : decodeBase64(token);
    const message = bytes === null ? null : ntlmMessageIn(bytes);
    if (message?.status !== "done" || message.value === null) continue;
    const challenge = decodeNtlmChallenge(message.value);
    if (challenge.status === "done") return challenge.value;
  }
  return null;
};

const readHead = (
  port: number,
  head: ResponseHead,
  schemes: readonly string[],
  challenge: NtlmChallenge | null,
): ListenerReport => {
  const names = schemes.map((scheme) => scheme.toLowerCase());
  const isOwn =
    names.some((name) => GATEWAY_SCHEMES.has(name)) || fieldValues(head, "RDG-Auth-Scheme").length > 0;
  if (head.status !== UNAUTHORIZED || !(isOwn || names.some((name) => LOGON_SCHEMES.has(name)))) {
    return somethingElse("gateway443", port, "http", `it answers ${describeHead(head)}`);
  }
  const computer = challenge?.dnsComputer ?? challenge?.netbiosComputer ?? null;
  return report("gateway443", port, {
    state: "open",
    what: LISTENERS.gateway443.name,
    confidence: isOwn ? "observed" : "inferred",
    summary: [
      `${portName("gateway443", port)} answers as RD Gateway, authentication ${schemes.join(", ")}`,
      ...(computer === null ? [] : [`computer ${computer}`]),
    ].join(", "),
  });
};

const ntlmReport = (challenge: NtlmChallenge, facts: HttpExchangeFacts, startedAt: Date): ChallengeReport =>
  challengeReport(challenge, startedAt, facts.lastSentAtMs ?? 0, facts.lastAnsweredAtMs);
