/** What a module may ask of a server beyond an answer, by the names that `rdprobe check` has for it. */
import { isProbeSuccess } from "../report/probe-metrics.ts";
import type { Result } from "../verdict/result.ts";

type Holds = (result: Result) => boolean;

const hasTls =
  (...versions: readonly string[]): Holds =>
  ({ tls }) =>
    tls !== null && tls.version !== null && (versions.length === 0 || versions.includes(tls.version));

/** What must be seen: what the probe could not tell does not hold. */
export const REQUIREMENTS = {
  nla: ({ security }) => security.nla === "required",
  tls: hasTls(),
  "tls1.2": hasTls("1.2", "1.3"),
  "tls1.3": hasTls("1.3"),
} as const satisfies Readonly<Record<string, Holds>>;

/** What must not be seen: true where it was. */
export const PROHIBITIONS = {
  "standard-security": ({ verdict, security }) =>
    verdict.code === "standard-security-only" || security.rdp === "accepted",
  "tls1.0": hasTls("ssl3", "1.0"),
  "tls1.1": hasTls("1.1"),
  "self-signed": ({ certificate }) => certificate?.selfSigned === true,
  sha1: ({ certificate }) => /sha1/i.test(certificate?.signature ?? ""),
} as const satisfies Readonly<Record<string, Holds>>;

export type RequirementId = keyof typeof REQUIREMENTS;
export type ProhibitionId = keyof typeof PROHIBITIONS;

/** What a module makes of a result. */
export interface Demands {
  readonly require: readonly RequirementId[];
  readonly forbid: readonly ProhibitionId[];
  /** Whether a certificate that is out of date fails the probe. */
  readonly failOnExpired: boolean;
}

/** One demand of a module: `nla`, or `no-sha1` for what is forbidden. */
export interface DemandOutcome {
  readonly demand: string;
  readonly isMet: boolean;
}

/** Every demand of a module, met or not. */
export const demandOutcomes = (
  result: Result,
  { require, forbid, failOnExpired }: Demands,
): readonly DemandOutcome[] => [
  ...require.map((id) => ({ demand: id, isMet: REQUIREMENTS[id](result) })),
  ...forbid.map((id) => ({ demand: `no-${id}`, isMet: !PROHIBITIONS[id](result) })),
  ...(failOnExpired
    ? [{ demand: "certificate-in-date", isMet: result.verdict.stage !== "certificate" }]
    : []),
];

/** Whether the probe succeeded and met every demand. */
export const isSuccessFor = (result: Result, demands: Demands): boolean =>
  isProbeSuccess(result) && demandOutcomes(result, demands).every(({ isMet }) => isMet);
