/** All causes, and those of one probe: named by the table's rules, the likeliest first. */
import { type CauseMaterial, type CauseRow, fits, type Sign } from "./cause.ts";
import { CERTIFICATE_CAUSES } from "./certificate-causes.ts";
import { CLIENT_ALERT_CAUSES } from "./client-alert-causes.ts";
import { CREDSSP_CAUSES } from "./credssp-causes.ts";
import { FREERDP_CAUSES } from "./freerdp-causes.ts";
import { groupedBy } from "../grouped.ts";
import { INCONCLUSIVE_CAUSES } from "./inconclusive-causes.ts";
import { KEY_MISMATCH_CAUSES } from "./key-mismatch-causes.ts";
import { LISTENER_CAUSES } from "./listener-causes.ts";
import { MISSING_CERTIFICATE_CAUSES, NO_CERTIFICATE_CAUSES } from "./missing-certificate-causes.ts";
import { NEGOTIATION_CAUSES } from "./negotiation-causes.ts";
import { PRIVATE_KEY_CAUSES } from "./private-key-causes.ts";
import { REACHABILITY_CAUSES } from "./reachability-causes.ts";
import { type RemedyId, remedyRow } from "../remedies/remedies.ts";
import type { Cause, Evidence, Finding, Likelihood } from "../result/result.ts";
import { RESET_CAUSES } from "./reset-causes.ts";
import { TLS_CAUSES } from "./tls-causes.ts";
import { XRDP_CAUSES } from "./xrdp-causes.ts";

/** Of two causes that are equally likely the earlier one is named first. */
const TABLE = [
  ...KEY_MISMATCH_CAUSES,
  ...CLIENT_ALERT_CAUSES,
  ...FREERDP_CAUSES,
  ...PRIVATE_KEY_CAUSES,
  ...NO_CERTIFICATE_CAUSES,
  ...TLS_CAUSES,
  ...RESET_CAUSES,
  ...CERTIFICATE_CAUSES,
  ...XRDP_CAUSES,
  ...LISTENER_CAUSES,
  ...NEGOTIATION_CAUSES,
  ...MISSING_CERTIFICATE_CAUSES,
  ...CREDSSP_CAUSES,
  ...REACHABILITY_CAUSES,
  ...INCONCLUSIVE_CAUSES,
] as const;

export type CauseCode = (typeof TABLE)[number]["code"];

export const CAUSES: readonly (CauseRow & { readonly code: CauseCode })[] = TABLE;

/** A scan asks for every finding of every host: looked up, and not searched for. */
const BY_FINDING: ReadonlyMap<string, readonly { row: CauseRow; likelihood: Likelihood }[]> = groupedBy(
  CAUSES.flatMap((row) => row.findings.map(({ code, likelihood }) => ({ code, row, likelihood }))),
  ({ code }) => code,
);

const RANK: Readonly<Record<Likelihood, number>> = { certain: 0, likely: 1, possible: 2, unlikely: 3 };

/** Why a verdict came about: every cause that one of its signs speaks for, the likeliest first. */
export const causesOf = (material: CauseMaterial): readonly Cause[] =>
  CAUSES.filter(({ verdicts }) => verdicts.some((place) => fits(place, material.ruling)))
    .flatMap((row) => {
      const said = firstSeen(row.signs, material);
      return said === null ? [] : causeOf(row, said.sign.likelihood, said.why, evidenceOf(row, material));
    })
    .toSorted(byLikelihood);

/** The finding with its causes, and their remedies behind its own; as it is where the table has none. */
export const explained = (finding: Finding): Finding => {
  const rows = BY_FINDING.get(finding.code);
  if (rows === undefined) return finding;
  const causes = rows
    .map(({ row, likelihood }) => causeOf(row, likelihood, finding.summary, {}))
    .toSorted(byLikelihood);
  const remedies = [...new Set([...finding.remedies, ...causes.flatMap((cause) => cause.remedies)])];
  return { ...finding, remedies, causes };
};

/**
 * What to do for these causes, in their order: those of an unlikely one only where there is no other, and what is
 * risky behind all the rest.
 */
export const remediesOfCauses = (causes: readonly Cause[]): readonly RemedyId[] => {
  const believed = causes.filter(({ likelihood }) => likelihood !== "unlikely");
  const ids = [...new Set((believed.length > 0 ? believed : causes).flatMap(({ remedies }) => remedies))];
  return ids.toSorted((a, b) => Number(isRisky(a)) - Number(isRisky(b)));
};

const isRisky = (id: RemedyId): boolean => remedyRow(id)?.risk === "high";

const firstSeen = (
  signs: readonly Sign[],
  material: CauseMaterial,
): { readonly sign: Sign; readonly why: string } | null => {
  for (const sign of signs) {
    const why = sign.seen(material);
    if (why !== null) return { sign, why };
  }
  return null;
};

const causeOf = (row: CauseRow, likelihood: Likelihood, why: string, evidence: Evidence): Cause => ({
  code: row.code,
  title: row.title,
  likelihood,
  why,
  evidence,
  remedies: row.remedies,
});

const evidenceOf = (row: CauseRow, material: CauseMaterial): Evidence => {
  const { ruling } = material;
  return row.evidence?.(material) ?? ruling.reading?.evidence ?? ruling.evidence;
};

const byLikelihood = (a: Cause, b: Cause): number => RANK[a.likelihood] - RANK[b.likelihood];
