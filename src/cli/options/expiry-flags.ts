/** When the end of a certificate's validity is near: the same options wherever certificates are judged. */
import { Option } from "commander";
import { parseDays } from "../../targets/grammar/days.ts";
import { DEFAULT_EXPIRY, type ExpiryThresholds } from "../../verdict/findings/certificate-findings.ts";
import { accepted } from "../words/usage-error.ts";

export interface ExpiryFlags {
  readonly expiryWarning: string;
  readonly expiryCritical: string;
}

export const expiryWarningOption = (): Option =>
  new Option("--expiry-warning <days>", "days before expiry that count as a warning").default(
    String(DEFAULT_EXPIRY.warningDays),
  );

export const expiryCriticalOption = (): Option =>
  new Option("--expiry-critical <days>", "days before expiry that count as critical").default(
    String(DEFAULT_EXPIRY.criticalDays),
  );

/** @throws UsageError that names the option. */
export const expiryOf = ({ expiryWarning, expiryCritical }: ExpiryFlags): ExpiryThresholds => ({
  warningDays: accepted("--expiry-warning", parseDays(expiryWarning)),
  criticalDays: accepted("--expiry-critical", parseDays(expiryCritical)),
});
