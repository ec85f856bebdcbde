/**
 * Real servers in every configuration that matters here, with what each is known to do. The truth was
 * measured with raw request bytes and with OpenSSL 3.0 on Debian 12 (xrdp 0.9.21.1, FreeRDP 2.11.7).
 */
import type { CertificateFolder, CertificateKind } from "./certificates.ts";
import { type ShadowConfig, startShadow } from "./freerdp-shadow.ts";
import type { RealServer } from "./real-server.ts";
import type { StandardSecurity } from "../views/standard-security-view.ts";
import type { RequestedProtocols } from "../../../support/x224-relay.ts";
import { startXrdp, type XrdpConfig } from "./xrdp.ts";

export interface RealConfiguration {
  readonly server: "xrdp" | "freerdp-shadow";
  /** Unique, and the name of the fixture. */
  readonly id: string;
  readonly description: string;
  readonly truth: RealTruth;
  start(certificates: CertificateFolder, at?: { host: string; port: number }): Promise<RealServer>;
}

interface RealTruth {
  /** The answer to each X.224 Connection Request. */
  readonly confirms: Readonly<Record<RequestedProtocols, ConfirmTruth>>;
  /** What OpenSSL's own offer (`modern`) and all that it has (`lenient`) come to after request 0x0b. */
  readonly tls: { readonly modern: TlsTruth; readonly lenient: TlsTruth };
  /** What it encrypts with when request 0x00 is answered by PROTOCOL_RDP; null when it is not. */
  readonly standardSecurity: StandardSecurity | null;
  /** What it shows in TLS; `generated`: the server made it itself. */
  readonly certificate: CertificateKind | "generated" | null;
}

interface ConfirmTruth {
  readonly outcome:
    | { readonly kind: "selected"; readonly protocol: number; readonly flags: number }
    | { readonly kind: "failure"; readonly code: number }
    | { readonly kind: "no-negotiation-data" };
  /** Everything that the server sends before it needs more, in hex. */
  readonly raw: string;
  /** Whether the server ends the connection by itself after that. */
  readonly closes: boolean;
}

export type TlsTruth =
  | {
      readonly connected: true;
      readonly version: string;
      readonly cipher: string;
      readonly group: string | null;
    }
  | { readonly connected: false; readonly alert: number | null };

type Confirms = RealTruth["confirms"];

/** [MS-RDPBCGR] 2.2.1.2 as each server writes it: they differ in SRC-REF and flags. */
const selected = (sourceReference: string, flags: number, protocol: number): ConfirmTruth => ({
  outcome: { kind: "selected", protocol, flags },
  raw: `030000130ed00000${sourceReference}00020${flags}08000${protocol}000000`,
  closes: false,
});
const failed = (sourceReference: string, code: number): ConfirmTruth => ({
  outcome: { kind: "failure", code },
  raw: `030000130ed00000${sourceReference}00030008000${code}000000`,
  closes: false,
});
const noData: ConfirmTruth = {
  outcome: { kind: "no-negotiation-data" },
  raw: "0300000b06d00000123400",
  closes: false,
};

/** xrdp ends a session that it will not go on with by an MCS Disconnect Provider Ultimatum behind the confirm. */
const thenDisconnects = (confirm: ConfirmTruth): ConfirmTruth => ({
  ...confirm,
  raw: `${confirm.raw}0300000902f0802180`,
  closes: true,
});

const xrdpSelects = (protocol: number) => selected("1234", 1, protocol);
const xrdpFails = (code: number) => thenDisconnects(failed("1234", code));
const shadowSelects = (protocol: number) => selected("0000", 3, protocol);
const shadowFails = (code: number) => failed("0000", code);

const confirms = (
  none: ConfirmTruth,
  rdp: ConfirmTruth,
  ssl: ConfirmTruth,
  hybrid: ConfirmTruth,
): Confirms => ({ none, "0x00": rdp, "0x01": ssl, "0x03": hybrid, "0x0b": hybrid });

const XRDP_NEGOTIATES = confirms(noData, xrdpSelects(0), xrdpSelects(1), xrdpSelects(1));
const XRDP_WANTS_TLS = confirms(thenDisconnects(noData), xrdpFails(1), xrdpSelects(1), xrdpSelects(1));
const XRDP_WANTS_RDP = confirms(noData, xrdpSelects(0), xrdpSelects(0), xrdpSelects(0));
const XRDP_LACKS_CERTIFICATE = confirms(thenDisconnects(noData), xrdpFails(3), xrdpFails(3), xrdpFails(3));
const XRDP_CANNOT_START_TLS = confirms(
  noData,
  xrdpSelects(0),
  thenDisconnects(xrdpSelects(1)),
  thenDisconnects(xrdpSelects(1)),
);

const connects = (version: string, cipher: string, group: string | null = "X25519"): TlsTruth => ({
  connected: true,
  version,
  cipher,
  group,
});
const REFUSED_WITH_HANDSHAKE_FAILURE: TlsTruth = { connected: false, alert: 40 };
const NO_TLS: TlsTruth = { connected: false, alert: null };

const bothWays = (truth: TlsTruth): RealTruth["tls"] => ({ modern: truth, lenient: truth });
const onlyLenient = (lenient: TlsTruth): RealTruth["tls"] => ({
  modern: REFUSED_WITH_HANDSHAKE_FAILURE,
  lenient,
});

const TLS_1_3 = connects("1.3", "TLS_AES_256_GCM_SHA384");

interface XrdpRow {
  readonly id: string;
  readonly description: string;
  readonly config: Omit<XrdpConfig, "certificate">;
  readonly certificate: CertificateKind | null;
  readonly confirms: Confirms;
  readonly tls: RealTruth["tls"];
}

const XRDP_ROWS: readonly XrdpRow[] = [
  {
    id: "security-layer-negotiate",
    description: "security_layer=negotiate with an RSA-2048 certificate: TLS where asked for, else RDP",
    config: {},
    certificate: "rsa-2048",
    confirms: XRDP_NEGOTIATES,
    tls: bothWays(TLS_1_3),
  },
  {
    id: "security-layer-tls",
    description: "security_layer=tls: a request without TLS is refused with SSL_REQUIRED_BY_SERVER",
    config: { securityLayer: "tls" },
    certificate: "rsa-2048",
    confirms: XRDP_WANTS_TLS,
    tls: bothWays(TLS_1_3),
  },
  {
    id: "security-layer-rdp",
    description: "security_layer=rdp: selects PROTOCOL_RDP whatever was asked for",
    config: { securityLayer: "rdp" },
    certificate: "rsa-2048",
    confirms: XRDP_WANTS_RDP,
    tls: bothWays(NO_TLS),
  },
  {
    id: "tls-1.0-only",
    description: "TLS 1.0 alone, whose SHA-1 signatures OpenSSL's own level refuses",
    config: { sslProtocols: "TLSv1", tlsCiphers: "ALL:@SECLEVEL=0" },
    certificate: "rsa-2048",
    confirms: XRDP_NEGOTIATES,
    tls: { modern: NO_TLS, lenient: connects("1.0", "ECDHE-RSA-AES256-SHA") },
  },
  {
    id: "tls-1.2-only",
    description: "TLS 1.2 alone",
    config: { sslProtocols: "TLSv1.2" },
    certificate: "rsa-2048",
    confirms: XRDP_NEGOTIATES,
    tls: bothWays(connects("1.2", "ECDHE-RSA-AES256-GCM-SHA384")),
  },
  {
    id: "tls-1.3-only",
    description: "TLS 1.3 alone",
    config: { sslProtocols: "TLSv1.3" },
    certificate: "rsa-2048",
    confirms: XRDP_NEGOTIATES,
    tls: bothWays(TLS_1_3),
  },
  {
    id: "aes128-sha-only",
    description: "TLS 1.2 with one suite that is usual no longer: TLS_RSA_WITH_AES_128_CBC_SHA",
    config: { sslProtocols: "TLSv1.2", tlsCiphers: "AES128-SHA" },
    certificate: "rsa-2048",
    confirms: XRDP_NEGOTIATES,
    tls: bothWays(connects("1.2", "AES128-SHA", null)),
  },
  {
    id: "camellia-only",
    description:
      "TLS 1.2 with one suite that no Windows client has: TLS_ECDHE_RSA_WITH_CAMELLIA_128_CBC_SHA256",
    config: { sslProtocols: "TLSv1.2", tlsCiphers: "ECDHE-RSA-CAMELLIA128-SHA256" },
    certificate: "rsa-2048",
    confirms: XRDP_NEGOTIATES,
    tls: onlyLenient(connects("1.2", "ECDHE-RSA-CAMELLIA128-SHA256")),
  },
  {
    id: "expired-certificate",
    description: "a certificate that ended in 2021",
    config: {},
    certificate: "expired",
    confirms: XRDP_NEGOTIATES,
    tls: bothWays(TLS_1_3),
  },
  {
    id: "not-yet-valid-certificate",
    description: "a certificate that begins in 2040",
    config: {},
    certificate: "not-yet-valid",
    confirms: XRDP_NEGOTIATES,
    tls: bothWays(TLS_1_3),
  },
  {
    id: "ec-p256-certificate",
    description: "an EC P-256 certificate",
    config: {},
    certificate: "ec-p256",
    confirms: XRDP_NEGOTIATES,
    tls: bothWays(TLS_1_3),
  },
  {
    id: "rsa-1024-sha1-certificate",
    description: "an RSA-1024 certificate with a SHA-1 signature, TLS 1.2, at OpenSSL's level 0",
    config: { sslProtocols: "TLSv1.2", tlsCiphers: "ALL:@SECLEVEL=0" },
    certificate: "rsa-1024-sha1",
    confirms: XRDP_NEGOTIATES,
    tls: bothWays(connects("1.2", "ECDHE-RSA-AES256-GCM-SHA384")),
  },
  {
    id: "rsa-1024-sha1-certificate-unusable",
    description: "the same at OpenSSL's own level: xrdp selects TLS, cannot load the certificate and closes",
    config: {},
    certificate: "rsa-1024-sha1",
    confirms: XRDP_CANNOT_START_TLS,
    tls: bothWays(NO_TLS),
  },
  {
    id: "chain-of-three",
    description: "leaf, intermediate and root",
    config: {},
    certificate: "chain-of-three",
    confirms: XRDP_NEGOTIATES,
    tls: bothWays(TLS_1_3),
  },
  {
    id: "no-certificate-negotiate",
    description: "no certificate files, security_layer=negotiate: selects PROTOCOL_RDP",
    config: {},
    certificate: null,
    confirms: XRDP_WANTS_RDP,
    tls: bothWays(NO_TLS),
  },
  {
    id: "no-certificate-tls",
    description: "no certificate files, security_layer=tls: refuses with SSL_CERT_NOT_ON_SERVER",
    config: { securityLayer: "tls" },
    certificate: null,
    confirms: XRDP_LACKS_CERTIFICATE,
    tls: bothWays(NO_TLS),
  },
  {
    id: "anonymous-suites-only",
    description: "TLS 1.2 with anonymous suites alone: the certificate is not shown",
    config: { sslProtocols: "TLSv1.2", tlsCiphers: "aNULL:@SECLEVEL=0" },
    certificate: "rsa-2048",
    confirms: XRDP_NEGOTIATES,
    tls: onlyLenient(connects("1.2", "ADH-AES256-GCM-SHA384", "DH")),
  },
  {
    id: "null-suites-only",
    description: "TLS 1.2 with NULL suites alone: nothing is encrypted",
    config: { sslProtocols: "TLSv1.2", tlsCiphers: "eNULL:@SECLEVEL=0" },
    certificate: "rsa-2048",
    confirms: XRDP_NEGOTIATES,
    tls: onlyLenient(connects("1.2", "ECDHE-RSA-NULL-SHA")),
  },
  {
    id: "ed25519-certificate",
    description: "an Ed25519 certificate",
    config: {},
    certificate: "ed25519",
    confirms: XRDP_NEGOTIATES,
    tls: bothWays(TLS_1_3),
  },
  ...(["none", "low", "medium", "high", "fips"] as const).map((cryptLevel) => ({
    id: `crypt-level-${cryptLevel}`,
    description: `Standard RDP Security with crypt_level=${cryptLevel}`,
    config: { securityLayer: "rdp", cryptLevel } as const,
    certificate: null,
    confirms: XRDP_WANTS_RDP,
    tls: bothWays(NO_TLS),
  })),
];

interface ShadowRow {
  readonly security: ShadowConfig["security"];
  readonly description: string;
  readonly confirms: Confirms;
}

/** FreeRDP goes through TLS with whoever starts it, also after it has sent a failure. */
const SHADOW_ROWS: readonly ShadowRow[] = [
  {
    security: "nla",
    description: "NLA required: anything less is refused with HYBRID_REQUIRED_BY_SERVER",
    confirms: confirms(shadowFails(5), shadowFails(5), shadowFails(5), shadowSelects(2)),
  },
  {
    security: "tls",
    description: "TLS required: Standard RDP Security is refused with SSL_REQUIRED_BY_SERVER",
    confirms: confirms(shadowFails(1), shadowFails(1), shadowSelects(1), shadowSelects(1)),
  },
  {
    security: "rdp",
    description: "Standard RDP Security alone: TLS is refused with SSL_NOT_ALLOWED_BY_SERVER",
    confirms: confirms(shadowSelects(0), shadowSelects(0), shadowFails(2), shadowFails(2)),
  },
];

const CRYPT_LEVELS: Readonly<Record<NonNullable<XrdpConfig["cryptLevel"]>, StandardSecurity>> = {
  none: { encryptionMethod: 0, encryptionLevel: 0 },
  low: { encryptionMethod: 1, encryptionLevel: 1 },
  medium: { encryptionMethod: 1, encryptionLevel: 2 },
  high: { encryptionMethod: 2, encryptionLevel: 3 },
  fips: { encryptionMethod: 0x10, encryptionLevel: 4 },
};

const whenRdpIsSelected = (
  confirms: Confirms,
  standardSecurity: StandardSecurity,
): StandardSecurity | null => (confirms["0x00"].outcome.kind === "selected" ? standardSecurity : null);

const shownCertificate = ({ certificate, tls }: XrdpRow): CertificateKind | null =>
  tls.lenient.connected && !tls.lenient.cipher.startsWith("ADH-") ? certificate : null;

export const REAL_CONFIGURATIONS: readonly RealConfiguration[] = [
  ...XRDP_ROWS.map(
    (row): RealConfiguration => ({
      server: "xrdp",
      id: row.id,
      description: row.description,
      truth: {
        confirms: row.confirms,
        tls: row.tls,
        standardSecurity: whenRdpIsSelected(row.confirms, CRYPT_LEVELS[row.config.cryptLevel ?? "high"]),
        certificate: shownCertificate(row),
      },
      start: ({ files }, at) =>
        startXrdp({
          ...row.config,
          ...at,
          certificate: row.certificate === null ? null : files[row.certificate],
        }),
    }),
  ),
  ...SHADOW_ROWS.map(
    ({ security, description, confirms }): RealConfiguration => ({
      server: "freerdp-shadow",
      id: `shadow-${security}`,
      description,
      truth: {
        confirms,
        tls: bothWays(TLS_1_3),
        standardSecurity: whenRdpIsSelected(confirms, CRYPT_LEVELS.none),
        certificate: "generated",
      },
      start: (_certificates, at) => startShadow({ security, ...at }),
    }),
  ),
];
