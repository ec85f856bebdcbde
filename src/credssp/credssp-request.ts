/** The two ready-made requests that ask a server for its NTLM challenge without naming a user. */
import { ntlmFlags } from "./ntlm-flags.ts";
import { encodeNegotiateMessage, negotiateMessage } from "./ntlm-negotiate.ts";
import { NTLM_REVISION } from "./ntlm-version.ts";
import { encodeSpnego, negTokenInit } from "./spnego.ts";
import { encodeTsRequest } from "./ts-request.ts";

/** The newest CredSSP version there is; a server answers with the highest that both know. */
const CREDSSP_VERSION = 6;

const FLAGS = ntlmFlags(
  "NEGOTIATE_UNICODE",
  "NEGOTIATE_OEM",
  "REQUEST_TARGET",
  "NEGOTIATE_SIGN",
  "NEGOTIATE_SEAL",
  "NEGOTIATE_LM_KEY",
  "NEGOTIATE_NTLM",
  "NEGOTIATE_ALWAYS_SIGN",
  "NEGOTIATE_EXTENDED_SESSIONSECURITY",
  "NEGOTIATE_VERSION",
  "NEGOTIATE_128",
  "NEGOTIATE_KEY_EXCH",
  "NEGOTIATE_56",
);

const VERSION = { major: 10, minor: 0, build: 19041, revision: NTLM_REVISION } as const;

/**
 * A TSRequest with a bare NTLM NEGOTIATE_MESSAGE, 57 bytes. It must leave as one write, since Windows wants
 * a TSRequest whole in one TLS record ([MS-CSSP] 2.2.1, note 8).
 */
export const ntlmRequest = (): Uint8Array => request(negotiate());

/** The same with the NEGOTIATE_MESSAGE wrapped in SPNEGO, 91 bytes. */
export const spnegoRequest = (): Uint8Array => request(encodeSpnego(negTokenInit(negotiate())));

const negotiate = (): Uint8Array => encodeNegotiateMessage(negotiateMessage(FLAGS, VERSION));

const request = (token: Uint8Array): Uint8Array =>
  encodeTsRequest({ version: CREDSSP_VERSION, negoTokens: [token] });
