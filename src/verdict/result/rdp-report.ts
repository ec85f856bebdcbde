/** The part of a result that MCS gave: the RDP version, and the encryption of Standard RDP Security. */
import type { ConnectionFacts } from "../../handshake/facts/connection-facts.ts";
import { mcsExchanges, standardSecurityExchanges } from "../../handshake/facts/mcs-answers.ts";
import type { ProbeConnection } from "../../handshake/plan/probe-plan.ts";
import { encryptionMethodNames } from "../../mcs/encryption-methods.ts";
import type { RdpFacts } from "../../mcs/rdp-facts.ts";
import { readCertificate } from "../../x509/certificate-facts.ts";
import type { RdpCertificateReport, RdpReport } from "./result.ts";

/** Null where no Connect-Response came. A method counts only where a response named it. */
export const rdpReport = (connections: readonly ProbeConnection[]): RdpReport | null => {
  const [any] = mcsExchanges(connections);
  if (any === undefined) return null;
  const standard = standardSecurityExchanges(connections);
  const methods = standard.reduce((all, { rdp }) => all | (rdp.encryptionMethod ?? 0), 0);
  const first = standard[0]?.rdp ?? null;
  return {
    version: any.rdp.version?.name ?? null,
    versionRaw: any.rdp.version?.code ?? null,
    encryptionMethods: encryptionMethodNames(methods),
    encryptionLevel: first === null ? null : levelName(first),
    certificate: first === null ? null : certificateOf(first),
  };
};

/** The connection that MCS is reported from: one with a Connect-Response, else the first that began it, else null. */
export const mcsConnection = (connections: readonly ProbeConnection[]): ConnectionFacts | null => {
  const begun = connections.map(({ facts }) => facts).filter(({ mcs }) => mcs !== null);
  return begun.find(({ mcs }) => mcs?.answer.kind === "response") ?? begun[0] ?? null;
};

const levelName = ({ encryptionLevel: level }: RdpFacts): string | null =>
  level === null ? null : (level.name ?? `unknown-${level.code}`);

const certificateOf = ({ certificate, certificateFault }: RdpFacts): RdpCertificateReport | null => {
  if (certificate === null) {
    return certificateFault === null
      ? null
      : { kind: "unreadable", keyBits: null, temporary: null, fault: certificateFault.reason };
  }
  const { kind, isTemporary: temporary } = certificate;
  if (kind === "proprietary") return { kind, keyBits: certificate.publicKey.keyBits, temporary };
  const own = certificate.certificates.at(-1);
  const keyBits = own === undefined ? null : (readCertificate(own).key?.bits ?? null);
  return { kind, keyBits, temporary };
};
