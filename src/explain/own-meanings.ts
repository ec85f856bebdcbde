/** What rdprobe's own words mean: verdicts, findings, causes, remedies, refused advice. */
import { BEYOND_THE_HANDSHAKE } from "../verdict/remedies/beyond-the-handshake.ts";
import { CAUSES } from "../verdict/causes/causes.ts";
import { FINDING_NOTES } from "../verdict/findings/finding-notes.ts";
import { REFUSED_ADVICE } from "../verdict/remedies/refused-advice.ts";
import { REMEDIES } from "../verdict/remedies/remedies.ts";
import { effectsOf, EXAMPLE_TARGET, filledFor, type Remedy, remedyFor } from "../verdict/remedies/remedy.ts";
import { VERDICT_CODES, VERDICTS } from "../verdict/verdicts.ts";
import { type Entry, entry, PROBE } from "./meaning.ts";
import { caused, causesOfFinding, causesOfVerdict, remediesNamed } from "./table-causes.ts";

/** Where to type, and how to get there while RDP is down. */
const PLACES: Readonly<Record<Remedy["where"], (shell: Remedy["shell"]) => string>> = {
  server: (shell) =>
    shell === "bash"
      ? "a shell on the server: at its console or over SSH"
      : `elevated ${SHELL_NAMES[shell]} on the server: at its console, through the hypervisor, or from another PC with Enter-PSSession server01 (WinRM)`,
  client: (shell) => `${SHELL_NAMES[shell]} on the client`,
  network: (shell) => `${SHELL_NAMES[shell]} on a machine in the network`,
  azure: () => "Azure Cloud Shell",
};

const SHELL_NAMES = { powershell: "PowerShell", cmd: "cmd", bash: "a shell" } as const;

const verdicts = VERDICT_CODES.map((code): Entry => {
  const { severity, meaning: what, stages } = VERDICTS[code];
  return entry("verdict", code, null, `${severity} where it is live`, () => ({
    what,
    stage: stages.join(", "),
    basis: "documented",
    source: "rdprobe's own table of verdicts",
    ...caused(code === "ok" ? [] : causesOfVerdict(code)),
    next: [PROBE, `docs/verdicts/${code}.md in rdprobe's sources`],
  }));
});

const findings = FINDING_NOTES.map(
  ({ code, stage, what }): Entry =>
    entry("finding", code, null, "additional finding", () => ({
      what: `${what}.`,
      stage,
      basis: "documented",
      source: "rdprobe's own table of findings",
      ...caused(causesOfFinding(code)),
    })),
);

const causes = CAUSES.map(
  (row): Entry =>
    entry("cause", row.code, null, row.title, () => ({
      what: row.about,
      stage:
        row.verdicts.length > 0
          ? row.verdicts.join(", ")
          : `findings: ${row.findings.map(({ code }) => code).join(", ")}`,
      basis: row.basis,
      source: row.source,
      signs: [
        ...row.signs.map(({ likelihood, when }) => `${likelihood} when ${when}`),
        ...row.findings.map(({ likelihood, code }) => `${likelihood} with the finding ${code}`),
        `against it: ${row.against}`,
      ],
      remedies: remediesNamed(row.remedies),
    })),
);

const remedies = REMEDIES.map((row): Entry => {
  const { id, title, where, shell, risk, confirm } = row;
  const { steps, commands, fix, undo } = remedyFor(row, EXAMPLE_TARGET);
  const effects = [`risk ${risk}`, ...effectsOf(remedyFor(row, EXAMPLE_TARGET))].join(", ");
  return entry("remedy", id, null, title, () => ({
    what: `${effects}. ${confirm.length > 0 ? `Confirms it: ${confirm.join("; ")}.` : ""}`.trim(),
    stage: PLACES[where](shell),
    basis: "documented",
    source: "rdprobe's own table of remedies",
    causes: CAUSES.filter((cause) => cause.remedies.some((other) => other === id)).map(
      ({ code, title: name }) => ({ code, title: name }),
    ),
    ...{ steps, commands, fix, undo },
  }));
});

const refused = REFUSED_ADVICE.map(
  ({ id, advice, why, instead, verdicts: places }): Entry =>
    entry("advice", id, null, `do not ${advice}`, () => ({
      what: `${why}. Instead: ${instead}.`,
      stage: places.join(", "),
      basis: "inferred",
      source: "rdprobe's own table of refused advice",
    })),
);

const BEYOND_PLACES = {
  server: "elevated PowerShell on the server",
  client: "PowerShell on the client",
  "domain controller": "elevated PowerShell on a domain controller",
} as const;

const beyond = BEYOND_THE_HANDSHAKE.map(
  ({ code, symptom, title, about, where, commands, remedy, basis, source }): Entry =>
    entry("beyond", code, null, title, () => ({
      what: `What the user sees: ${symptom}. ${about} ${remedy}`,
      stage: `after the handshake, or in the client; the commands only look: ${BEYOND_PLACES[where]}`,
      basis,
      source,
      commands: commands.map((command) => filledFor(command, EXAMPLE_TARGET)),
    })),
);

export const OWN_ENTRIES: readonly Entry[] = [
  ...verdicts,
  ...findings,
  ...causes,
  ...remedies,
  ...beyond,
  ...refused,
];
