/**
 * What people paste: a dialog in any language, a line of an event log, what FreeRDP prints. Words in front of a
 * number are known in few languages, numbers in all of them: so a dialog is read by its numbers alone.
 */
import type { MeaningKind } from "./meaning.ts";

/** A code that a text holds, and the table that it is of, where the text says so. */
export interface PastedCode {
  readonly kind: MeaningKind | null;
  readonly text: string;
}

/** More than any dialog or event has; the rest of a file is not looked at. */
const MAX_TEXT = 16_384;
const MAX_CODES = 6;

/** The codes that a text holds, each once, in the order in which they stand; none where it holds none. */
export const codesInText = (text: string): readonly PastedCode[] => {
  const plain = text.slice(0, MAX_TEXT).normalize("NFKC");
  const found = PATTERNS.flatMap(({ kind, pattern, read }) =>
    [...plain.matchAll(pattern)].map((match) => ({
      kind,
      text: (read ?? firstGroup)(match),
      at: match.index,
    })),
  )
    .filter((code) => code.text !== "")
    .toSorted((a, b) => a.at - b.at);
  const codes = found.length > 0 ? found : bareNumbers(plain);
  const distinct = new Map(codes.map(({ kind, text: code }) => [code.toLowerCase(), { kind, text: code }]));
  return [...distinct.values()].slice(0, MAX_CODES);
};

interface Pattern {
  readonly kind: MeaningKind | null;
  readonly pattern: RegExp;
  readonly read?: (match: RegExpMatchArray) => string;
}

const firstGroup = (match: RegExpMatchArray): string => match[1] ?? "";

/** Providers whose name stands in front of the event's number in a line of Event Viewer or wevtutil. */
const PROVIDERS =
  "Schannel|TermDD|(?:Microsoft-Windows-)?TerminalServices-[A-Za-z-]+|RdpCoreTS|(?:Microsoft-Windows-)?RemoteDesktopServices-[A-Za-z-]+|TSGateway|KDCSVC|NETLOGON|LsaSrv|Tcpip|(?:Microsoft-Windows-)?Security-Auditing";

const PATTERNS: readonly Pattern[] = [
  // Event ID: 36870; Ereignis-ID 36870; <EventID Qualifiers="0">36870</EventID>; event 36870
  {
    kind: "event",
    pattern:
      /(?:event|ereignis|[ée]v[ée]nement|evento)[ \t_-]{0,3}(?:id|code)?[^\p{L}\p{N}\n]{0,4}(?:Qualifiers="\d{1,6}")?[^\p{L}\p{N}\n]{0,4}(?<![0-9x])(\d{2,5})(?![0-9x.:/-])/giu,
  },
  { kind: "event", pattern: new RegExp(`\\b(?:${PROVIDERS})[,;\\s]{1,12}(\\d{2,5})\\b(?![.:/-])`, "gi") },
  // What Event Viewer shows above the number, in its English words.
  textOfEvent("36870", /attempting to access the (?:TLS|SSL) server credential private key/gi),
  textOfEvent("36871", /while creating a (?:TLS|SSL) (?:client|server) credential/gi),
  textOfEvent("36874", /none of the (?:cipher suites|application protocols) supported by the client/gi),
  textOfEvent("36887", /fatal alert was received from the remote endpoint/gi),
  textOfEvent("36888", /fatal alert was generated and sent to the remote endpoint/gi),
  textOfEvent("56", /security layer detected an error in the protocol stream/gi),
  textOfEvent("1058", /failed to replace the expired self[- ]signed certificate/gi),
  textOfEvent("1057", /failed to create a new self[- ]signed certificate/gi),
  // TLS fatal alert code is 40; SSL alert number 40; alert 40
  {
    kind: "alert",
    pattern: /\balert[ \t]+(?:(?:code|number)[ \t]*(?:is|:|=)?[ \t]*)?(\d{1,3})\b(?![.:/-])/gi,
  },
  {
    kind: "alert",
    pattern: /protocol defined fatal (?:alert|error) code is (\d{1,3})\b/gi,
  },
  // RDP ClientActiveX has been disconnected (Reason= 2308)
  { kind: "disconnect", pattern: /\bReason[ \t]*=[ \t]*(\d{1,10})\b/gi },
  { kind: "extended", pattern: /has been disconnected, reason code (\d{1,5})\b/gi },
  // The last four bytes of TermDD's binary data, as lines of bytes.
  {
    kind: "ntstatus",
    pattern:
      /(?:^|[\s:])([0-9a-f]{2}) ([0-9a-f]{2}) ([0-9a-f]{2}) ([cd8][0-9a-f])(?=\s*(?:$|[^0-9a-f\s]))/gim,
    read: ([, a = "", b = "", c = "", d = ""]) => `0x${d}${c}${b}${a}`,
  },
  // Names of tables: ERRCONNECT_TLS_CONNECT_FAILED, STATUS_LOGON_FAILURE, SEC_E_LOGON_DENIED.
  {
    kind: null,
    pattern:
      /\b((?:ERRCONNECT|ERRINFO|STATUS|SEC_E|CERT_E|CRYPT_E|WSAE?|HYBRID|SSL)_?[A-Z][A-Z0-9_]{3,60})\b/g,
  },
  // Hexadecimal, the words around it in any language.
  { kind: null, pattern: /(?<![0-9a-z])(0x[0-9a-f]{1,8})(?![0-9a-z])/gi },
  { kind: null, pattern: /\[(0[0-9a-f]{7})\]/gi },
];

function textOfEvent(id: string, pattern: RegExp): Pattern {
  return { kind: "event", pattern, read: () => id };
}

/** Decimal numbers and statuses without 0x; only where nothing says more. */
const bareNumbers = (text: string) =>
  [
    ...text.matchAll(
      /(?<![0-9a-z.:_-])((?=[0-9a-f]{0,7}\d)[0-9a-f]{8}|-?\d{1,10})(?![0-9a-z.:_-]*[0-9a-z])/gi,
    ),
  ].map((match) => ({ kind: null, text: match[1] ?? "" }));
