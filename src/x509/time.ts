/** UTCTime and GeneralizedTime ([RFC 5280] 4.1.2.5, [X.680] 46 and 47). */
import { DER_TAG, type DerElement } from "../bytes/der.ts";
import { hasTag, textOf, UnreadableField } from "./field.ts";

const UTC_TIME_TEXT = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?()(?:Z|([+-])(\d\d)(\d\d))$/;
const GENERALIZED_TIME_TEXT =
  /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d)(\d\d))?$/;

/** A moment, to the millisecond. @throws UnreadableField when it is none. */
export const readTime = (element: DerElement): Date => {
  const text = textOf(element, "Time");
  if (hasTag(element, DER_TAG.utcTime)) return moment(UTC_TIME_TEXT.exec(text), centuryOf);
  if (hasTag(element, DER_TAG.generalizedTime)) return moment(GENERALIZED_TIME_TEXT.exec(text), () => 0);
  throw new UnreadableField("neither a UTCTime nor a GeneralizedTime");
};

const moment = (match: RegExpExecArray | null, century: (year: number) => number): Date => {
  if (match === null) throw new UnreadableField("not a time");
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const local = new Date(0);
  local.setUTCFullYear(century(year) + year, month - 1, day);
  const isOnTheCalendar = local.getUTCMonth() === month - 1 && local.getUTCDate() === day;
  if (!isOnTheCalendar || hour > 23 || minute > 59 || second > 59) {
    throw new UnreadableField("not on the calendar");
  }
  local.setUTCHours(hour, minute, second, milliseconds(match[7] ?? ""));
  return new Date(local.getTime() - offsetMs(match[8], match[9], match[10]));
};

/** [RFC 5280] 4.1.2.5.1: 50 to 99 are of the last century. */
const centuryOf = (year: number): number => (year >= 50 ? 1900 : 2000);

const milliseconds = (fraction: string): number => Number(fraction.padEnd(3, "0").slice(0, 3));

const offsetMs = (sign = "+", hours = "0", minutes = "0"): number =>
  (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
