/**
 * What CredSSP said before anybody logged on: the server's answer to the client's first TSRequest. Whether it is
 * healthy is decided here and nowhere else: only what is read below can build a witness.
 */
import type { DecodeFault } from "../../bytes/decoded.ts";
import { decodeNtlmChallenge, type NtlmChallenge } from "../../credssp/ntlm-challenge.ts";
import { readServerToken } from "../../credssp/server-token.ts";
import { ntlmMessageIn } from "../../credssp/spnego.ts";
import { decodeTsRequest, type TsRequest } from "../../credssp/ts-request.ts";

/** What shows that a server's CredSSP works as far as nobody has logged on. */
type CredSspProof =
  | { readonly mechanism: "ntlm"; readonly challenge: NtlmChallenge }
  /** SPNEGO chose Kerberos, by the name of its mechanism, and no NTLM came. */
  | { readonly mechanism: "kerberos"; readonly name: string };

class Witness {
  /** Makes the type nominal: an object that merely looks like a witness is none. */
  readonly #earned = true;
  readonly proof: CredSspProof;

  constructor(proof: CredSspProof) {
    this.proof = proof;
  }

  get isEarned(): boolean {
    return this.#earned;
  }
}

/** Without one, CredSSP is not healthy. The class is not exported: only this module makes one. */
export type CredSspWitness = Witness;

type CredSspAnswer =
  | { readonly kind: "none" }
  | { readonly kind: "witnessed"; readonly witness: CredSspWitness }
  /** An NTSTATUS instead of a token. */
  | { readonly kind: "error"; readonly errorCode: number }
  /** SPNEGO's negState reject. */
  | { readonly kind: "rejected" }
  | { readonly kind: "alert"; readonly description: number }
  | { readonly kind: "malformed"; readonly fault: DecodeFault }
  /** SPNEGO chose NTLM for a client that had begun another mechanism, and what follows is not there. */
  | { readonly kind: "ntlm-to-come" }
  /** SPNEGO chose a mechanism that is not read here. */
  | { readonly kind: "other-mechanism"; readonly mechanism: string };

export interface CredSspFacts {
  /** The CredSSP version that the server speaks; null where no TSRequest came. */
  readonly version: number | null;
  readonly answer: CredSspAnswer;
  readonly sentAtMs: number;
  /** When the answer was whole; null where it never was. */
  readonly answeredAtMs: number | null;
}

/** Application data of a connection in which CredSSP was begun. */
export interface CredSspTraffic {
  /** What the client said, its first TSRequest in front; empty where nobody can read it. */
  readonly sealed: Uint8Array;
  /** What the server said. */
  readonly opened: Uint8Array;
  readonly sentAtMs: number;
  readonly answeredAtMs: number | null;
  /** The alert that ended the TLS session, or null. */
  readonly alert: number | null;
}

/** The challenge of a witness, or null where Kerberos was chosen or nothing was witnessed. */
export const challengeOf = (facts: CredSspFacts | null): NtlmChallenge | null => {
  const proof = facts?.answer.kind === "witnessed" ? facts.answer.witness.proof : null;
  return proof?.mechanism === "ntlm" ? proof.challenge : null;
};

/** Reads the server's answer to the client's first TSRequest. */
export const readCredSsp = (traffic: CredSspTraffic): CredSspFacts => {
  const { opened, sentAtMs, answeredAtMs, alert } = traffic;
  const decoded = decodeTsRequest(opened);
  switch (decoded.status) {
    case "need": {
      const answer: CredSspAnswer = alert === null ? { kind: "none" } : { kind: "alert", description: alert };
      return { version: null, answer, sentAtMs, answeredAtMs: null };
    }
    case "bad":
      return { version: null, answer: { kind: "malformed", fault: decoded.fault }, sentAtMs, answeredAtMs };
    case "done":
      return { version: decoded.value.version, answer: answerIn(traffic), sentAtMs, answeredAtMs };
  }
};

/** A client that offers NTLM second is told so in one TSRequest, and challenged in a later one. */
const MAX_TS_REQUESTS = 4;

/** The first TSRequest that says more than that NTLM is chosen; the first of all where none does. */
const answerIn = ({ sealed, opened }: CredSspTraffic): CredSspAnswer => {
  const isOwed = hasBegunNtlm(sealed);
  let rest = opened;
  let first: CredSspAnswer | null = null;
  for (let count = 0; count < MAX_TS_REQUESTS; count += 1) {
    const decoded = decodeTsRequest(rest);
    if (decoded.status !== "done") break;
    const answer = answerOf(decoded.value, isOwed);
    if (answer.kind !== "ntlm-to-come") return answer;
    first ??= answer;
    rest = rest.subarray(decoded.size);
  }
  return first ?? { kind: "none" };
};

/** Whether the client's first TSRequest carries an NTLM message, so that a CHALLENGE is owed. */
const hasBegunNtlm = (sealed: Uint8Array): boolean => {
  const request = decodeTsRequest(sealed);
  const token = request.status === "done" ? request.value.negoTokens?.[0] : undefined;
  const message = token === undefined ? null : ntlmMessageIn(token);
  return message?.status === "done" && message.value !== null;
};

/** @param isOwed the client has begun NTLM: a choice of NTLM without a CHALLENGE leaves it nothing to go on with. */
const answerOf = ({ errorCode, negoTokens }: TsRequest, isOwed: boolean): CredSspAnswer => {
  if (errorCode !== null && errorCode !== 0) return { kind: "error", errorCode };
  const token = negoTokens?.[0];
  if (token === undefined) return malformed("tsRequest.negoTokens", "neither a token nor an error");
  const said = readServerToken(token);
  switch (said.kind) {
    case "ntlm":
      return challengeIn(said.message);
    case "kerberos":
      return witnessed({ mechanism: "kerberos", name: said.mechanism });
    case "reject":
      return { kind: "rejected" };
    case "ntlm-chosen":
      return isOwed
        ? malformed("negTokenResp.responseToken", "absent, where NTLM was begun and is chosen")
        : { kind: "ntlm-to-come" };
    case "other-mechanism":
    case "malformed":
      return said;
  }
};

const challengeIn = (message: Uint8Array): CredSspAnswer => {
  const challenge = decodeNtlmChallenge(message);
  switch (challenge.status) {
    case "done":
      return witnessed({ mechanism: "ntlm", challenge: challenge.value });
    case "bad":
      return { kind: "malformed", fault: challenge.fault };
    case "need":
      return malformed("ntlmChallenge", `${challenge.bytes} bytes are missing`, message.length);
  }
};

const witnessed = (proof: CredSspProof): CredSspAnswer => ({
  kind: "witnessed",
  witness: new Witness(proof),
});

const malformed = (field: string, reason: string, offset = 0): CredSspAnswer => ({
  kind: "malformed",
  fault: { field, offset, reason },
});
