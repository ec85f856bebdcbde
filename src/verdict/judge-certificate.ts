/** Rules for the leaf certificate's validity. */
import type { CertificateFacts } from "../x509/certificate-facts.ts";
import { type Ruling, ruling } from "./ruling.ts";

export const DAY_MS = 86_400_000;

/**
 * Days from `from` to `to` in whole tenths, negative when `to` is past. Rounded down: whoever then takes the whole
 * days gets those that are full, and what ended a minute ago has no day left.
 */
export const daysBetween = (from: Date, to: Date): number =>
  Math.floor((to.getTime() - from.getTime()) / (DAY_MS / 10)) / 10;

/**
 * The whole days in `daysLeft` (of `daysBetween`): those that are left, or, negative, those since the end; -1 from the
 * moment when it is over. This is the one rounding of days: 27.1 days after the end it is -27 everywhere.
 */
export const wholeDays = (daysLeft: number): number =>
  daysLeft < 0 ? Math.min(-1, Math.trunc(daysLeft)) : Math.floor(daysLeft);

/** `12 days left`, `expired 27 days ago`. */
export const daysLeftText = (daysLeft: number): string =>
  daysLeft < 0 ? `expired ${agoText(daysLeft)}` : `${counted(wholeDays(daysLeft))} left`;

const agoText = (daysLeft: number): string =>
  daysLeft > -1 ? "less than a day ago" : `${counted(-wholeDays(daysLeft))} ago`;

const counted = (days: number): string => `${days} day${days === 1 ? "" : "s"}`;

/** The ruling on a certificate that is not valid at `now`, or null. */
export const judgeCertificate = (leaf: CertificateFacts | null, now: Date): Ruling | null => {
  if (leaf === null) return null;
  const { notBefore, notAfter } = leaf;
  if (notAfter !== null && notAfter < now) {
    return ruling("certificate-expired", "certificate", `the certificate expired ${ago(now, notAfter)}`, {
      evidence: { notAfter: notAfter.toISOString() },
    });
  }
  if (notBefore !== null && notBefore > now) {
    return ruling(
      "certificate-not-yet-valid",
      "certificate",
      `the certificate is valid only from ${notBefore.toISOString().slice(0, 16).replace("T", " ")} UTC on`,
      { evidence: { notBefore: notBefore.toISOString() } },
    );
  }
  return null;
};

const ago = (now: Date, then: Date): string =>
  `${agoText(daysBetween(now, then))} (${then.toISOString().slice(0, 10)})`;
