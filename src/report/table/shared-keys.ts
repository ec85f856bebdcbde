/**
 * Keys that several hosts of one scan have: cloned machines and copied certificates look so. Rows are written before
 * the next host is known, so it stands at the end, and what is kept has a bound whatever the scan's size.
 */
import type { Result } from "../../verdict/result/result.ts";
import { safeText } from "../safe/safe-text.ts";

/** Keys and hosts that are remembered, together; what comes later is held against those. */
const MOST_KEPT = 131_072;

/** Hosts of one key that are counted, and those that are named. */
const MOST_HOSTS = 1024;
const NAMED_HOSTS = 3;
const SHOWN_KEYS = 3;

interface Holders {
  /** Of the certificate that was seen first. */
  readonly subject: string | null;
  readonly isSelfSigned: boolean;
  /** Addresses, names and what computers call themselves: who has one of them is no other machine. */
  readonly known: Set<string>;
  readonly named: string[];
  count: number;
}

export class SharedKeys {
  readonly #keys = new Map<string, Holders>();
  #kept = 0;

  add({ target, certificate, ntlm }: Pick<Result, "target" | "certificate" | "ntlm">): void {
    const key = certificate?.keySha256 ?? null;
    if (certificate === null || key === null) return;
    const holders = this.#keys.get(key);
    const computer = ntlm?.dnsComputer ?? ntlm?.netbiosComputer ?? null;
    const words = [target.address ?? target.host, target.host, ...(computer === null ? [] : [computer])].map(
      (word) => word.toLowerCase(),
    );
    if (this.#kept >= MOST_KEPT || (holders?.count ?? 0) >= MOST_HOSTS) return;
    if (holders === undefined) {
      const { subject, selfSigned } = certificate;
      const isSelfSigned = selfSigned === true;
      this.#keys.set(key, { subject, isSelfSigned, known: new Set(words), named: [target.host], count: 1 });
      this.#kept += 1;
      return;
    }
    if (words.some((word) => holders.known.has(word))) return;
    for (const word of words) holders.known.add(word);
    holders.count += 1;
    this.#kept += 1;
    if (holders.named.length < NAMED_HOSTS) holders.named.push(target.host);
  }

  /** Whole lines, the first without an indent; none where every host has a key of its own. */
  lines(): readonly string[] {
    const shared = [...this.#keys.values()]
      .filter(({ count }) => count > 1)
      .toSorted((a, b) => b.count - a.count);
    if (shared.length === 0) return [];
    const isClones = shared.some(({ isSelfSigned }) => isSelfSigned);
    const rest = shared.length - SHOWN_KEYS;
    return [
      "the same certificate key at several hosts:",
      ...shared.slice(0, SHOWN_KEYS).map((one) => `  ${holdersText(one)}`),
      ...(rest > 0 ? [`  and ${rest.toLocaleString("en-US")} more keys`] : []),
      isClones
        ? "  cloned machines look so, and logon between them may fail: rdprobe explain cloned-machine"
        : "  who takes it from one host can stand for all: give each its own, unless they are one farm",
    ];
  }
}

/** Such a number is never passed: who has more hosts than are counted has at least so many. */
const holdersText = ({ subject, isSelfSigned, named, count }: Holders): string => {
  const rest = count - named.length;
  const many = `${rest.toLocaleString("en-US")}${count >= MOST_HOSTS ? " or more" : ""}`;
  const hosts = named.map((host) => safeText(host)).join(", ");
  const name = safeText(subject ?? "no subject");
  return `${name}${isSelfSigned ? " (self-signed)" : ""}: ${hosts}${rest > 0 ? ` and ${many} others` : ""}`;
};
