/** What only several results together show: one name whose addresses do not show the same certificate. */
import { explained } from "../causes/causes.ts";
import { fellBack } from "./certificate-findings.ts";
import { withNameFindings } from "./name-findings.ts";
import { findingFitting, isFindingFitting } from "../server/fitting.ts";
import type { Finding, Result } from "../result/result.ts";
import { withFindings } from "./with-findings.ts";

/**
 * The results with a finding each where a name's addresses show different certificates: a farm with a bad
 * member, or a name that leads to different machines.
 */
export const withAddressFindings = (results: readonly Result[]): readonly Result[] => {
  if (results.length < 2) return results;
  const digests = new Map<string, Set<string>>();
  const issued = new Set<string>();
  for (const result of results) {
    if (result.certificate === null) continue;
    const key = placeOf(result);
    digests.set(key, (digests.get(key) ?? new Set()).add(result.certificate.sha256));
    if (result.certificate.selfSigned === false) issued.add(key);
  }
  return withNameFindings(results).map((result) => {
    const found = digests.get(placeOf(result));
    if (found === undefined || found.size < 2) return result;
    const { target, certificate, server } = result;
    const isOwn = certificate?.selfSigned === true && issued.has(placeOf(result));
    const own = isOwn ? fellBack(`an issued one at another address of ${target.host}`) : [];
    const fitting = own.filter((finding) => isFindingFitting(finding, server));
    return withFindings(result, [
      ...fitting.map((finding) => findingFitting(explained(finding), server)),
      explained(differing(result, found)),
    ]);
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
