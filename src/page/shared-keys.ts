/** Keys that several hosts have, in one certificate or in several: clones and copied files look so. */
import { button, counted, el } from "./dom.ts";
import { byKey } from "./filters.ts";
import type { Scan } from "./scan.ts";
import type { Filter } from "./view.ts";

const SHOWN = 12;
const HOSTS = 6;

/** @param show shows the hosts of a filter. */
export const sharedKeys = (scan: Scan, show: (filter: Filter) => void): HTMLElement | null => {
  const shared = sharedOf(scan);
  if (shared.length === 0) return null;
  const hosts = shared.reduce((sum, { rows }) => sum + rows.length, 0);
  return el(
    "section",
    { id: "shared", "aria-labelledby": "shared-title" },
    el("h2", { id: "shared-title" }, "One key on several hosts"),
    el(
      "p",
      { class: "about" },
      `${counted(shared.length, "key")} at ${counted(hosts, scan.noun)}. Who takes the key from one can stand for all of them: cloned machines and copied files look so. A farm behind one name may share one on purpose; clones of Windows are made anew with Sysprep /generalize, since logon between them may fail.`,
    ),
    el(
      "ul",
      { class: "shared card" },
      ...shared.slice(0, SHOWN).map(({ key, certificates, rows }) => {
        const certificate = scan.certificate(key);
        const subject = certificate?.subject ?? "no subject";
        const names = rows.slice(0, HOSTS).map((row) => scan.name(row));
        return el(
          "li",
          {},
          el(
            "span",
            { class: "what" },
            subject,
            certificates === 1
              ? el("code", {}, ` ${certificate?.sha256?.slice(0, 16) ?? ""}`)
              : ` and ${counted(certificates - 1, "other certificate")}`,
          ),
          el("span", { class: "note" }, `${names.join(", ")}${rows.length > HOSTS ? ", ..." : ""}`),
          button(
            { class: "hosts", "aria-label": `Show ${counted(rows.length, scan.noun)} with ${subject}` },
            () => show(byKey(scan, key, `key of ${subject}`)),
            counted(rows.length, scan.noun),
          ),
        );
      }),
    ),
    shared.length > SHOWN ? el("p", { class: "about" }, `${counted(shared.length - SHOWN, "more")}.`) : null,
  );
};

interface Shared {
  readonly key: number;
  /** How many have this key. */
  readonly certificates: number;
  readonly rows: readonly number[];
}

/** Two ports of one address are one host. */
const sharedOf = (scan: Scan): readonly Shared[] => {
  const rows = new Map<number, number[]>();
  for (let row = 0; row < scan.count; row += 1) {
    const key = scan.keyPlace(row);
    if (key < 0 || !scan.hasSha256(key)) continue;
    const others = rows.get(key);
    if (others === undefined) rows.set(key, [row]);
    else others.push(row);
  }
  const addressOf = (row: number): string => scan.text("address", row) ?? scan.host(row);
  return [...rows]
    .filter(([, all]) => all.some((row) => addressOf(row) !== addressOf(all[0] ?? 0)))
    .map(([key, all]) => ({
      key,
      certificates: new Set(all.map((row) => scan.certificatePlace(row))).size,
      rows: all,
    }))
    .sort((a, b) => b.rows.length - a.rows.length);
};
