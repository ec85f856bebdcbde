/** What results of names and of addresses show when they are held against each other. */
import { explained, remediesOfCauses } from "../causes/causes.ts";
import { groupedBy } from "../grouped.ts";
import { remediesOf } from "../remedies/remedies.ts";
import type { Finding, Result } from "../result/result.ts";
import { withFindings } from "./with-findings.ts";

/**
 * The results with a finding each where the addresses of a name do not fare alike, and where a name fails at an
 * address that works when it is asked for itself.
 */
export const withNameFindings = (results: readonly Result[]): readonly Result[] => {
  const ofName = groupedBy(results, ({ target }) => `${target.host.toLowerCase()} ${target.port}`);
  const ofAddress = groupedBy(results, ({ target }) => `${target.address} ${target.port}`);
  return results.map((result) => {
    const { host, address, port } = result.target;
    const found = [
      unlike(result, ofName.get(`${host.toLowerCase()} ${port}`) ?? []),
      byNameAlone(result, ofAddress.get(`${address} ${port}`) ?? []),
    ]
      .filter((finding) => finding !== null)
      .map(explained);
    return withFindings(isOk(result) ? result : causedFirstBy(result, found), found);
  });
};

/** That another address of the name, or the address itself, works says more than what any failing server could have. */
const causedFirstBy = (result: Result, found: readonly Finding[]): Result => {
  const { verdict, remedies, target } = result;
  const first = found.flatMap(({ causes = [] }) => causes.slice(0, 1));
  if (first.length === 0) return result;
  const codes = new Set(first.map(({ code }) => code));
  const causes = [...first, ...verdict.causes.filter(({ code }) => !codes.has(code))];
  const told = remediesOf(remediesOfCauses(first), target);
  const ids = new Set(told.map(({ id }) => id));
  return {
    ...result,
    verdict: { ...verdict, causes },
    remedies: [...told, ...remedies.filter(({ id }) => !ids.has(id))],
  };
};

/** Works: what is found beside the verdict does not keep a client out. */
const isOk = ({ verdict }: Result): boolean => verdict.severity === "ok";

const unlike = ({ target }: Result, siblings: readonly Result[]): Finding | null => {
  const good = siblings.filter(isOk).map(addressOf);
  const bad = siblings.filter((sibling) => !isOk(sibling));
  if (good.length === 0 || bad.length === 0) return null;
  const failing = bad.map((sibling) => `${addressOf(sibling)} (${sibling.verdict.code})`).join(", ");
  return {
    code: "addresses-differ",
    severity: "warning",
    stage: "dns",
    summary: `${target.host} works at ${good.join(", ")} and fails at ${failing}: a client that takes the first address meets either`,
    evidence: { works: good.join(", "), fails: bad.map(addressOf).join(", ") },
    remedies: ["check-name"],
  };
};

const addressOf = ({ target }: Result): string => target.address ?? "no address";

const isByName = ({ target }: Result): boolean => target.address !== null && target.host !== target.address;

const byNameAlone = (result: Result, same: readonly Result[]): Finding | null => {
  const works = same.some((other) => !isByName(other) && other.target.address !== null && isOk(other));
  if (!isByName(result) || isOk(result) || !works) return null;
  const { host, address } = result.target;
  return {
    code: "works-by-address-fails-by-name",
    severity: "warning",
    stage: result.verdict.stage,
    summary: `works by address, fails by name: ${address} asked for itself is answered, as ${host} it is not`,
    evidence: { address, host },
    remedies: ["check-front-device"],
  };
};
