/** What a row of the table of causes is, and the observations that its rules are written with. */
import type { ResetEvidence } from "../../handshake/facts/reset-evidence.ts";
import type { ConnectionConfirm } from "../../x224/connection-confirm.ts";
import { mainConnection, type ProbeFacts } from "../rules/probe-facts.ts";
import type { RemedyId } from "../remedies/remedies.ts";
import type { CertificateReport, Evidence, Finding, Likelihood, NtlmReport } from "../result/result.ts";
import type { ReadingKind, Ruling } from "../rules/ruling.ts";
import { type ServerHint, serverHints } from "../server/server-hints.ts";
import type { VerdictCode, VerdictStage } from "../verdicts.ts";

/** What a cause is weighed by: the ruling, and what else was seen of the server. */
export interface CauseMaterial {
  readonly ruling: Ruling;
  readonly probe: ProbeFacts;
  readonly certificate: CertificateReport | null;
  readonly ntlm: NtlmReport | null;
  readonly findings: readonly Finding[];
}

/** A verdict's code, or the code in one stage alone. */
export type VerdictPlace = VerdictCode | `${VerdictCode} at ${VerdictStage}`;

/** An observation and how likely it makes the cause. */
export interface Sign {
  readonly likelihood: Likelihood;
  /** The observation, for people: lower case, no full stop. */
  readonly when: string;
  /** One line on what was seen, or null where it was not. */
  readonly seen: (material: CauseMaterial) => string | null;
}

/** A finding that the cause explains; its summary is the why. */
interface FindingSign {
  readonly code: string;
  readonly likelihood: Likelihood;
}

export interface CauseRow {
  readonly code: string;
  /** Lower case, no full stop, as it stands behind "likely". */
  readonly title: string;
  /** How it comes about, in whole sentences. */
  readonly about: string;
  /** Where it is thought of at all. */
  readonly verdicts: readonly VerdictPlace[];
  /** The first that is seen speaks; where none is, the cause is not named. */
  readonly signs: readonly Sign[];
  readonly findings: readonly FindingSign[];
  /** What speaks against it. */
  readonly against: string;
  /** How well it is known that this cause has these effects. */
  readonly basis: "documented" | "reported" | "inferred";
  readonly source: string;
  readonly remedies: readonly RemedyId[];
  /** What the cause rests on, where that is more than the verdict's own evidence. */
  readonly evidence?: (material: CauseMaterial) => Evidence;
}

/** A table whose codes the types know; its texts they do not, so that declarations do not repeat them. */
export const causeTable = <const Code extends string>(
  rows: readonly (CauseRow & { readonly code: Code })[],
): readonly (CauseRow & { readonly code: Code })[] => rows;

/** Seen when other hellos were read so; the reading's own words are the why. */
export const reads =
  (...kinds: readonly ReadingKind[]): Sign["seen"] =>
  ({ ruling: { reading } }) =>
    reading !== undefined && kinds.includes(reading.kind) ? reading.why : null;

/** The same with words of the cause's own. */
export const readsAs =
  (kind: ReadingKind, why: string): Sign["seen"] =>
  ({ ruling: { reading } }) =>
    reading?.kind === kind ? why : null;

/** Seen with this verdict, and in this stage where one is given. */
export const isVerdict =
  (place: VerdictPlace, why: string): Sign["seen"] =>
  ({ ruling }) =>
    fits(place, ruling) ? why : null;

/** Whether a ruling is of this code, and of this stage where one is given. */
export const fits = (place: VerdictPlace, { code, stage }: Pick<Ruling, "code" | "stage">): boolean =>
  place === code || (place.startsWith(code) && place === `${code} at ${stage}`);

/** Seen where the verdict rests on this value. */
export const hasEvidence =
  (name: string, values: readonly Evidence[string][], why: string): Sign["seen"] =>
  ({ ruling: { evidence } }) => {
    const value = evidence[name];
    return value !== undefined && values.includes(value) ? why : null;
  };

/** Seen where the verdict rests on a number of this name that is greater than zero. */
export const hasCount =
  (name: string, why: string): Sign["seen"] =>
  ({ ruling: { evidence } }) => {
    const value = evidence[name];
    return typeof value === "number" && value > 0 ? why : null;
  };

/** An ending of the client's speaks of the client: seen where the server, or nobody that is known, made it. */
export const byServer: Sign["seen"] = ({ ruling }) => (ruling.evidence["sender"] === "client" ? null : "");

/** The client of a capture ended it. */
export const byClient: Sign["seen"] = ({ ruling }) => (ruling.evidence["sender"] === "client" ? "" : null);

/** Seen where the Connection Confirm could be this program's; several programs write the same. */
export const mayBe =
  (server: ServerHint, why: string): Sign["seen"] =>
  (material) => {
    const confirm = confirmOf(material);
    return confirm !== null && serverHints(confirm).includes(server) ? why : null;
  };

/** The Connection Confirm of the main connection, or null. */
export const confirmOf = ({ probe }: CauseMaterial): ConnectionConfirm | null => {
  const answer = mainConnection(probe)?.facts.negotiation?.answer;
  return answer?.kind === "tpdu" && answer.tpdu.kind === "connection-confirm" ? answer.tpdu : null;
};

/** Seen where every one of these is; the last one's words are the why. */
export const all =
  (...conditions: readonly Sign["seen"][]): Sign["seen"] =>
  (material) =>
    conditions.reduce<string | null>(
      (why, condition) => (why === null ? null : condition(material)),
      conditions.length === 0 ? null : "",
    );

/** Seen where no other hello was asked: quick depth, or a capture. */
export const withoutReading =
  (place: VerdictPlace, why: string): Sign["seen"] =>
  ({ ruling }) =>
    ruling.reading === undefined && fits(place, ruling) ? why : null;

/** The captured reset behind the verdict, or null. */
export const resetOf = ({ ruling, probe }: CauseMaterial): ResetEvidence | null =>
  ruling.code === "reset" ? (probe.capture?.view?.reset ?? null) : null;
