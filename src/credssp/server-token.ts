/**
 * What a server's negoToken says ([MS-CSSP] 2.2.1.1): an NTLM message, bare or in SPNEGO, or what SPNEGO itself says
 * of the mechanism (RFC 4178 4.2.2).
 */
import type { DecodeFault } from "../bytes/decoded.ts";
import { isNtlmMessage } from "./ntlm-message.ts";
import { decodeSpnego, KERBEROS_MECHS, MECH_NAMES, NEG_STATE, type NegTokenResp, NTLMSSP } from "./spnego.ts";

export type ServerToken =
  | { readonly kind: "ntlm"; readonly message: Uint8Array }
  /** negState reject: the server ends the negotiation, with or without a token. */
  | { readonly kind: "reject" }
  /** Kerberos is chosen, by its name in `MECH_NAMES`. */
  | { readonly kind: "kerberos"; readonly mechanism: string }
  /** NTLM is chosen, and its first message is still the client's to send. */
  | { readonly kind: "ntlm-chosen" }
  /** A mechanism that is not read here: its name, or its OBJECT IDENTIFIER in hex where it has none. */
  | { readonly kind: "other-mechanism"; readonly mechanism: string }
  | { readonly kind: "malformed"; readonly fault: DecodeFault };

/** Reads one token, all of which is there. Offsets in faults count from its first byte. */
export const readServerToken = (token: Uint8Array): ServerToken => {
  if (isNtlmMessage(token)) return { kind: "ntlm", message: token };
  const spnego = decodeSpnego(token);
  switch (spnego.status) {
    case "bad":
      return { kind: "malformed", fault: spnego.fault };
    case "need":
      return malformed("negoToken", `${spnego.bytes} bytes are missing`, token.length);
    case "done":
      return spnego.value.kind === "negTokenResp"
        ? readResponse(spnego.value)
        : malformed("negoToken", "a NegTokenInit where a NegTokenResp is wanted");
  }
};

const readResponse = ({ negState, supportedMech, responseToken }: NegTokenResp): ServerToken => {
  if (negState?.code === NEG_STATE.reject) return { kind: "reject" };
  if (negState !== null && negState.name === null) {
    return malformed("negTokenResp.negState", `state ${negState.code} is none of RFC 4178`);
  }
  if (responseToken !== null && isNtlmMessage(responseToken)) {
    return { kind: "ntlm", message: responseToken };
  }
  // RFC 4178 4.2.2 wants both in a target's first reply; a token of another mechanism says nothing by itself.
  if (negState === null) return malformed("negTokenResp.negState", "absent");
  if (supportedMech === null) return malformed("negTokenResp.supportedMech", "absent");
  const mechanism = MECH_NAMES[supportedMech] ?? supportedMech;
  if (KERBEROS_MECHS.has(supportedMech)) return { kind: "kerberos", mechanism };
  if (supportedMech !== NTLMSSP) return { kind: "other-mechanism", mechanism };
  if (responseToken !== null) return malformed("negTokenResp.responseToken", "no NTLM message");
  return negState.code === NEG_STATE.acceptCompleted
    ? malformed("negTokenResp.responseToken", "absent, where NTLM is said to be complete")
    : { kind: "ntlm-chosen" };
};

const malformed = (field: string, reason: string, offset = 0): ServerToken => ({
  kind: "malformed",
  fault: { field, offset, reason },
});
