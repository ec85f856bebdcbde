/** What CredSSP said before anybody logged on: the server's answer to an NTLM NEGOTIATE_MESSAGE. */
import type { DecodeFault } from "../bytes/decoded.ts";
import { decodeNtlmChallenge, type NtlmChallenge } from "../credssp/ntlm-challenge.ts";
import { ntlmMessageIn } from "../credssp/spnego.ts";
import { decodeTsRequest, type TsRequest } from "../credssp/ts-request.ts";

type CredSspAnswer =
  | { readonly kind: "none" }
  | { readonly kind: "challenge"; readonly challenge: NtlmChallenge }
  /** An NTSTATUS instead of a token. */
  | { readonly kind: "error"; readonly errorCode: number }
  | { readonly kind: "alert"; readonly description: number }
  /** A TSRequest without a token and without an error. */
  | { readonly kind: "empty" }
  | { readonly kind: "malformed"; readonly fault: DecodeFault };

export interface CredSspFacts {
  /** The CredSSP version that the server speaks; null where no TSRequest came. */
  readonly version: number | null;
  readonly answer: CredSspAnswer;
  readonly sentAtMs: number;
  /** When the answer was whole; null where it never was. */
  readonly answeredAtMs: number | null;
}

/**
 * Reads the server's answer from the application data that came after our TSRequest.
 * @param alert the alert that ended the TLS session instead, or null.
 */
export const readCredSsp = (
  opened: Uint8Array,
  sentAtMs: number,
  answeredAtMs: number | null,
  alert: number | null,
): CredSspFacts => {
  const decoded = decodeTsRequest(opened);
  switch (decoded.status) {
    case "need":
      return {
        version: null,
        answer: alert === null ? { kind: "none" } : { kind: "alert", description: alert },
        sentAtMs,
        answeredAtMs: null,
      };
    case "bad":
      return { version: null, answer: { kind: "malformed", fault: decoded.fault }, sentAtMs, answeredAtMs };
    case "done":
      return { version: decoded.value.version, answer: answerOf(decoded.value), sentAtMs, answeredAtMs };
  }
};

const answerOf = ({ errorCode, negoTokens }: TsRequest): CredSspAnswer => {
  if (errorCode !== null && errorCode !== 0) return { kind: "error", errorCode };
  const token = negoTokens?.[0];
  if (token === undefined) return { kind: "empty" };
  const message = ntlmMessageIn(token);
  if (message.status === "bad") return { kind: "malformed", fault: message.fault };
  if (message.status === "need" || message.value === null) return { kind: "empty" };
  const challenge = decodeNtlmChallenge(message.value);
  switch (challenge.status) {
    case "done":
      return { kind: "challenge", challenge: challenge.value };
    case "bad":
      return { kind: "malformed", fault: challenge.fault };
    case "need":
      return {
        kind: "malformed",
        fault: {
          field: "ntlmChallenge",
          offset: message.value.length,
          reason: `${challenge.bytes} bytes are missing`,
        },
      };
  }
};
