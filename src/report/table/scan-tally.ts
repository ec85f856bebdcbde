/** What a scan counts while it goes on, and what it says at its end. */
import type { Result, SecurityReport } from "../../verdict/result/result.ts";
import { SharedKeys } from "./shared-keys.ts";
import { type Severity, VERDICTS, type VerdictCode } from "../../verdict/verdicts.ts";

/** Certificates that end within so many days are named at the end. */
const SOON_DAYS = 30;

export class ScanTally {
  readonly verdicts = new Map<VerdictCode, number>();
  results = 0;
  /** Results of a port that answered. */
  alive = 0;
  readonly #severities: Record<Severity, number> = { critical: 0, warning: 0, ok: 0 };
  readonly #keys = new SharedKeys();
  #endingSoon = 0;
  #expired = 0;
  readonly #nla: Record<SecurityReport["nla"], number> = {
    required: 0,
    optional: 0,
    unsupported: 0,
    unknown: 0,
  };

  add(result: Result): void {
    const { verdict, severity, certificate, security } = result;
    this.#keys.add(result);
    this.results += 1;
    this.#severities[severity] += 1;
    this.verdicts.set(verdict.code, (this.verdicts.get(verdict.code) ?? 0) + 1);
    if (isAnswered(verdict.stage)) this.alive += 1;
    const daysLeft = certificate?.daysLeft ?? null;
    if (daysLeft !== null && daysLeft < 0) this.#expired += 1;
    if (daysLeft !== null && daysLeft >= 0 && daysLeft < SOON_DAYS) this.#endingSoon += 1;
    if (isAnswered(verdict.stage)) this.#nla[security.nla] += 1;
  }

  /** `ok 12, reset 1`: the most frequent first. */
  counts(): string {
    const rows = [...this.verdicts].toSorted(
      ([a, n], [b, m]) => m - n || ORDER.indexOf(a) - ORDER.indexOf(b),
    );
    return rows.map(([code, count]) => `${code} ${thousands(count)}`).join(", ");
  }

  /** Verdicts and findings together: a verdict `ok` may stand among the critical ones. */
  #severityCounts(): string {
    const { critical, warning, ok } = this.#severities;
    return `critical ${thousands(critical)}, warning ${thousands(warning)}, ok ${thousands(ok)}`;
  }

  /** What was not asked, or not answered, is none of the others. */
  #nlaCounts(): string {
    const { required, optional, unsupported, unknown } = this.#nla;
    const counts = `required ${thousands(required)}, optional ${thousands(optional)}, not supported ${thousands(unsupported)}`;
    return unknown === 0 ? counts : `${counts}, not known ${thousands(unknown)}`;
  }

  /**
   * Several lines, with the final newline.
   * @param earlier rows of the run that this one goes on from: they are in none of the counts
   */
  summary(elapsedMs: number, earlier = 0): string {
    const perSecond = elapsedMs > 0 ? (this.results * 1000) / elapsedMs : 0;
    return [
      `${thousands(this.results)} results in ${duration(elapsedMs)} (${thousands(Math.round(perSecond))} a second), ${thousands(this.alive)} where the port answered`,
      `  verdicts: ${this.counts() || "none"}`,
      `  severity: ${this.#severityCounts()}`,
      `  certificates: expired ${thousands(this.#expired)}, ending within ${SOON_DAYS} days ${thousands(this.#endingSoon)}`,
      `  NLA: ${this.#nlaCounts()}`,
      ...this.#keys.lines().map((line) => `  ${line}`),
      ...(earlier === 0 ? [] : [`  not counted here: ${thousands(earlier)} rows of the earlier run`]),
      "",
    ].join("\n");
  }
}

/** Whether the port answered: the verdict lies behind the TCP handshake. */
export const isAnswered = (stage: Result["verdict"]["stage"]): boolean => stage !== "dns" && stage !== "tcp";

const ORDER = Object.keys(VERDICTS);

export const thousands = (value: number | bigint): string => value.toLocaleString("en-US");

/** `0.4 s`, `3 min 20 s`, `2 h 5 min`. */
export const duration = (ms: number): string => {
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};
