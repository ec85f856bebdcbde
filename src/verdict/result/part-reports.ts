/** The parts of a result that say what was negotiated: negotiation, TLS, certificate. */
import { toHex } from "../../bytes/hex.ts";
import type { ConnectionFacts } from "../../handshake/facts/connection-facts.ts";
import type { TlsFacts } from "../../handshake/facts/tls-facts.ts";
import { alertName } from "../../tls/wire/alert.ts";
import type { Routing } from "../../x224/connection-request.ts";
import { failureName } from "../../x224/negotiation-failure.ts";
import { responseFlagIds } from "../../x224/negotiation-response.ts";
import { protocolIds, selectedProtocolId } from "../../x224/protocols.ts";
import type { CertificateFacts } from "../../x509/certificate-facts.ts";
import { matchesName } from "../../x509/matches-name.ts";
import { daysBetween } from "../days-left.ts";
import type { CertificateReport, NegotiationReport, TlsReport } from "./result.ts";
import { serverHints } from "../server/server-hints.ts";

/** The X.224 exchange, or null where no readable answer came. */
export const negotiationReport = (facts: ConnectionFacts): NegotiationReport | null => {
  const { negotiation } = facts;
  if (negotiation === null || negotiation.answer.kind !== "tpdu") return null;
  const { tpdu, raw } = negotiation.answer;
  const requested = negotiation.request?.negotiation?.requestedProtocols ?? 0;
  const data = tpdu.kind === "connection-confirm" ? tpdu.negotiation : null;
  const selected = data?.type === "response" ? data.selectedProtocol : null;
  return {
    routing: routingReport(negotiation.request?.routing ?? null),
    requested: negotiation.request === null ? [] : protocolIds(requested),
    selected: selected === null ? null : selectedProtocolId(selected),
    selectedRaw: selected,
    failure:
      data?.type === "failure" ? { code: data.failureCode, name: failureName(data.failureCode) } : null,
    flags: data?.type === "response" ? responseFlagIds(data.flags) : [],
    flagsRaw: data?.flags ?? null,
    raw: toHex(raw),
    serverHints: tpdu.kind === "connection-confirm" ? serverHints(tpdu) : [],
  };
};

const routingReport = (routing: Routing | null): NegotiationReport["routing"] => {
  if (routing === null) return null;
  return { kind: routing.kind, text: routing.kind === "token" ? routing.token : routing.identity };
};

const ALERT_LEVELS: Readonly<Record<number, "warning" | "fatal">> = { 1: "warning", 2: "fatal" };

/** The TLS handshake, or null where none was begun. */
export const tlsReport = (tls: TlsFacts | null, offeredAs: string | null): TlsReport | null => {
  if (tls === null || (tls.offered === null && tls.version === null)) return null;
  const { version, cipher, alert } = tls;
  return {
    version: version === null ? null : (version.name ?? hexCode(version.code)),
    cipher:
      cipher === null
        ? null
        : {
            name: cipher.suite?.name ?? hexCode(cipher.code),
            openssl: cipher.suite?.openssl ?? null,
            code: hexCode(cipher.code),
          },
    group: tls.group,
    alert:
      alert === null
        ? null
        : {
            level: ALERT_LEVELS[alert.level] ?? "unknown",
            code: alert.description,
            name: alertName(alert.description),
          },
    offeredAs,
  };
};

/** The leaf certificate with its chain, or null where none was seen. `host`: what the user asked for. */
export const certificateReport = (
  chain: readonly CertificateFacts[],
  host: string,
  now: Date,
): CertificateReport | null => {
  const [leaf, ...issuers] = chain;
  if (leaf === undefined) return null;
  return {
    subject: leaf.subject,
    commonName: leaf.commonName,
    issuer: leaf.issuer,
    serial: leaf.serial,
    notBefore: leaf.notBefore?.toISOString() ?? null,
    notAfter: leaf.notAfter?.toISOString() ?? null,
    daysLeft: leaf.notAfter === null ? null : daysBetween(now, leaf.notAfter),
    selfSigned: leaf.selfSigned,
    subjectAltNames: leaf.subjectAltNames,
    key: leaf.key === null ? null : { type: leaf.key.type, bits: leaf.key.bits, curve: leaf.key.curve },
    keySha256: leaf.keySha256,
    signature: leaf.signature?.name ?? null,
    extendedKeyUsage: leaf.extendedKeyUsage,
    sha1: leaf.sha1,
    sha256: leaf.sha256,
    matchesTarget: matchesName(leaf, host),
    chain: issuers.map((issuer) => ({
      subject: issuer.subject,
      issuer: issuer.issuer,
      notAfter: issuer.notAfter?.toISOString() ?? null,
      sha256: issuer.sha256,
    })),
    ...(leaf.unread.length > 0 ? { unread: leaf.unread, der: toHex(leaf.der) } : {}),
  };
};

const hexCode = (code: number): string => `0x${code.toString(16).padStart(4, "0")}`;
