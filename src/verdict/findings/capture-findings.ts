/** Findings that only a capture gives: what it shows of the client, what it misses, how it ended. */
import { ntstatusName } from "../../credssp/ntstatus.ts";
import type { CaptureView } from "../../handshake/conversation/captured-connection.ts";
import type { ConnectionFacts } from "../../handshake/facts/connection-facts.ts";
import { requestedProtocols } from "../../handshake/facts/layer-states.ts";
import { isStandardSecurity } from "../../handshake/facts/negotiation-facts.ts";
import { isEstablished } from "../../handshake/facts/tls-facts.ts";
import { PROTOCOL } from "../../x224/protocols.ts";
import { finding } from "./finding.ts";
import type { Finding } from "../result/result.ts";

export interface CaptureFindingMaterial {
  readonly facts: ConnectionFacts;
  readonly view: CaptureView;
  /** The capture's time, which certificates are held against. */
  readonly now: Date;
}

type Rule = (material: CaptureFindingMaterial) => Finding | null;

/** Those that apply, in the order of the stages. */
export const captureFindings = (material: CaptureFindingMaterial): readonly Finding[] =>
  RULES.flatMap((rule) => rule(material) ?? []);

const midSession: Rule = ({ view }) =>
  view.isFromStart
    ? null
    : finding("capture-starts-late", "info", "tcp", "the capture begins after the TCP handshake", {
        client: view.clientCertainty,
      });

const missingBytes: Rule = ({ view: { gap } }) =>
  gap === null
    ? null
    : finding(
        "capture-gap",
        "warning",
        "tcp",
        `the capture misses ${gap.sizeBytes} bytes of the ${gap.from}: what follows them could not be read`,
        { from: gap.from, offset: gap.offset, sizeBytes: gap.sizeBytes },
      );

const FRONT_NAMES = {
  socks5: "a SOCKS5 proxy",
  socks4: "a SOCKS4 proxy",
  "http-connect": "an HTTP proxy (CONNECT)",
  "proxy-protocol": "a load balancer that sends a PROXY header",
  "preconnection-blob": "a pre-connection blob",
} as const;

const behindFront: Rule = ({ view: { fronts } }) => {
  const [front] = fronts;
  if (front === undefined) return null;
  const to = front.destination === null ? "" : ` to ${front.destination}`;
  return finding(
    "behind-proxy",
    "info",
    "negotiation",
    `the handshake comes after ${FRONT_NAMES[front.kind]}${to}`,
    {
      kind: front.kind,
      destination: front.destination,
    },
  );
};

const standardSecurity: Rule = ({ facts }) => {
  const answer = facts.negotiation?.answer;
  if (answer?.kind !== "tpdu" || !isStandardSecurity(answer.tpdu)) return null;
  if (requestedProtocols(facts) !== PROTOCOL.rdp) return null;
  return finding(
    "standard-security-used",
    "warning",
    "negotiation",
    "the client asked for Standard RDP Security alone: no certificate, RC4-era encryption, open to a man in the middle",
  );
};

const heldAgainstCapture: Rule = ({ facts, now, view }) => {
  if ((facts.tls?.chain.length ?? 0) === 0) return null;
  if (!view.hasTimes) {
    const summary = "the packets' times tell no date: the dates of the certificate are not judged";
    return finding("capture-without-times", "info", "certificate", summary);
  }
  return finding(
    "judged-at-capture-time",
    "info",
    "certificate",
    `the certificate's dates are held against the time of the capture, ${now.toISOString().slice(0, 10)}`,
    { now: now.toISOString() },
  );
};

const ignoredReset: Rule = ({ view: { ignoredReset: reset } }) =>
  reset === null
    ? null
    : finding(
        "reset-without-effect",
        "warning",
        "tcp",
        "a reset in the server's name took no effect, and the server sent on: something on the way forges resets",
        { packet: reset.reset.number, hopLimit: reset.reset.hopLimit, sequenceDistance: reset.distance },
      );

const secretsUnfit: Rule = ({ view }) =>
  view.secrets === "unfit"
    ? finding(
        "secrets-do-not-fit",
        "warning",
        "tls",
        "the TLS secrets do not open all that is in the capture",
      )
    : null;

const laterError: Rule = ({ view: { laterErrorCode: code } }) => {
  if (code === null) return null;
  const name = ntstatusName(code);
  const hex = `0x${code.toString(16).padStart(8, "0")}`;
  return finding(
    "logon-refused",
    "warning",
    "credssp",
    `the handshake works, and the server refused the logon (${name === null ? hex : `${hex}, ${name}`})`,
    { errorCode: code, errorName: name },
  );
};

/** The TLS handshake is complete, and the server left without a word after it. */
const endedBehindTls: Rule = ({ facts, view }) => {
  const { tls, end } = facts;
  if (!isEstablished(tls) || view.isSettled || end.kind === "ours" || facts.credssp !== null) return null;
  return finding(
    "ended-behind-tls",
    "warning",
    "tls",
    `the TLS handshake is complete, and the server says nothing after it (${end.kind})`,
    { end: end.kind, clientSpoke: view.clientSpoke },
  );
};

const RULES: readonly Rule[] = [
  midSession,
  missingBytes,
  ignoredReset,
  behindFront,
  standardSecurity,
  endedBehindTls,
  secretsUnfit,
  heldAgainstCapture,
  laterError,
];
