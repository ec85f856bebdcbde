/** The order of the rows of a table that is printed whole. */
import ipaddr from "ipaddr.js";
import type { Result } from "../../verdict/result/result.ts";
import { severityRank } from "../../verdict/severity.ts";

/** By what rows are sorted; the target comes second, always. */
export const SORTS = ["severity", "target", "days"] as const;

export type Sort = (typeof SORTS)[number];

type Compare = (a: Result, b: Result) => number;

/** Of names with numbers in them. */
export const NAMES = new Intl.Collator("en", { numeric: true });

/** The results in a new list: the worst, the lowest target or the fewest days left first. */
export const sortedResults = (results: readonly Result[], by: Sort): readonly Result[] => {
  const places = new Map(results.map((result) => [result, placeKey(result)]));
  const byTarget: Compare = (a, b) =>
    NAMES.compare(places.get(a) ?? "", places.get(b) ?? "") || a.target.port - b.target.port;
  const compare = { severity: bySeverity, target: () => 0, days: byDays }[by];
  return results.toSorted((a, b) => compare(a, b) || byTarget(a, b));
};

const bySeverity: Compare = (a, b) => severityRank(b.severity) - severityRank(a.severity);

/** What shows no certificate stands last. */
const byDays: Compare = (a, b) => daysOf(a) - daysOf(b);

const daysOf = ({ certificate }: Result): number => certificate?.daysLeft ?? Number.MAX_SAFE_INTEGER;

/** Addresses by their number, IPv4 before IPv6, and names behind them. */
const placeKey = ({ target }: Result): string => placeOrder(target);

/** A text by which places are in order, with numbers in it compared as numbers. */
export const placeOrder = ({
  host,
  address,
}: {
  readonly host: string;
  readonly address: string | null;
}): string => {
  const at = address === null ? "" : addressKey(address);
  return addressKey(host) === "" ? `n${host} ${at}` : at;
};

const addressKey = (text: string): string =>
  ipaddr.isValid(text)
    ? `${ipaddr.parse(text).kind() === "ipv4" ? "4" : "6"}:${ipaddr
        .parse(text)
        .toByteArray()
        .map((byte) => String(byte).padStart(3, "0"))
        .join(".")}`
    : "";
