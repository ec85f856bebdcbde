/** HRESULTs that connections end with and that follow from no rule, as a table. */

export interface Hresult {
  readonly code: number;
  readonly name: string;
  readonly what: string;
  readonly basis: "documented" | "reported";
  readonly source: string;
  readonly causes: readonly string[];
}

const row = (
  code: number,
  name: string,
  what: string,
  more: Partial<Pick<Hresult, "basis" | "source" | "causes">> = {},
): Hresult => ({ code, name, what, basis: "documented", source: "[MS-ERREF] 2.1.1", causes: [], ...more });

/** The bit that HRESULT_FROM_NT sets ([MS-ERREF] 2.1.2); without it the NTSTATUS is left. */
export const FACILITY_NT_BIT = 0x1000_0000;

export const HRESULTS: readonly Hresult[] = [
  row(
    0x8000_4005,
    "E_FAIL",
    "unspecified: the number names no cause; users meet it with RDP Wrapper after an update of termsrv.dll",
    {
      basis: "reported",
      source: "[MS-ERREF] 2.1.1 for the name; rdpwrap issue 4473 and mRemoteNG issue 716",
      causes: ["session-software"],
    },
  ),
  row(0x8007_0057, "E_INVALIDARG", "an argument is not valid"),
  row(
    0x8008_0005,
    "CO_E_SERVER_EXEC_FAILURE",
    "a COM server did not start; as an mstsc code with 0x0 it is the credential prompt that failed after KB5074109 (January 2026), mended by KB5077793 and KB5077796",
    {
      basis: "reported",
      source: "[MS-ERREF] 2.1.1 for the name; mRemoteNG issue 3088 for the update",
    },
  ),
  row(0x8009_2012, "CRYPT_E_NO_REVOCATION_CHECK", "the certificate's revocation could not be checked"),
  row(0x8009_2013, "CRYPT_E_REVOCATION_OFFLINE", "the server of the revocation list cannot be reached"),
  row(0x800b_0101, "CERT_E_EXPIRED", "a certificate of the chain is expired or not valid yet", {
    causes: ["certificate-renewal-fails", "clock-wrong"],
  }),
  row(
    0x800b_0109,
    "CERT_E_UNTRUSTEDROOT",
    "the chain ends in a root that this PC does not trust; with a self-signed certificate that is so by nature",
  ),
  row(0x800b_010a, "CERT_E_CHAINING", "no chain to a trusted root could be built"),
  row(0x800b_010c, "CERT_E_REVOKED", "a certificate of the chain was revoked"),
  row(0x800b_010f, "CERT_E_CN_NO_MATCH", "the certificate is for another name", {
    causes: ["name-leads-elsewhere"],
  }),
];
