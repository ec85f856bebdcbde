/** What fits the server that answers: no cause and no remedy of another program's. */

import { remedyRow } from "../remedies/remedies.ts";
import { platformOf, type RemedyPlatform } from "../remedies/remedy.ts";
import type { Cause, Finding } from "../result/result.ts";
import { foundationOf, isWindowsProgram, type ServerImplementation } from "./implementations.ts";
import type { ServerReport } from "./who-answers.ts";

/** Causes that only Windows can have: its keys, its listener, its registry. */
const OF_WINDOWS: ReadonlySet<string> = new Set([
  "private-key-unreadable",
  "certificate-renewal-fails",
  "certificate-not-created",
  "bound-certificate-key-unreadable",
  "bound-thumbprint-gone",
  "template-enrolment-fails",
  "half-renewed-certificate",
  "tls13-intolerant",
  "credssp-unpatched-server",
  "connection-throttling",
  "old-server",
  "key-services-off",
  "public-profile",
  "tls-policy-leaves-nothing",
]);

/** Findings that say something of Windows alone: its own certificate, and the name that it was made for. */
const WINDOWS_FINDINGS: ReadonlySet<string> = new Set([
  "windows-certificate-not-renewed",
  "certificate-not-for-this-computer",
  "certificate-fell-back",
]);

/** Causes of one program alone begin with its name. */
const PROGRAM_PREFIXES = {
  "xrdp-": "xrdp",
  "gnome-": "gnome-remote-desktop",
  "weston-": "weston",
  "freerdp-": "freerdp",
} as const satisfies Readonly<Record<string, ServerImplementation>>;

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

/** Whether the server can have the finding at all. */
export const isFindingFitting = ({ code }: Finding, server: Known): boolean => {
  const implementation = knownOf(server);
  return implementation === null || isWindowsProgram(implementation) || !WINDOWS_FINDINGS.has(code);
};

/** The program behind the address; null where any could be meant. */
const knownOf = (server: Known): ServerImplementation | null => {
  const implementation = server?.implementation ?? "unknown";
  return implementation === "unknown" || implementation === "load-balancer" ? null : implementation;
};

const isOf = (code: string, server: Known): boolean => {
  const implementation = knownOf(server);
  if (implementation === null) return true;
  if (OF_WINDOWS.has(code)) return isWindowsProgram(implementation);
  const prefix = Object.entries(PROGRAM_PREFIXES).find(([begin]) => code.startsWith(begin));
  return prefix === undefined || mayBe(implementation, prefix[1]);
};

/** A program is itself; one of which only the foundation is known may be any that is built on it; and what is built on it shares its causes. */
const mayBe = (implementation: ServerImplementation, program: ServerImplementation): boolean =>
  implementation === program ||
  foundationOf(program) === implementation ||
  foundationOf(implementation) === program;

const isFor = (id: string, server: Known): boolean => {
  const implementation = knownOf(server);
  const row = remedyRow(id);
  if (row === null || implementation === null) return true;
  return isPlatformOf(platformOf(row), implementation);
};

/** Remedies for the foundation are for its programs on Windows alone: elsewhere each has its own settings. */
export const isPlatformOf = (platform: RemedyPlatform, implementation: ServerImplementation): boolean =>
  platform === "any" ||
  platform === implementation ||
  foundationOf(platform) === implementation ||
  (platform === "windows" && isWindowsProgram(implementation));
