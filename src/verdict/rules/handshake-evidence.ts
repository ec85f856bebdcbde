/** What a client's own end of the handshake may be about. */
import type { TlsFacts } from "../../handshake/facts/tls-facts.ts";
import { signatureSchemeName } from "../../tls/tables/signature-schemes.ts";
import type { Evidence } from "../result/result.ts";

/** Version, renegotiation_info and hash of the server's signature, as evidence. */
export const handshakeEvidence = ({
  version,
  securesRenegotiation,
  keyExchange,
  chain,
}: TlsFacts): Evidence => {
  const signature =
    keyExchange !== null && keyExchange.kind !== "opaque" ? (keyExchange.signature?.scheme ?? null) : null;
  const scheme = signature === null ? null : signatureSchemeName(signature);
  const name = scheme ?? chain[0]?.signature?.name ?? null;
  return {
    tlsVersion: version?.name ?? null,
    serverRenegotiationInfo: securesRenegotiation,
    signatureHash: /sha-?\d+|md5/i.exec(name ?? "")?.[0].toLowerCase() ?? null,
  };
};
