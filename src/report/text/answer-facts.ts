/** What was seen, stage by stage, in a line or two of an answer. */

import { daysLeftText } from "../../verdict/days-left.ts";
import type { Result, StageReport } from "../../verdict/result/result.ts";
import type { VerdictCode } from "../../verdict/verdicts.ts";
import { SERVER_NAMES } from "../../verdict/server/implementations.ts";
import type { Sheet } from "./answer-sheet.ts";
import { cut } from "./cut.ts";
import { safeText } from "../safe/safe-text.ts";

const INDENT = "  ";
const GAP = "   ";

/** How a stage failed, in a word. */
const FAILED: Readonly<Partial<Record<VerdictCode, string>>> = {
  "port-closed": "CLOSED",
  "port-filtered": "NO ANSWER",
  reset: "RESET",
  closed: "CLOSED",
  timeout: "NO ANSWER",
  refused: "REFUSED",
  malformed: "BROKEN",
  "not-rdp": "NOT RDP",
  "name-not-found": "NO ADDRESS",
  "dns-failure": "NO ANSWER",
  "standard-security-only": "NO TLS",
  "no-server-certificate": "NO CERTIFICATE",
  "no-shared-tls-version": "NO COMMON VERSION",
  "no-shared-cipher": "NO COMMON CIPHER",
  "certificate-key-mismatch": "WRONG KEY",
  "certificate-not-yet-valid": "NOT YET VALID",
  "tls-alert": "ALERT",
  "certificate-expired": "EXPIRED",
  "credssp-refused": "REFUSED",
};

/** Stages that every probe comes to unless an earlier one fails. */
const EVERY: ReadonlySet<StageReport["name"]> = new Set(["tcp", "negotiation", "tls", "certificate"]);

const NLA_TEXT = { required: "NLA required", optional: "NLA optional", unsupported: "no NLA" } as const;

/** Each stage with its state, as many a line as fit. */
export const factLines = ({ result, columns, palette }: Sheet): readonly string[] => {
  const shown = result.stages.filter(
    ({ status, name, note }) => status !== "skipped" || EVERY.has(name) || note !== "",
  );
  const parts = shown.map((stage) => cut(partOf(stage, result), columns - INDENT.length));
  return packed(parts, columns).map((line) => palette.faint(line));
};

const partOf = ({ name, status, durationMs }: StageReport, result: Result): string => {
  const state =
    status === "failed" ? (FAILED[result.verdict.code] ?? "FAILED") : status === "ok" ? "ok" : "-";
  const time = name === "tcp" && durationMs !== null ? ` ${durationMs.toFixed(0)} ms` : "";
  const learnt = status === "failed" ? "" : learntAt(name, result);
  return `${name} ${state}${time}${learnt === "" ? "" : `: ${learnt}`}`;
};

const learntAt = (name: StageReport["name"], { security, tls, certificate, ntlm }: Result): string => {
  switch (name) {
    case "negotiation":
      return security.nla === "unknown" ? "" : NLA_TEXT[security.nla];
    case "tls":
      return tls?.version == null ? "" : `TLS ${tls.version}`;
    case "certificate":
      return certificate?.daysLeft == null ? "" : daysLeftText(certificate.daysLeft);
    case "credssp":
      return ntlm === null ? "" : safeText(ntlm.dnsComputer ?? ntlm.netbiosComputer ?? "");
    default:
      return "";
  }
};

/** A build number often stands for several. */
const osText = ([first = "", ...others]: readonly string[]): string =>
  others.length === 0 ? first : `${first} or alike`;

/** What answers. Another program than Windows says a Windows in its NTLM challenge that is not there. */
const programText = ({ server, ntlm }: Result): string | null => {
  const implementation = server?.implementation ?? "unknown";
  if (implementation !== "unknown" && implementation !== "windows") return SERVER_NAMES[implementation];
  return ntlm === null || ntlm.os.length === 0 ? null : osText(ntlm.os);
};

/** Of a healthy server: what it is, and what to do where a client fails all the same. */
export const healthyLines = ({ result, columns, palette }: Sheet): readonly string[] => {
  const { verdict, security, tls, certificate, ntlm, source, target } = result;
  const parts = [
    tls?.version == null ? null : `TLS ${tls.version}`,
    // The title of this verdict says it already.
    security.nla === "unknown" || verdict.code === "nla-required" ? null : NLA_TEXT[security.nla],
    certificate?.daysLeft == null ? null : `certificate ${daysLeftText(certificate.daysLeft)}`,
    ntlm === null ? null : safeText(ntlm.dnsComputer ?? ntlm.netbiosComputer ?? ""),
    programText(result),
  ];
  const facts = asMany(
    parts.filter((part) => part !== null).filter((part) => part !== ""),
    columns - INDENT.length,
  );
  const next = `If a client still fails: add -v; rdprobe clients --for ${safeText(target.input)}`;
  return [
    ...(facts === "" ? [] : [`${INDENT}${facts}`]),
    ...(source.kind === "pcap" ? [] : [palette.faint(`${INDENT}${next}`)]),
  ];
};

/** As many of the parts as fit, and of the first one what fits. */
const asMany = (parts: readonly string[], most: number): string => {
  const [first = "", ...others] = parts;
  return others.reduce(
    (text, part) => (text.length + part.length + 2 <= most ? `${text}, ${part}` : text),
    cut(first, most),
  );
};

/** Parts side by side. */
const packed = (parts: readonly string[], columns: number): readonly string[] => {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + GAP.length + part.length <= columns) {
      lines[lines.length - 1] = `${last}${GAP}${part}`;
    } else {
      lines.push(`${INDENT}${part}`);
    }
  }
  return lines;
};
