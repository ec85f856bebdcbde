/** CredSSP as the lab's servers speak it: one answer to the client's NTLM NEGOTIATE_MESSAGE. */
import { AV_ID, type AvPair, textAvPair, timestampAvPair } from "../credssp/av-pair.ts";
import { dateToFiletime } from "../credssp/filetime.ts";
import { challengeMessage, encodeChallengeMessage } from "../credssp/ntlm-challenge.ts";
import { ntlmFlags } from "../credssp/ntlm-flags.ts";
import { NTLM_REVISION } from "../credssp/ntlm-version.ts";
import {
  encodeSpnego,
  type MechType,
  NEG_STATE,
  type NegTokenResp,
  ntlmMessageIn,
} from "../credssp/spnego.ts";
import {
  decodeTsRequest,
  encodeTsRequest,
  type TsRequest,
  type TsRequestFields,
} from "../credssp/ts-request.ts";
import { CLIENT_LIMITS, type Step } from "./steps.ts";

/** What the lab's servers call themselves. */
export interface ServerNames {
  readonly computer: string;
  readonly domain: string;
  readonly dnsDomain: string;
}

export const LAB_NAMES: ServerNames = { computer: "RDPLAB", domain: "LAB", dnsDomain: "lab.test" };

export interface ChallengePolicy {
  readonly version: number;
  readonly names: ServerNames;
  /** How far the server's clock is ahead, ms. */
  readonly clockAheadMs: number;
  /** Pairs before the usual ones. */
  readonly pairsInFront: readonly AvPair[];
}

const VERSION_6 = 6;

const DEFAULTS: ChallengePolicy = {
  version: VERSION_6,
  names: LAB_NAMES,
  clockAheadMs: 0,
  pairsInFront: [],
};

/** UTF-16 text of an odd length, and a FILETIME of half its bytes. */
export const BROKEN_PAIRS: readonly AvPair[] = [
  { id: AV_ID.DnsTreeName, value: new Uint8Array(3) },
  { id: AV_ID.Timestamp, value: new Uint8Array(4) },
];

/** Windows Server 2022. */
export const SERVER_2022 = { major: 10, minor: 0, build: 20348, revision: NTLM_REVISION } as const;

const BOTH_FLAGS = [
  "NEGOTIATE_UNICODE",
  "REQUEST_TARGET",
  "NEGOTIATE_NTLM",
  "NEGOTIATE_ALWAYS_SIGN",
  "TARGET_TYPE_DOMAIN",
  "NEGOTIATE_EXTENDED_SESSIONSECURITY",
  "NEGOTIATE_TARGET_INFO",
  "NEGOTIATE_VERSION",
  "NEGOTIATE_128",
] as const;
/** Of a CHALLENGE in HTTP, where nothing is sealed. */
export const HTTP_CHALLENGE_FLAGS = ntlmFlags(...BOTH_FLAGS);
const FLAGS = ntlmFlags(...BOTH_FLAGS, "NEGOTIATE_KEY_EXCH", "NEGOTIATE_56");

/** Answers the NEGOTIATE_MESSAGE with a CHALLENGE_MESSAGE. */
export const challenge =
  (policy: Partial<ChallengePolicy> = {}): Step =>
  async ({ connection }) => {
    const request = await connection.receive(decodeTsRequest, CLIENT_LIMITS);
    return request !== null && connection.write(challengeAnswer(policy));
  };

/** Answers with this TSRequest, whatever was asked. */
const answerWith =
  (fields: Omit<TsRequestFields, "version">): Step =>
  async ({ connection }) => {
    const request = await connection.receive(decodeTsRequest, CLIENT_LIMITS);
    return request !== null && connection.write(encodeTsRequest({ version: VERSION_6, ...fields }));
  };

/** Answers with an NTSTATUS. */
export const refuseCredSsp = (errorCode: number): Step => answerWith({ errorCode });

/** Answers with a TSRequest that has neither a token nor an error. */
export const answerNothing: Step = answerWith({});

const spnegoResponse = (state: number, supportedMech: MechType | null): Uint8Array => {
  const token: NegTokenResp = {
    kind: "negTokenResp",
    negState: { code: state, name: null },
    supportedMech,
    responseToken: null,
    mechListMic: null,
    others: [],
  };
  return encodeSpnego(token);
};

/** SPNEGO's negState reject, without a token (RFC 4178 4.2.2). */
export const rejectCredSsp: Step = answerWith({ negoTokens: [spnegoResponse(NEG_STATE.reject, null)] });

/** SPNEGO goes on with another mechanism than NTLM. */
export const chooseMechanism = (mech: MechType): Step =>
  answerWith({ negoTokens: [spnegoResponse(NEG_STATE.acceptIncomplete, mech)] });

/** Refuses a bare NTLM token, and answers one that is wrapped in SPNEGO. */
export const challengeSpnegoOnly =
  (errorCode: number): Step =>
  async ({ connection }) => {
    const request = await connection.receive(decodeTsRequest, CLIENT_LIMITS);
    if (request === null) return false;
    return connection.write(
      isWrapped(request) ? challengeAnswer() : encodeTsRequest({ version: VERSION_6, errorCode }),
    );
  };

/** The TSRequest with the CHALLENGE_MESSAGE. */
export const challengeAnswer = (policy: Partial<ChallengePolicy> = {}): Uint8Array => {
  const { version, names, clockAheadMs, pairsInFront } = { ...DEFAULTS, ...policy };
  const now = new Date(Date.now() + clockAheadMs);
  const message = challengeMessage({
    targetName: names.domain,
    flags: FLAGS,
    serverChallenge: crypto.getRandomValues(new Uint8Array(8)),
    version: SERVER_2022,
    avPairs: [
      ...pairsInFront,
      textAvPair("NbDomainName", names.domain),
      textAvPair("NbComputerName", names.computer),
      textAvPair("DnsDomainName", names.dnsDomain),
      textAvPair("DnsComputerName", `${names.computer.toLowerCase()}.${names.dnsDomain}`),
      textAvPair("DnsTreeName", names.dnsDomain),
      timestampAvPair(dateToFiletime(now)),
    ],
  });
  return encodeTsRequest({ version, negoTokens: [encodeChallengeMessage(message)] });
};

/** Whether the token is SPNEGO around an NTLM message. */
const isWrapped = ({ negoTokens }: TsRequest): boolean => {
  const token = negoTokens?.[0];
  if (token === undefined) return false;
  const message = ntlmMessageIn(token);
  return message.status === "done" && message.value !== null && message.value.length < token.length;
};
