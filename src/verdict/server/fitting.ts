/** What fits the server that answers: no cause and no remedy of another program's. */

import { remedyRow } from "../remedies.ts";
import { platformOf } from "../remedy.ts";
import type { Cause, Finding } from "../result.ts";
import type { ServerReport } from "./who-answers.ts";

/** Causes that only Windows can have: its keys, its listener, its registry. */
const OF_WINDOWS: ReadonlySet<string> = new Set([
  "private-key-unreadable",
  "certificate-renewal-fails",
  "certificate-not-created",
  "bound-certificate-key-unreadable",
  "bound-thumbprint-gone",
  "half-renewed-certificate",
  "tls13-intolerant",
  "credssp-unpatched-server",
  "connection-throttling",
  "old-server",
  "key-services-off",
  "listener-not-up",
  "public-profile",
]);

const OF_XRDP = /^xrdp-/;

type Known = Pick<ServerReport, "implementation"> | null;

/** The causes that the server can have, each with the remedies that are for it; all where nobody knows who answers. */
export const causesFitting = (causes: readonly Cause[], server: Known): readonly Cause[] =>
  causes.filter(({ code }) => isOf(code, server)).map((cause) => withFitting(cause, server));

/** The finding with what fits the server alone. */
export const findingFitting = (finding: Finding, server: Known): Finding => ({
  ...finding,
  remedies: remediesFitting(finding.remedies, server),
  ...(finding.causes === undefined ? {} : { causes: causesFitting(finding.causes, server) }),
});

/** The ids of those remedies that are for the server; all where nobody knows who answers. */
export const remediesFitting = <Id extends string>(ids: readonly Id[], server: Known): readonly Id[] =>
  ids.filter((id) => isFor(id, server));

const withFitting = (cause: Cause, server: Known): Cause => ({
  ...cause,
  remedies: remediesFitting(cause.remedies, server),
});

const isOf = (code: string, server: Known): boolean => {
  const implementation = server?.implementation ?? "unknown";
  if (implementation === "unknown") return true;
  if (implementation !== "windows" && OF_WINDOWS.has(code)) return false;
  return implementation === "xrdp" || !OF_XRDP.test(code);
};

const isFor = (id: string, server: Known): boolean => {
  const implementation = server?.implementation ?? "unknown";
  const row = remedyRow(id);
  if (row === null || implementation === "unknown") return true;
  const platform = platformOf(row);
  return platform === "any" || platform === implementation;
};
