/** The lab's scenarios: what each one is, the verdict that it deserves, and how its server behaves. */
import { PROTOCOL } from "../x224/protocols.ts";
import {
  always,
  choose,
  chooseUnrequested,
  disconnect,
  disconnectRequest,
  error,
  failure,
  response,
  withoutNegotiation,
} from "./answers.ts";
import { CREDSSP_SCENARIOS } from "./credssp-scenarios.ts";
import { challenge } from "./credssp-steps.ts";
import { END_SCENARIOS } from "./end-scenarios.ts";
import { FAULTY_HANDSHAKES } from "./faulty-handshakes.ts";
import { MCS_SCENARIOS } from "./policies/mcs-scenarios.ts";
import type { Scenario } from "./scenario.ts";
import {
  answer,
  close,
  hearAnything,
  readClientHello,
  readRequest,
  type Step,
  send,
  sendForEver,
  startTls,
  stayOpen,
} from "./steps.ts";
import { TLS_SHAPES } from "./tls-shapes.ts";
import { nlaOptional, nlaRequired, TLS_1_2, tlsOnly, WEAK } from "./usual-steps.ts";
import {
  CONFIRM_AND_DISCONNECT,
  CONFIRM_WITH_TSAPS,
  ENDLESS_HELLO_REQUESTS,
  ENDLESS_TPKTS,
  FTP_BANNER,
  fatalAlert,
  GARBAGE,
  HTTP_BAD_REQUEST,
  MCS_DISCONNECT,
  SMTP_BANNER,
  SSH_BANNER,
  TPKT_DISAGREES,
  TPKT_OF_GARBAGE,
  TPKT_TOO_LONG,
  TPKT_TOO_SHORT,
  VNC_BANNER,
} from "./wire-texts.ts";

/** Small, since a byte every two milliseconds is slow. */
const DRIBBLE_PAUSE_MS = 2;
const UNKNOWN_FLAG = 0x20;

const healthy: readonly Scenario[] = [
  {
    id: "nla-required",
    title: "requires NLA, as Windows does by default; TLS up to 1.3",
    verdict: "nla-required",
    stage: "negotiation",
    identity: "rsa-2048",
    behaviour: [nlaRequired, startTls(), challenge(), stayOpen],
  },
  {
    id: "nla-optional",
    title: "offers NLA and takes TLS without it",
    verdict: "ok",
    stage: "done",
    identity: "rsa-2048",
    behaviour: [nlaOptional, startTls(), challenge(), stayOpen],
  },
  {
    id: "tls-without-nla",
    title: "TLS 1.2 without NLA",
    verdict: "ok",
    stage: "done",
    identity: "rsa-2048",
    behaviour: [tlsOnly, startTls(TLS_1_2), stayOpen],
  },
  {
    id: "tls13-without-nla",
    title: "TLS 1.2 and 1.3 without NLA",
    verdict: "ok",
    stage: "done",
    identity: "rsa-2048",
    behaviour: [tlsOnly, startTls({ minVersion: "TLSv1.2", maxVersion: "TLSv1.3" }), stayOpen],
  },
  {
    id: "tls13-only",
    title: "TLS 1.3 and nothing older",
    verdict: "ok",
    stage: "done",
    identity: "rsa-2048",
    behaviour: [tlsOnly, startTls({ minVersion: "TLSv1.3", maxVersion: "TLSv1.3" }), stayOpen],
  },
  {
    id: "tls10-only",
    title: "TLS 1.0 and nothing newer",
    verdict: "ok",
    stage: "done",
    identity: "rsa-2048",
    behaviour: [tlsOnly, startTls({ ...WEAK, minVersion: "TLSv1", maxVersion: "TLSv1" }), stayOpen],
  },
  {
    id: "unknown-flag",
    title: "a Connection Confirm with the undocumented flag 0x20, as of Windows 11 24H2",
    verdict: "ok",
    stage: "done",
    identity: "rsa-2048",
    behaviour: [answer(choose({ nla: "unsupported", flags: 0x1f | UNKNOWN_FLAG })), startTls(), stayOpen],
  },
  {
    id: "dribble",
    title: "every byte of the answers in a segment of its own",
    verdict: "ok",
    stage: "done",
    identity: "ec-p256",
    behaviour: [
      answer(choose({ nla: "unsupported" }), DRIBBLE_PAUSE_MS),
      startTls({ ...TLS_1_2, dribblePauseMs: DRIBBLE_PAUSE_MS }),
      stayOpen,
    ],
  },
];

const certificates: readonly Scenario[] = [
  {
    id: "certificate-expired",
    title: "a certificate whose validity is over",
    verdict: "certificate-expired",
    stage: "certificate",
    identity: "expired",
    behaviour: [tlsOnly, startTls(), stayOpen],
  },
  {
    id: "certificate-not-yet-valid",
    title: "a certificate whose validity has not begun",
    verdict: "certificate-not-yet-valid",
    stage: "certificate",
    identity: "not-yet-valid",
    behaviour: [tlsOnly, startTls(), stayOpen],
  },
  {
    id: "certificate-ec",
    title: "a certificate with an EC key on P-256",
    verdict: "ok",
    stage: "done",
    identity: "ec-p256",
    behaviour: [tlsOnly, startTls(), stayOpen],
  },
  {
    id: "certificate-rsa1024-sha1",
    title: "a certificate with an RSA key of 1024 bits, signed with SHA-1",
    verdict: "ok",
    stage: "done",
    identity: "rsa-1024-sha1",
    behaviour: [tlsOnly, startTls({ ...WEAK, ...TLS_1_2 }), stayOpen],
  },
  {
    id: "certificate-chain",
    title: "a certificate with its issuing and its root authority",
    verdict: "ok",
    stage: "done",
    identity: "chain",
    behaviour: [tlsOnly, startTls(), stayOpen],
  },
  {
    id: "certificate-hostile-name",
    title: "a certificate whose name has terminal escapes, bidi controls and line ends",
    verdict: "ok",
    stage: "done",
    identity: "hostile-name",
    behaviour: [tlsOnly, startTls(), stayOpen],
  },
];

const refusal = (id: string, title: string, verdict: string, ...steps: readonly Step[]): Scenario => ({
  id,
  title,
  verdict,
  stage: "negotiation",
  identity: null,
  behaviour: [...steps, stayOpen],
});

const refusals: readonly Scenario[] = [
  refusal("failure-1", "failure 1 to everybody: TLS required", "tls-required", answer(always(failure(1)))),
  refusal(
    "failure-2",
    "failure 2 to everybody: TLS not allowed",
    "standard-security-only",
    answer(always(failure(2))),
  ),
  refusal(
    "failure-3",
    "failure 3 to everybody: no certificate on the server",
    "no-server-certificate",
    answer(always(failure(3))),
  ),
  refusal(
    "failure-4",
    "failure 4 to everybody: inconsistent flags",
    "inconsistent-flags",
    answer(always(failure(4))),
  ),
  refusal(
    "failure-5",
    "failure 5 to everybody, NLA or not: NLA required",
    "nla-required",
    answer(always(failure(5))),
  ),
  refusal(
    "failure-6",
    "failure 6 to everybody: client certificate required",
    "client-certificate-required",
    answer(always(failure(6))),
  ),
  refusal(
    "failure-7",
    "failure 7 to everybody: Entra ID sign-in required",
    "entra-required",
    answer(always(failure(7))),
  ),
  refusal("failure-99", "a failure code that no document names", "refused", answer(always(failure(99)))),
  refusal("disconnect-request", "an X.224 Disconnect Request", "refused", answer(always(disconnectRequest))),
  refusal("error-tpdu", "an X.224 Error", "refused", answer(always(error))),
  refusal("mcs-disconnect", "an MCS Disconnect Provider Ultimatum", "refused", answer(always(disconnect))),
  refusal(
    "no-negotiation-data",
    "a Connection Confirm without negotiation data, as of Windows XP",
    "standard-security-only",
    answer(always(withoutNegotiation)),
  ),
  refusal(
    "coalesced",
    "a Connection Confirm and an MCS disconnect in one segment, as of xrdp",
    "standard-security-only",
    readRequest,
    send(CONFIRM_AND_DISCONNECT),
  ),
  refusal(
    "selects-rdp",
    "selects Standard RDP Security, whatever was asked for",
    "standard-security-only",
    answer(always(response(PROTOCOL.rdp))),
  ),
  refusal(
    "selects-unrequested",
    "selects a protocol that was not asked for",
    "malformed",
    answer(chooseUnrequested),
  ),
];

/** xrdp knows no flag but EXTENDED_CLIENT_DATA_SUPPORTED. */
const XRDP_FLAGS = 0x01;

const xrdp: readonly Scenario[] = [
  refusal(
    "xrdp-key-unreadable",
    "an xrdp that cannot read its key, and falls back to Standard RDP Security",
    "standard-security-only",
    answer(always(response(PROTOCOL.rdp, XRDP_FLAGS))),
  ),
  refusal(
    "xrdp-tls-unusable",
    "an xrdp whose certificate and key do not belong together: selects TLS, and disconnects",
    "refused",
    answer(always(response(PROTOCOL.ssl, XRDP_FLAGS))),
    readClientHello,
    send(MCS_DISCONNECT),
    close,
  ),
];

const alert = (description: number, name: string, verdict: string): Scenario => ({
  id: `alert-${description}`,
  title: `fatal alert ${description} (${name}) after the ClientHello`,
  verdict,
  stage: "tls",
  identity: null,
  behaviour: [nlaOptional, readClientHello, send(fatalAlert(description)), close],
});

const tlsFailures: readonly Scenario[] = [
  alert(40, "handshake_failure", "no-shared-cipher"),
  alert(70, "protocol_version", "no-shared-tls-version"),
  alert(71, "insufficient_security", "no-shared-cipher"),
  alert(80, "internal_error", "tls-alert"),
  {
    id: "dhe-only",
    title: "cipher suites with DHE only, which Windows 11 does not offer",
    verdict: "no-shared-cipher",
    stage: "tls",
    identity: "rsa-2048",
    behaviour: [
      tlsOnly,
      startTls({
        ...TLS_1_2,
        ciphers: "DHE-RSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256",
        dhparam: "auto",
      }),
      stayOpen,
    ],
  },
];

const others: readonly Scenario[] = [
  {
    id: "http",
    title: "a web server: 400 Bad Request",
    verdict: "not-rdp",
    stage: "negotiation",
    identity: null,
    behaviour: [hearAnything, send(HTTP_BAD_REQUEST), close],
  },
  {
    id: "ssh",
    title: "an SSH server",
    verdict: "not-rdp",
    stage: "negotiation",
    identity: null,
    behaviour: [send(SSH_BANNER), stayOpen],
  },
  {
    id: "smtp",
    title: "a mail server",
    verdict: "not-rdp",
    stage: "negotiation",
    identity: null,
    behaviour: [send(SMTP_BANNER), stayOpen],
  },
  {
    id: "ftp",
    title: "an FTP server",
    verdict: "not-rdp",
    stage: "negotiation",
    identity: null,
    behaviour: [send(FTP_BANNER), stayOpen],
  },
  {
    id: "vnc",
    title: "a VNC server",
    verdict: "not-rdp",
    stage: "negotiation",
    identity: null,
    behaviour: [send(VNC_BANNER), stayOpen],
  },
  {
    id: "iso-tsap",
    title: "an industrial controller: a Connection Confirm with TSAPs",
    verdict: "not-rdp",
    stage: "negotiation",
    identity: null,
    behaviour: [readRequest, send(CONFIRM_WITH_TSAPS), stayOpen],
  },
  {
    id: "tls-alert-to-request",
    title: "a TLS server that answers the Connection Request with an alert",
    verdict: "not-rdp",
    stage: "negotiation",
    identity: null,
    behaviour: [hearAnything, send(fatalAlert(70)), close],
  },
  {
    id: "tls-without-x224",
    title: "a TLS server on OpenSSL, which closes on a Connection Request without a word",
    verdict: "not-rdp",
    stage: "negotiation",
    identity: "rsa-2048",
    behaviour: [startTls(), stayOpen],
  },
];

const malformed = (id: string, title: string, bytes: Uint8Array): Scenario => ({
  id,
  title,
  verdict: "malformed",
  stage: "negotiation",
  identity: null,
  behaviour: [readRequest, send(bytes), stayOpen],
});

const broken: readonly Scenario[] = [
  malformed("tpkt-length-too-short", "a TPKT shorter than its own header", TPKT_TOO_SHORT),
  malformed("tpkt-length-too-long", "a TPKT that promises 65535 bytes", TPKT_TOO_LONG),
  malformed("tpkt-length-disagrees", "a TPKT longer than the TPDU in it", TPKT_DISAGREES),
  malformed("tpkt-of-garbage", "garbage after a TPKT header", TPKT_OF_GARBAGE),
  { ...malformed("garbage", "garbage instead of an answer", GARBAGE), verdict: "not-rdp" },
  {
    ...malformed("endless", "bytes without end instead of an answer", ENDLESS_TPKTS),
    behaviour: [readRequest, sendForEver(ENDLESS_TPKTS)],
  },
  {
    id: "garbage-after-hello",
    title: "garbage in answer to the ClientHello",
    verdict: "malformed",
    stage: "tls",
    identity: null,
    behaviour: [nlaOptional, readClientHello, send(GARBAGE), stayOpen],
  },
  {
    id: "endless-after-hello",
    title: "valid handshake records without end in answer to the ClientHello",
    verdict: "malformed",
    stage: "tls",
    identity: null,
    behaviour: [nlaOptional, readClientHello, sendForEver(ENDLESS_HELLO_REQUESTS)],
  },
];

export const SCENARIOS: readonly Scenario[] = [
  ...healthy,
  ...CREDSSP_SCENARIOS,
  ...certificates,
  ...refusals,
  ...xrdp,
  ...END_SCENARIOS,
  ...tlsFailures,
  ...TLS_SHAPES,
  ...FAULTY_HANDSHAKES,
  ...MCS_SCENARIOS,
  ...others,
  ...broken,
];
