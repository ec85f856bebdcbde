/** Certificates that several hosts show: one key on several machines, as clones and copied files have. */
import { button, counted, el } from "./dom.ts";
import { byCertificate } from "./filters.ts";
import type { Scan } from "./scan.ts";
import type { Filter } from "./view.ts";

const SHOWN = 12;
const HOSTS = 6;

/** @param show shows the hosts of a filter. */
export const sharedCertificates = (scan: Scan, show: (filter: Filter) => void): HTMLElement | null => {
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
      `${counted(shared.length, "certificate")} at ${counted(hosts, "host")}. Who takes the key from one can stand for all of them: cloned machines and copied files look so. A farm behind one name may share one on purpose.`,
    ),
    el(
      "ul",
      { class: "shared card" },
      ...shared.slice(0, SHOWN).map(({ place, rows }) => {
        const certificate = scan.certificate(place);
        const subject = certificate?.subject ?? "no subject";
        const names = rows.slice(0, HOSTS).map((row) => scan.place(row));
        return el(
          "li",
          {},
          el(
            "span",
            { class: "what" },
            subject,
            el("code", {}, ` ${certificate?.sha256?.slice(0, 16) ?? ""}`),
          ),
          el("span", { class: "note" }, `${names.join(", ")}${rows.length > HOSTS ? ", ..." : ""}`),
          button(
            { class: "hosts", "aria-label": `Show ${counted(rows.length, "host")} with ${subject}` },
            () => show(byCertificate(scan, place, `certificate ${subject}`)),
            counted(rows.length, "host"),
          ),
        );
      }),
    ),
    shared.length > SHOWN ? el("p", { class: "about" }, `${counted(shared.length - SHOWN, "more")}.`) : null,
  );
};

interface Shared {
  readonly place: number;
  readonly rows: readonly number[];
}

/** Two ports of one address are one host. */
const sharedOf = (scan: Scan): readonly Shared[] => {
  const rows = new Map<number, number[]>();
  for (let row = 0; row < scan.count; row += 1) {
    const place = scan.certificatePlace(row);
    if (place < 0 || scan.data.certificates.sha256[place] === null) continue;
    const others = rows.get(place);
    if (others === undefined) rows.set(place, [row]);
    else others.push(row);
  }
  const addressOf = (row: number): string => scan.text("address", row) ?? scan.host(row);
  return [...rows]
    .filter(([, all]) => all.some((row) => addressOf(row) !== addressOf(all[0] ?? 0)))
    .map(([place, all]) => ({ place, rows: all }))
    .sort((a, b) => b.rows.length - a.rows.length);
};
