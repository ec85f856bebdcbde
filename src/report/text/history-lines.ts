/** What a history says, as text: anybody may have written the rows, and nothing of them acts on a terminal. */
import { CHANGE_KINDS } from "../../audit/change-kinds.ts";
import type { ResultRow } from "../../audit/result-row.ts";
import { endpointText } from "../../targets/plan/target-list.ts";
import { daysBetween, daysLeftText } from "../../verdict/days-left.ts";
import { escapeUnsafe } from "../safe/safe-text.ts";
import { borderless } from "../table/borderless.ts";
import { thousands } from "../table/scan-tally.ts";

interface Place {
  readonly host: string;
  readonly address: string | null;
  readonly port: number;
}

interface SeenPlace extends Place {
  readonly firstAt: string;
  readonly probes: number;
  readonly last: ResultRow;
}

interface Change extends Place {
  readonly at: string;
  readonly kind: string;
  readonly old: string | null;
  readonly new: string | null;
}

/** A place each, with its changes, oldest first. */
export const historyText = (
  asked: string,
  { places, changes }: { readonly places: readonly SeenPlace[]; readonly changes: readonly Change[] },
): string => {
  if (places.length === 0) return `the history has no ${escapeUnsafe(asked)}\n`;
  return places
    .map((place) => {
      const own = changes.filter((change) => placeText(change) === placeText(place));
      return [
        `${placeText(place)}: seen ${thousands(place.probes)} times since ${day(place.firstAt)}`,
        ...own.map((change) => `  ${minute(change.at)}  ${changeText(change)}`),
        `  ${minute(place.last.startedAt ?? "")}  last seen: ${lastText(place.last)}`,
        "",
      ].join("\n");
    })
    .join("\n");
};

const placeText = ({ host, address, port }: Place): string =>
  escapeUnsafe(endpointText(host, port) + (address === null || address === host ? "" : ` (${address})`));

const day = (at: string): string => at.slice(0, 10);

const minute = (at: string): string => at.slice(0, 16).replace("T", " ");

const changeText = ({ kind, old, new: now }: Change): string => {
  const known = Object.entries(CHANGE_KINDS).find(([id]) => id === kind)?.[1];
  return escapeUnsafe(`${known?.text ?? kind}: ${old ?? "-"} -> ${now ?? "-"}`);
};

const lastText = ({ verdict, nla, tlsVersion, certificate }: ResultRow): string =>
  [
    escapeUnsafe(verdict),
    ...(nla === "unknown" ? [] : [`NLA ${nla}`]),
    ...(tlsVersion === null ? [] : [`TLS ${escapeUnsafe(tlsVersion)}`]),
    ...(certificate?.notAfter == null ? [] : [`certificate to ${day(certificate.notAfter)}`]),
  ].join(", ");

interface Due extends Place {
  readonly notAfter: string;
  readonly subject: string | null;
  readonly selfSigned: boolean | null;
  readonly renewals: number;
  readonly lastLeadDays: number | null;
}

/** A row each, the first to end first. */
export const dueText = (due: readonly Due[], now: Date): string =>
  due.length === 0
    ? "no certificate ends\n"
    : borderless(
        ["TARGET", "ENDS", "LEFT", "RENEWAL", "SUBJECT"],
        due.map((one) => {
          const left = daysBetween(now, new Date(one.notAfter));
          return [
            placeText(one),
            day(one.notAfter),
            daysLeftText(left),
            renewalText(one, left),
            escapeUnsafe(one.subject ?? "-"),
          ];
        }),
      );

/** By its own past: days before its end at which it was renewed the last time. */
const renewalText = ({ renewals, lastLeadDays, selfSigned }: Due, left: number): string => {
  if (renewals === 0) return selfSigned === true ? "not seen yet, self-signed" : "not seen yet";
  const times = renewals === 1 ? "renewed once" : `renewed ${renewals} times`;
  if (lastLeadDays === null) return times;
  const lead = Math.max(0, Math.round(lastLeadDays));
  return left < lastLeadDays - LATE_DAYS
    ? `${times}, is late: was ${lead} days before its end`
    : `${times}, ${lead} days before its end`;
};

/** A scan a day sees a renewal up to a day late. */
const LATE_DAYS = 2;
