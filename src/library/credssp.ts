/** `rdprobe/credssp`: TSRequest, SPNEGO and NTLM as codecs ([MS-CSSP] 2.2.1, RFC 4178, [MS-NLMP]). Re-exports only. */
export type { Decoded, DecodeFault } from "../bytes/decoded.ts";
export {
  type ChallengeFields,
  type ChallengeMessage,
  challengeMessage,
  decodeNtlmChallenge,
  encodeChallengeMessage,
  type NtlmChallenge,
} from "../credssp/ntlm-challenge.ts";
export {
  decodeNtlmNegotiate,
  encodeNegotiateMessage,
  type NegotiateMessage,
  type NtlmNegotiate,
  negotiateMessage,
} from "../credssp/ntlm-negotiate.ts";
export {
  decodeSpnego,
  encodeSpnego,
  KERBEROS_MECHS,
  type MechType,
  NEG_STATE,
  type NegTokenInit,
  type NegTokenResp,
  NTLMSSP,
  ntlmMessageIn,
} from "../credssp/spnego.ts";
export {
  decodeTsRequest,
  encodeTsRequest,
  type TsRequest,
  type TsRequestFields,
} from "../credssp/ts-request.ts";
export { osNames, WINDOWS_BUILDS, type WindowsBuild } from "../credssp/windows-builds.ts";
