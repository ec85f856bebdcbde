/**
 * Keys that several hosts of one scan have: cloned machines and copied certificates look so. Rows are written before
 * the next host is known, so it stands at the end, and what is kept has a bound whatever the scan's size.
 */
import type { Result } from "../../verdict/result/result.ts";
import { safeText } from "../safe/safe-text.ts";

/** Hosts that are looked at: 25 MB at the most. */
const MOST_KEPT = 65_536;

/** Hosts of one key that are counted, and those that are named. */
const MOST_HOSTS = 1024;
const NAMED_HOSTS = 3;
const SHOWN_KEYS = 3;

interface Holders {
  /** Of the certificate that was seen first. */
  readonly subject: string | null;
  readonly isSelfSigned: boolean;
  /** Windows makes a key of its own for each machine: a clone. */
  readonly isClone: boolean;
  /** Addresses, names and what computers call themselves: who has one of them is no other machine. */
  readonly first: readonly string[];
  /** The same of all; null while there is one host, as with most keys. */
  readonly known: Set<string> | null;
  readonly host: string;
  readonly others: readonly string[];
  readonly count: number;
}

const MAY_BE_WINDOWS: ReadonlySet<string | undefined> = new Set(["windows", "unknown", undefined]);

const NONE: readonly string[] = [];

export class SharedKeys {
  readonly #keys = new Map<string, Holders>();
  #kept = 0;

  add({
    target,
    certificate,
    ntlm,
    server,
  }: Pick<Result, "target" | "certificate" | "ntlm" | "server">): void {
    const key = certificate?.keySha256 ?? null;
    if (certificate === null || key === null) return;
    const holders = this.#keys.get(key);
    const computer = ntlm?.dnsComputer ?? ntlm?.netbiosComputer ?? null;
    const words = [target.address ?? target.host, target.host, ...(computer === null ? [] : [computer])].map(
      (word) => short(word).toLowerCase(),
    );
    if (this.#kept >= MOST_KEPT || (holders?.count ?? 0) >= MOST_HOSTS) return;
    if (holders === undefined) {
      const { selfSigned } = certificate;
      const subject = certificate.subject === null ? null : short(certificate.subject);
      const isSelfSigned = selfSigned === true;
      const isClone = isSelfSigned && MAY_BE_WINDOWS.has(server?.implementation);
      const first = [...new Set(words)];
      const { host } = target;
      this.#keys.set(key, {
        subject,
        isSelfSigned,
        isClone,
        first,
        known: null,
        host,
        others: NONE,
        count: 1,
      });
      this.#kept += 1;
      return;
    }
    const known = holders.known ?? new Set(holders.first);
    if (words.some((word) => known.has(word))) return;
    for (const word of words) known.add(word);
    const others = [...holders.others, target.host].slice(0, NAMED_HOSTS - 1);
    this.#keys.set(key, { ...holders, known, others, count: holders.count + 1 });
    this.#kept += 1;
  }

  /** Whole lines, the first without an indent; none where every host has a key of its own. */
  lines(): readonly string[] {
    const shared = [...this.#keys.values()]
      .filter(({ count }) => count > 1)
      .toSorted((a, b) => b.count - a.count);
    if (shared.length === 0) return [];
    const isClones = shared.some(({ isClone }) => isClone);
    const rest = shared.length - SHOWN_KEYS;
    return [
      "the same certificate key at several hosts:",
      ...shared.slice(0, SHOWN_KEYS).map((one) => `  ${holdersText(one)}`),
      ...(this.#kept < MOST_KEPT ? [] : [`  of the first ${MOST_KEPT.toLocaleString("en-US")} hosts`]),
      ...(rest > 0 ? [`  and ${rest.toLocaleString("en-US")} more keys`] : []),
      isClones
        ? "  cloned machines look so, and logon between them may fail: rdprobe explain cloned-machine"
        : "  who takes it from one host can stand for all: give each its own, unless they are one farm",
    ];
  }
}

const LONGEST = 100;

/** A peer's text without its end, and without holding on to the whole. */
const short = (text: string): string =>
  text.length <= LONGEST ? text : [...text.slice(0, LONGEST)].join("");

/** Such a number is never passed: who has more hosts than are counted has at least so many. */
const holdersText = ({ subject, isSelfSigned, host: first, others, count }: Holders): string => {
  const named = [first, ...others];
  const rest = count - named.length;
  const many = `${rest.toLocaleString("en-US")}${count >= MOST_HOSTS ? " or more" : ""}`;
  const hosts = named.map((host) => safeText(host)).join(", ");
  const name = safeText(subject ?? "no subject");
  return `${name}${isSelfSigned ? " (self-signed)" : ""}: ${hosts}${rest > 0 ? ` and ${many} others` : ""}`;
};
