/**
 * The differential: a server that does not take the reference client's hello is asked again with other
 * hellos, one difference at a time, until the reason is certain (facts 3.3). At most six connections.
 */
import type { ClientProfile } from "../../tls/profiles/client-profile.ts";
import { EXTENSION, extensionData } from "../../tls/wire/extension.ts";
import {
  EVERYTHING_PROFILE,
  SHORT_ANSWER_PROFILE,
  SMALL_PROFILE,
  TLS10_PROFILE,
  TLS12_PROFILE,
  withEverySignature,
  withoutName,
  withoutSuites,
} from "../../tls/profiles/probe-profiles.ts";
import type { ConnectionFacts } from "../facts/connection-facts.ts";
import { type HelloOutcome, helloOutcome } from "../facts/hello-outcome.ts";
import type { HelloPlan } from "./hello-plan.ts";
import { hasArrived, helloOfSize, nextSize, type SizePurpose } from "./path-size-plan.ts";

/** What a connection of the differential changes, against the reference client's hello. */
export type DifferentialPurpose =
  | "again"
  | "everything"
  | "everything-else"
  | "signatures"
  | "tls12-alone"
  | "small"
  | "split"
  | "tls10-alone"
  | "short-answer"
  | "without-name"
  | SizePurpose;

/** The outcomes so far, by purpose. */
export type Differential = ReadonlyMap<DifferentialPurpose, ConnectionFacts>;

/** As long as the hello of today's browsers with a hybrid key share would make every middlebox nervous. */
const LONG_HELLO_BYTES = 560;

/** The order of questions after each kind of failure; a question that is answered ends it. */
const QUESTIONS: Readonly<Record<"cut" | "alert" | "silence", readonly DifferentialPurpose[]>> = {
  cut: ["again", "everything", "tls12-alone", "small", "split", "tls10-alone"],
  alert: ["everything", "without-name", "tls12-alone", "tls10-alone"],
  // The size first, and only then what costs a time-out more.
  silence: ["tls12-alone", "small", "short-answer"],
};

const KIND_OF: Partial<Record<HelloOutcome, keyof typeof QUESTIONS>> = {
  rst: "cut",
  fin: "cut",
  alert: "alert",
  timeout: "silence",
};

/** The next question, or null when the answer is certain or nothing is left to ask. */
export const nextQuestion = (
  main: ConnectionFacts,
  soFar: Differential,
  reference: ClientProfile,
): DifferentialPurpose | null => {
  const kind = KIND_OF[helloOutcome(main)];
  if (kind === undefined) return null;
  const answered = [...soFar].find(([, facts]) => helloOutcome(facts) === "answered");
  if (answered !== undefined) return followUp(answered[0], answered[1], main, soFar, reference);
  const questions = QUESTIONS[kind].filter((purpose) => purpose !== "without-name" || sendsName(main));
  const next = questions.find((purpose) => !soFar.has(purpose));
  if (next !== undefined) return next;
  const short = soFar.get("short-answer");
  return short !== undefined && hasArrived(short) ? nextSize(soFar) : null;
};

/** Whether the hello that failed told the server's name (RFC 6066 3): one to an address does not. */
const sendsName = ({ tls }: ConnectionFacts): boolean =>
  extensionData(tls?.offered?.extensions ?? null, EXTENSION.serverName) !== null;

/** What else is to be known once a hello was answered. */
const followUp = (
  purpose: DifferentialPurpose,
  facts: ConnectionFacts,
  main: ConnectionFacts,
  soFar: Differential,
  reference: ClientProfile,
): DifferentialPurpose | null => {
  // The small hello is the first one without a name: was it the length, or the name?
  if (purpose === "small") return sendsName(main) && !soFar.has("without-name") ? "without-name" : null;
  if (purpose !== "everything") return null;
  const next = isWithinOffer(facts, reference) ? "signatures" : "everything-else";
  return soFar.has(next) ? null : next;
};

/** Whether version, suite and group that a server chose are all in the client's own offer. */
export const isWithinOffer = ({ tls }: ConnectionFacts, reference: ClientProfile): boolean => {
  const { version, cipher, groupCode } = tls ?? { version: null, cipher: null, groupCode: null };
  return (
    version !== null &&
    cipher !== null &&
    version.code >= reference.minVersion &&
    version.code <= reference.maxVersion &&
    reference.cipherSuites.includes(cipher.code) &&
    (groupCode === null || reference.groups.includes(groupCode))
  );
};

/** The hello that asks a question. */
export const helloOfQuestion = (
  purpose: DifferentialPurpose,
  soFar: Differential,
  reference: ClientProfile,
): HelloPlan => {
  const plain = { minSizeBytes: 0, split: false };
  switch (purpose) {
    case "again":
      return { ...plain, profile: reference };
    case "everything":
      return { ...plain, profile: EVERYTHING_PROFILE };
    case "everything-else": {
      const chosen = soFar.get("everything")?.tls?.cipher?.code;
      return {
        ...plain,
        profile: withoutSuites(EVERYTHING_PROFILE, new Set(chosen === undefined ? [] : [chosen])),
      };
    }
    case "signatures":
      return { ...plain, profile: withEverySignature(reference) };
    // As long as the ones that failed: when it is answered, their length was not the reason.
    case "tls12-alone":
      return { profile: TLS12_PROFILE, minSizeBytes: LONG_HELLO_BYTES, split: false };
    case "small":
      return { ...plain, profile: SMALL_PROFILE };
    case "split":
      return { ...plain, profile: reference, split: true };
    case "tls10-alone":
      return { ...plain, profile: TLS10_PROFILE };
    case "short-answer":
      return { ...plain, profile: SHORT_ANSWER_PROFILE };
    case "without-name":
      return { ...plain, profile: withoutName(reference) };
    default:
      return helloOfSize(purpose);
  }
};
