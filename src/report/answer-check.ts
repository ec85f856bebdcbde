/** What to check first, and which fix comes after, in an answer. */
import { NOTHING_TO_UNDO, type Remedy } from "../verdict/remedy.ts";
import { remedyRow } from "../verdict/remedies.ts";
import type { Result } from "../verdict/result.ts";
import type { Sheet } from "./answer-sheet.ts";
import { labelled } from "./answer-why.ts";
import { wrap } from "./wrap.ts";

const INDENT = "    ";

/** Where to type, and how to get there while RDP is down. */
const PLACES: Readonly<Record<Remedy["where"], Readonly<Record<Remedy["shell"], string>>>> = {
  server: {
    powershell: "elevated PowerShell on the server (console, WinRM)",
    cmd: "elevated cmd on the server (console, WinRM)",
    bash: "a shell on the server (console, SSH)",
  },
  client: {
    powershell: "elevated PowerShell on this PC",
    cmd: "elevated cmd on this PC",
    bash: "on this PC",
  },
  network: {
    powershell: "PowerShell on this PC",
    cmd: "cmd on this PC",
    bash: "a shell on this machine",
  },
  azure: { powershell: "Azure Cloud Shell", cmd: "Azure Cloud Shell", bash: "Azure Cloud Shell" },
};

/** Where a Windows server's TLS fails, Schannel's events tell the causes apart. */
const SCHANNEL_EVENTS = remedyRow("read-schannel-events");
const DECIDED_BY_EVENTS: ReadonlySet<string> = new Set([
  "private-key-unreadable",
  "cipher-policy",
  "tls-version-policy",
  "signature-policy",
  "suites-do-not-fit-certificate",
  "server-tls-fault",
]);

/** A remedy that changes nothing, with commands; and the name of the first that changes something. */
export const checkLines = (sheet: Sheet): readonly string[] => {
  const { result, columns } = sheet;
  const fix = result.remedies.find(({ undo }) => undo !== NOTHING_TO_UNDO);
  const look = lookOf(result, fix);
  return [
    ...(look === null ? [] : lookLines(look, sheet)),
    ...(fix === undefined ? [] : fixLines(look === null ? "Fix" : "Then fix", fix, columns)),
  ];
};

/** For the same kind of server as the fix of the likeliest cause: no shell of Linux before one of Windows. */
const lookOf = ({ remedies, verdict, negotiation }: Result, fix: Remedy | undefined): Remedy | null => {
  const isDecided = verdict.stage === "tls" && DECIDED_BY_EVENTS.has(verdict.causes[0]?.code ?? "");
  if (isDecided && negotiation?.serverHints.includes("windows") === true) return SCHANNEL_EVENTS;
  const fits = (look: Remedy): boolean =>
    fix === undefined || isOurs(look) || (look.shell === "bash") === (fix.shell === "bash");
  return remedies.find((look) => look.undo === NOTHING_TO_UNDO && fits(look)) ?? null;
};

/** Any machine that has rdprobe will do. */
const isOurs = ({ commands }: Remedy): boolean => commands.every((command) => command.startsWith("rdprobe "));

const lookLines = (look: Remedy, { columns, palette, limits }: Sheet): readonly string[] => {
  const { id, where, shell, steps, commands } = look;
  const place = `${isOurs(look) ? "any machine that reaches the server" : PLACES[where][shell]}; read-only`;
  const shown = commands.slice(0, limits.commands);
  const rest = commands.length - shown.length;
  return [
    ...labelled("Check first", place, columns, 1).map((line) => palette.strong(line)),
    ...stepLines(steps.join(" "), columns, limits.steps),
    ...shown.map((command) => `${INDENT}${palette.severity("info", command)}`),
    ...(rest === 0 ? [] : [palette.faint(`${INDENT}${rest} more: rdprobe explain ${id}`)]),
  ];
};

/** Whole sentences only: half a rule misleads. */
const stepLines = (step: string, columns: number, most: number): readonly string[] => {
  const sentences = step.split(/(?<=[.;]) /);
  for (let count = sentences.length; count > 0; count -= 1) {
    const text = sentences.slice(0, count).join(" ");
    const lines = wrap(text.replace(/;$/, "."), columns, INDENT);
    if (lines.length <= most) return lines;
  }
  return [];
};

/** The name of its page on a line of its own where it does not fit: it is to be copied. */
const fixLines = (label: string, { id, title }: Remedy, columns: number): readonly string[] => {
  const command = `rdprobe explain ${id}`;
  const [line = "", ...more] = labelled(label, title, columns, 2);
  if (more.length === 0 && line.length + 2 + command.length <= columns) return [`${line}: ${command}`];
  return [line, ...more, ...labelled("", command, columns, 1)];
};
