/** Scenarios of CredSSP: what a server that requires NLA makes of the NEGOTIATE. */
import { MS_KERBEROS, NEGOEX } from "../credssp/spnego.ts";
import {
  answerNothing,
  BROKEN_PAIRS,
  challenge,
  challengeSpnegoOnly,
  chooseMechanism,
  LAB_NAMES,
  refuseCredSsp,
  rejectCredSsp,
} from "./credssp-steps.ts";
import type { Scenario } from "./scenario.ts";
import { type Step, startTls, stayOpen } from "./steps.ts";
import { nlaRequired } from "./usual-steps.ts";

const STATUS_NTLM_BLOCKED = 0xc0000418;
const HALF_AN_HOUR_MS = 30 * 60_000;

const credSsp = (
  id: string,
  title: string,
  step: Step,
  verdict: Pick<Scenario, "verdict" | "stage"> = { verdict: "nla-required", stage: "negotiation" },
): Scenario => ({
  id,
  title,
  ...verdict,
  identity: "rsa-2048",
  behaviour: [nlaRequired, startTls(), step, stayOpen],
});

export const CREDSSP_SCENARIOS: readonly Scenario[] = [
  credSsp("credssp-refused", "requires NLA and refuses NTLM by policy", refuseCredSsp(STATUS_NTLM_BLOCKED), {
    verdict: "credssp-refused",
    stage: "credssp",
  }),
  credSsp(
    "credssp-spnego-only",
    "requires NLA and refuses NTLM that is not wrapped in SPNEGO",
    challengeSpnegoOnly(STATUS_NTLM_BLOCKED),
  ),
  ...[2, 3, 4].map((version) =>
    credSsp(
      `credssp-version-${version}`,
      `requires NLA with CredSSP version ${version}, as before the fix of CVE-2018-0886`,
      challenge({ version }),
      { verdict: "credssp-version-refused", stage: "credssp" },
    ),
  ),
  credSsp("credssp-spnego-reject", "requires NLA and rejects NTLM in SPNEGO's words", rejectCredSsp, {
    verdict: "credssp-refused",
    stage: "credssp",
  }),
  credSsp(
    "credssp-kerberos-only",
    "requires NLA and chooses Kerberos, without an NTLM challenge",
    chooseMechanism(MS_KERBEROS),
  ),
  credSsp(
    "credssp-other-mechanism",
    "requires NLA and chooses NEGOEX, which rdprobe does not read",
    chooseMechanism(NEGOEX),
    { verdict: "inconclusive", stage: "credssp" },
  ),
  credSsp(
    "credssp-empty",
    "requires NLA and answers CredSSP with neither a token nor an error",
    answerNothing,
    {
      verdict: "malformed",
      stage: "credssp",
    },
  ),
  credSsp(
    "credssp-broken-pairs",
    "requires NLA; some parts of its NTLM challenge cannot be read",
    challenge({ pairsInFront: BROKEN_PAIRS }),
  ),
  credSsp(
    "clock-ahead",
    "requires NLA; its clock is half an hour ahead",
    challenge({ clockAheadMs: HALF_AN_HOUR_MS }),
  ),
  credSsp(
    "renamed-computer",
    "requires NLA; the certificate still has the computer's former name",
    challenge({ names: { ...LAB_NAMES, computer: "NEWNAME" } }),
  ),
];
