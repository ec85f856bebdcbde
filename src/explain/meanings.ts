/** Every meaning that a number or a word can have, from all tables. */
import { NTSTATUS_NAMES } from "../credssp/ntstatus.ts";
import { ALERTS } from "../tls/wire/alert.ts";
import { DISCONNECT_REASONS, type ReasonStage } from "../verdict/disconnect-reasons.ts";
import { verdictsShownAs } from "../verdict/mstsc-codes.ts";
import type { VerdictCode } from "../verdict/verdicts.ts";
import { FAILURE_CODES } from "../x224/negotiation-failure.ts";
import { ALERT_CAUSES, ALERT_NOTES } from "./alert-notes.ts";
import { ERRINFO, type ErrInfo } from "./errinfo.ts";
import { EXTENDED_REASONS, SEVEN_IN_THE_HANDSHAKE } from "./extended-reasons.ts";
import { ERRCONNECT_CLASS, FREERDP_ERRORS, type FreerdpError } from "./freerdp-errors.ts";
import { GATEWAY_CODES, GATEWAY_SOURCE } from "./gateway-codes.ts";
import { GUACAMOLE_CODES } from "./guacamole-codes.ts";
import { HRESULTS } from "./hresults.ts";
import { type Entry, entry, type Meaning, PROBE } from "./meaning.ts";
import { OWN_ENTRIES } from "./own-meanings.ts";
import { REASON_NOTES } from "./reason-notes.ts";
import { STATUS_CAUSES, STATUS_NOTES } from "./status-notes.ts";
import {
  CAUSES_OF_A_CLOSED_SOCKET,
  CAUSES_OF_NO_CONNECTION,
  caused,
  causesNamed,
  causesOfVerdict,
} from "./table-causes.ts";
import { WIN32_ERRORS } from "./win32-errors.ts";
import { WINDOWS_EVENTS } from "./windows-events.ts";

/** Reasons that several verdicts lead to, whose causes have an order of their own. */
const ORDERED: ReadonlyMap<number, readonly string[]> = new Map([
  [0x904, CAUSES_OF_A_CLOSED_SOCKET],
  [0x204, CAUSES_OF_NO_CONNECTION],
]);

const sentenceOf = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

const hex = (code: number): string => `0x${code.toString(16)}`;

const REASON_STAGES: Readonly<Record<ReasonStage, string>> = {
  none: "in the client itself",
  dns: "DNS, before any connection",
  tcp: "TCP, before a byte of RDP",
  handshake: "the handshake, before a session stands",
  tls: "TLS and its certificate",
  credssp: "CredSSP (NLA), at or right before the logon",
  "standard-security": "Standard RDP Security, without TLS",
  licensing: "licensing, after the handshake",
  session: "the session, after the handshake",
  any: "any stage: the number alone does not say which",
};

const REASON_SOURCES = {
  documented: { basis: "documented", source: "Microsoft, IMsTscAxEvents::OnDisconnected" },
  dialog: {
    basis: "reported",
    source: "the dialog's text, in tables that were copied from TechNet wiki 37870",
  },
  unverified: { basis: "inferred", source: "users' reports; no official list has it" },
} as const;

const SOCKET_CLOSED = {
  what: "The TCP connection went away, and the client had not asked for it. The number names no cause: RST, FIN and a lost network all end here. Seen in the handshake, a reset right after the ClientHello is its signature.",
  said: `Pages on it say one after the other: expired certificate, MachineKeys, firewall, cipher suites, connect by address, NLA off. An expired certificate alone does not close a socket: Windows still serves it, and mstsc has a text of its own for it, 0x1b07; a renewal that got stuck half-way does, and ends like this. With extended 0x7: ${SEVEN_IN_THE_HANDSHAKE}`,
} as const;

const whatOfReason = (code: number, name: string): string =>
  REASON_NOTES.get(code)?.what ?? `mstsc ended the connection: ${name}.`;

const sourceOfReason = (
  code: number,
  basis: keyof typeof REASON_SOURCES,
): Pick<Meaning, "basis" | "source"> => {
  const source = REASON_NOTES.get(code)?.source;
  return source === undefined ? REASON_SOURCES[basis] : { basis: "reported", source };
};

const nextForStage = (stage: ReasonStage): readonly string[] => {
  if (stage === "licensing" || stage === "session")
    return ["nothing: rdprobe goes as far as the handshake alone"];
  if (stage === "credssp") return [`${PROBE}   # says whether TLS and CredSSP work up to the logon`];
  return [PROBE, "rdprobe pcap failing-client.pcapng   # a capture from the client that fails"];
};

/** Each cause once, where it stands first. */
const distinct = (causes: Meaning["causes"]): Meaning["causes"] => [
  ...new Map(causes.map((cause) => [cause.code, cause])).values(),
];

/** Those of every verdict that mstsc would show so. */
const causesShownAs = (code: number): Meaning["causes"] => {
  return distinct(verdictsShownAs(code).flatMap(causesOfVerdict));
};

const disconnects = DISCONNECT_REASONS.map(({ code, name, stage, basis }): Entry => {
  const isClosed = code === 0x904;
  return entry("disconnect", hex(code), code, name, () => ({
    what: isClosed ? SOCKET_CLOSED.what : whatOfReason(code, name),
    stage: REASON_STAGES[stage],
    ...sourceOfReason(code, basis),
    said: isClosed ? SOCKET_CLOSED.said : null,
    ...caused(ORDERED.has(code) ? causesNamed(ORDERED.get(code) ?? []) : causesShownAs(code)),
    next: nextForStage(stage),
  }));
});

const EXTENDED_STAGES = {
  none: "none: the server gave no reason",
  session: "after MCS: the server's Set Error Info PDU carries it",
  licensing: "licensing, after MCS",
} as const;

const extendeds = EXTENDED_REASONS.map(
  ({ code, name, what, stage }): Entry =>
    entry("extended", hex(code), code, name, () => ({
      what: `${what}.`,
      stage: EXTENDED_STAGES[stage],
      basis: "documented",
      source:
        code === 25 || code === 26
          ? "the type library of mstscax.dll"
          : "Microsoft, ExtendedDisconnectReasonCode",
      said: code === 7 ? SEVEN_IN_THE_HANDSHAKE : null,
      next:
        code === 7
          ? [`${PROBE}   # in which stage does it end?`]
          : ["nothing: rdprobe goes as far as the handshake alone"],
    })),
);

const ERRINFO_STAGES: Readonly<Record<ErrInfo["stage"], string>> = {
  any: "none",
  session: "after MCS, in or right before the session",
  licensing: "licensing, after MCS",
  broker: "after MCS, from a Connection Broker",
  "standard-security": "Standard RDP Security, after MCS",
};

const errinfos = ERRINFO.map(
  ({ code, name, what, stage }): Entry =>
    entry("errinfo", hex(code), code, `ERRINFO_${name}`, () => ({
      what: `The server says: ${what}.`,
      stage: ERRINFO_STAGES[stage],
      basis: "documented",
      source: "[MS-RDPBCGR] 2.2.5.1.1",
      said: "A probe that only goes through the handshake never gets one of these.",
      ...(code === 0x1194 ? { next: ["rdprobe server01 --depth full"] } : {}),
      ...(code === 0x410 ? caused(causesNamed(["routing-token-missing"])) : {}),
    })),
);

const FAILURES: Readonly<Record<number, { readonly verdict: VerdictCode; readonly what: string }>> = {
  1: {
    verdict: "tls-required",
    what: "Only Standard RDP Security, or CredSSP alone, was offered; the server wants TLS.",
  },
  2: {
    verdict: "standard-security-only",
    what: "The server is set to Standard RDP Security and takes no TLS.",
  },
  3: {
    verdict: "no-server-certificate",
    what: "The server has no certificate that it can use, so it cannot do TLS.",
  },
  4: {
    verdict: "inconsistent-flags",
    what: "The request does not fit a connection that is already inside CredSSP or TLS.",
  },
  5: {
    verdict: "nla-required",
    what: "The server requires NLA, and the offer had none, or it was not acceptable.",
  },
  6: {
    verdict: "client-certificate-required",
    what: "The server wants TLS with a client certificate; only servers of RDP 6.0 are documented to send it.",
  },
  7: { verdict: "entra-required", what: "The server wants a sign-in by Microsoft Entra ID." },
};

const failures = FAILURE_CODES.map(({ code, name }): Entry => {
  const row = FAILURES[code];
  return entry("failure", hex(code), code, name, () => ({
    what: row?.what ?? name,
    stage: "the X.224 negotiation, in the Connection Confirm",
    basis: code === 7 ? "reported" : "documented",
    source:
      code === 7
        ? "three third-party implementations; absent from [MS-RDPBCGR] 61.0"
        : "[MS-RDPBCGR] 2.2.1.2.2",
    said: code === 5 ? "Asked for TLS alone, it is the healthy answer of a server that requires NLA." : null,
    ...(row === undefined ? {} : caused(causesOfVerdict(row.verdict))),
  }));
});

const alerts = ALERTS.map(
  ({ code, name }): Entry =>
    entry("alert", String(code), code, name, () => ({
      what: `${ALERT_NOTES[code] ?? name}.`,
      stage: code === 49 ? "TLS, or CredSSP within it" : "TLS",
      basis: "documented",
      source: "RFC 8446 6 and IANA's registry of TLS alerts",
      said: "Windows often resets the connection instead of sending its alert; event 36888 in System has the number then.",
      ...caused(causesNamed(ALERT_CAUSES[code] ?? [])),
    })),
);

const events = WINDOWS_EVENTS.map(
  (event): Entry =>
    entry(
      "event",
      String(event.id),
      event.id,
      `${event.source}, log ${event.log} of the ${event.where}`,
      () => ({
        what: `${event.what}.`,
        stage: event.stage,
        basis: event.basis,
        source: event.proof,
        ...caused(causesNamed(event.causes)),
        commands: [
          `Get-WinEvent -FilterHashtable @{ LogName = '${event.log}'; Id = ${event.id} } -MaxEvents 5 -ErrorAction SilentlyContinue | Format-List TimeCreated, Message`,
        ],
      }),
    ),
);

const statuses = [...NTSTATUS_NAMES].map(
  ([code, name]): Entry =>
    entry("ntstatus", hex(code), code, name, () => ({
      what: `${STATUS_NOTES[name] ?? name}.`,
      stage: "where it was met: CredSSP (NLA), a dialog of mstsc, event 4625, 56 or 36870",
      basis: "documented",
      source: name.startsWith("SEC_E") ? "[MS-ERREF] 2.1.1" : "[MS-ERREF] 2.3.1",
      ...caused(causesNamed(STATUS_CAUSES[name] ?? [])),
    })),
);

const hresults = HRESULTS.map(
  ({ code, name, what, basis, source, causes }): Entry =>
    entry("hresult", hex(code), code, name, () => ({
      what: `${sentenceOf(what)}.`,
      stage: "where it was met: the number alone does not say which",
      basis,
      source,
      ...caused(causesNamed(causes)),
    })),
);

const win32 = WIN32_ERRORS.map(
  ({ code, name, what, causes }): Entry =>
    entry("win32", String(code), code, name, () => ({
      what: `${sentenceOf(what)}.`,
      stage: code >= 10_000 ? "TCP or DNS, as the client's Winsock saw it" : "where it was met",
      basis: "documented",
      source: "[MS-ERREF] 2.2",
      ...caused(causesNamed(causes)),
    })),
);

const gateway = GATEWAY_CODES.map(
  ({ code, name, what }): Entry =>
    entry("gateway", hex(code), code, name, () => ({
      what:
        what === null
          ? "A number of the range that RD Gateway's client reports. No reliable source for its meaning was found."
          : `The dialog says: ${what}.`,
      stage: "RD Gateway, before the server itself is reached",
      basis: what === null ? "inferred" : "reported",
      source:
        what === null ? "the range alone; only pages written for search engines have it" : GATEWAY_SOURCE,
      next: [PROBE, "rdprobe connection.rdp   # the file names the gateway too"],
    })),
);

const guacamole = GUACAMOLE_CODES.map(
  ({ code, name, what }): Entry =>
    entry("guacamole", hex(code), code, name, () => ({
      what: `${sentenceOf(what)}.`,
      stage: "between guacd, the browser and the server",
      basis: "documented",
      source: "Guacamole's manual, protocol reference, status codes",
      next: [`${PROBE}   # from the machine that guacd runs on`],
    })),
);

const FREERDP_STAGES: Readonly<Record<FreerdpError["stage"], string>> = {
  client: "in the client itself",
  dns: "DNS, before any connection",
  tcp: "TCP, before a byte of RDP",
  negotiation: "the X.224 negotiation",
  tls: "TLS and its certificate",
  handshake: "the handshake; the number alone does not say in which stage",
  mcs: "MCS, after TLS",
  logon: "CredSSP (NLA), at the logon",
  session: "the session, after the handshake",
};

const FREERDP_NEXT: Readonly<Partial<Record<FreerdpError["stage"], readonly string[]>>> = {
  tls: [PROBE, "rdprobe clients --for server01   # which clients share a version and a suite"],
  mcs: ["rdprobe server01 --depth full"],
  logon: [`${PROBE}   # says whether TLS and CredSSP work up to the logon`],
  session: ["nothing: rdprobe goes as far as the handshake alone"],
};

const freerdp = FREERDP_ERRORS.map(({ number, name, what, stage, verdicts, causes = [] }): Entry => {
  const code = ERRCONNECT_CLASS * 0x1_0000 + number;
  return entry("freerdp", `0x${code.toString(16).padStart(8, "0")}`, code, `ERRCONNECT_${name}`, () => ({
    what: `${what}.`,
    stage: FREERDP_STAGES[stage],
    basis: "documented",
    source: "FreeRDP, include/freerdp/error.h",
    next: FREERDP_NEXT[stage] ?? [PROBE],
    ...caused(distinct([...causesNamed(causes), ...verdicts.flatMap(causesOfVerdict)])),
  }));
});

const NAGIOS_STATES = [
  { code: 0, name: "OK", what: "The check found nothing wrong." },
  {
    code: 1,
    name: "WARNING",
    what: "Something is near its end or weaker than asked for: a threshold of -w, or a verdict of severity warning.",
  },
  {
    code: 2,
    name: "CRITICAL",
    what: "The handshake fails, a threshold of -c is passed, a finding is critical, or a demand of --require or --forbid is broken.",
  },
  {
    code: 3,
    name: "UNKNOWN",
    what: "The check could not be made (wrong usage, --help, the program failed), or what it was to judge was not seen: no certificate whose days left could be told, a demand that could not be verified, the verdict inconclusive.",
  },
] as const;

const states = NAGIOS_STATES.map(
  ({ code, name, what }): Entry =>
    entry("nagios", String(code), code, name, () => ({
      what,
      stage: "none: it is the exit code of rdprobe check",
      basis: "documented",
      source: "Monitoring Plugins Development Guidelines, plugin return codes",
      next: ["rdprobe check -H server01 -vv"],
    })),
);

/** In the order in which the meanings of one number are told. */
export const ENTRIES: readonly Entry[] = [
  ...disconnects,
  ...extendeds,
  ...errinfos,
  ...failures,
  ...alerts,
  ...events,
  ...statuses,
  ...hresults,
  ...gateway,
  ...freerdp,
  ...win32,
  ...guacamole,
  ...states,
  ...OWN_ENTRIES,
];
