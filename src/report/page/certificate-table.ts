/** The certificates of a scan, each once: several hosts may have the same. */
import { entriesAt } from "../../audit/json-parts.ts";
import type { CertificateRow, ResultRow } from "../../audit/result-row.ts";
import { looksMadeByWindows } from "../../verdict/server/windows-certificate.ts";
import type { CertificateColumns } from "./page-data.ts";
import { GrowingTextColumn } from "./text-columns.ts";

export class CertificateTable {
  readonly #places = new Map<string, number>();
  readonly #subject = new GrowingTextColumn();
  readonly #issuer = new GrowingTextColumn();
  readonly #key = new GrowingTextColumn();
  readonly #signature = new GrowingTextColumn();
  readonly #notBefore: (number | null)[] = [];
  readonly #notAfter: (number | null)[] = [];
  readonly #byWindows: (0 | 1)[] = [];
  readonly #keys = new Map<string, number>();
  readonly #sameKey: number[] = [];
  readonly #sha256: (string | null)[] = [];

  /** Its place; -1 for none. */
  add({ certificate, json }: Pick<ResultRow, "certificate" | "json">): number {
    if (certificate === null) return -1;
    const { sha256, keySha256, subject, issuer, key, signature, notBefore, notAfter } = certificate;
    const known = sha256 === null ? undefined : this.#places.get(sha256);
    if (known !== undefined) return known;
    this.#subject.add(subject);
    this.#issuer.add(issuer === subject ? null : issuer);
    this.#key.add(key === null ? null : [key.type, key.curve ?? key.bits ?? ""].join(" ").trimEnd());
    this.#signature.add(signature);
    this.#notBefore.push(secondsOf(notBefore));
    this.#notAfter.push(secondsOf(notAfter));
    const otherNames = entriesAt(json, "certificate", "subjectAltNames") ?? [];
    this.#byWindows.push(isByWindows(certificate, otherNames.length) ? 1 : 0);
    const place = this.#sha256.push(sha256) - 1;
    if (sha256 !== null) this.#places.set(sha256, place);
    const first = this.#keys.get(keySha256 ?? "") ?? place;
    if (keySha256 !== null) this.#keys.set(keySha256, first);
    this.#sameKey.push(first);
    return place;
  }

  columns(): CertificateColumns {
    const order = [...this.#sha256.keys()];
    return {
      subject: this.#subject.inOrder(order),
      issuer: this.#issuer.inOrder(order),
      notBefore: this.#notBefore,
      notAfter: this.#notAfter,
      key: this.#key.inOrder(order),
      signature: this.#signature.inOrder(order),
      byWindows: this.#byWindows,
      sameKey: this.#sameKey.some((first, place) => first !== place) ? this.#sameKey : null,
      sha256: this.#sha256,
    };
  }
}

/** A CSV does not tell the other names: the look without them has to do. */
const isByWindows = ({ subject, selfSigned, notBefore, notAfter }: CertificateRow, names: number): boolean =>
  looksMadeByWindows({
    notBefore: dateOf(notBefore),
    notAfter: dateOf(notAfter),
    selfSigned,
    singleCommonName: /^CN=[^,+]*$/.test(subject ?? ""),
    subjectAltNames: names === 0 ? [] : [String(names)],
  });

const dateOf = (time: string | null): Date | null => {
  const seconds = secondsOf(time);
  return seconds === null ? null : new Date(seconds * 1000);
};

/** Since 1970; null for what is no time. */
export const secondsOf = (time: string | null): number | null => {
  const ms = time === null ? Number.NaN : Date.parse(time);
  return Number.isNaN(ms) ? null : Math.round(ms / 1000);
};
