/** What only several results together show: one name whose addresses do not show the same certificate. */
import { explained } from "../causes/causes.ts";
import { withNameFindings } from "./name-findings.ts";
import type { Finding, Result } from "../result/result.ts";
import { withFindings } from "./with-findings.ts";

/**
 * The results with a finding each where a name's addresses show different certificates: a farm with a bad
 * member, or a name that leads to different machines.
 */
export const withAddressFindings = (results: readonly Result[]): readonly Result[] => {
  if (results.length < 2) return results;
  const digests = new Map<string, Set<string>>();
  for (const result of results) {
    if (result.certificate === null) continue;
    const key = placeOf(result);
    digests.set(key, (digests.get(key) ?? new Set()).add(result.certificate.sha256));
  }
  return withNameFindings(results).map((result) => {
    const found = digests.get(placeOf(result));
    return found === undefined || found.size < 2
      ? result
      : withFindings(result, [explained(differing(result, found))]);
  });
};

const placeOf = ({ target }: Result): string => `${target.host.toLowerCase()} ${target.port}`;

const differing = ({ target }: Result, digests: ReadonlySet<string>): Finding => ({
  code: "certificate-differs-between-addresses",
  severity: "warning",
  stage: "certificate",
  summary: `the addresses of ${target.host} show ${digests.size} different certificates`,
  evidence: { certificates: [...digests].join(", ") },
  remedies: [],
});
