/**
 * Windows clients by release, on their defaults: suites, groups and versions as Microsoft documents them for
 * Schannel, the shape of the hello as the nearest capture of mstsc shows it.
 */
import { type ClientProfile, profileTable } from "./client-profile.ts";
import { NAMED_GROUP } from "../tables/named-groups.ts";
import { TLS_VERSION } from "../tables/versions.ts";

const WIN7_SUITES = [
  0xc028, 0xc027, 0xc014, 0xc013, 0x009f, 0x009e, 0x0039, 0x0033, 0x009d, 0x009c, 0x003d, 0x003c, 0x0035,
  0x002f, 0xc02c, 0xc02b, 0xc024, 0xc023, 0xc00a, 0xc009, 0x006a, 0x0040, 0x0038, 0x0032, 0x000a, 0x0013,
  0x0005, 0x0004,
] as const;

/** Those of WIN7_SUITES that TLS 1.0 has. */
const WIN7_TLS10_SUITES = [
  0xc014, 0xc013, 0x0039, 0x0033, 0x0035, 0x002f, 0xc00a, 0xc009, 0x0038, 0x0032, 0x000a, 0x0013, 0x0005,
  0x0004,
] as const;

const WIN10_1507_SUITES = [0xc030, 0xc02f, ...WIN7_SUITES] as const;

const WIN10_1511_SUITES = [
  0xc02c, 0xc02b, 0xc030, 0xc02f, 0x009f, 0x009e, 0xc024, 0xc023, 0xc028, 0xc027, 0xc00a, 0xc009, 0xc014,
  0xc013, 0x0039, 0x0033, 0x009d, 0x009c, 0x003d, 0x003c, 0x0035, 0x002f, 0x000a, 0x006a, 0x0040, 0x0038,
  0x0032, 0x0013, 0x0005, 0x0004,
] as const;

const WIN10_1709_SUITES = [
  0xc02c, 0xc02b, 0xc030, 0xc02f, 0x009f, 0x009e, 0xc024, 0xc023, 0xc028, 0xc027, 0xc00a, 0xc009, 0xc014,
  0xc013, 0x009d, 0x009c, 0x003d, 0x003c, 0x0035, 0x002f, 0x000a,
] as const;

const WIN10_1703_SUITES = [...WIN10_1709_SUITES, 0x0005, 0x0004] as const;

const WIN10_22H2_SUITES = [
  0xc02c, 0xc02b, 0xc030, 0xc02f, 0xc024, 0xc023, 0xc028, 0xc027, 0xc00a, 0xc009, 0xc014, 0xc013, 0x009d,
  0x009c, 0x003d, 0x003c, 0x0035, 0x002f,
] as const;

const WIN11_21H2_SUITES = [0x1302, 0x1301, ...WIN10_1709_SUITES] as const;

export const WIN11_22H2_SUITES = [0x1302, 0x1301, ...WIN10_22H2_SUITES] as const;

const NIST_GROUPS = [0x0017, 0x0018] as const;

export const X25519_AND_NIST_GROUPS = [0x001d, 0x0017, 0x0018] as const;

const WIN7_SCHEMES = [0x0601, 0x0603, 0x0401, 0x0501, 0x0201, 0x0403, 0x0503, 0x0203, 0x0202] as const;

const WIN81_SCHEMES = [0x0401, 0x0501, 0x0601, 0x0201, 0x0403, 0x0503, 0x0603, 0x0203, 0x0202] as const;

export const WIN10_SCHEMES = [
  0x0401, 0x0501, 0x0201, 0x0403, 0x0503, 0x0203, 0x0202, 0x0601, 0x0603,
] as const;

/** With RSA-PSS in front. */
export const WIN11_SCHEMES = [0x0804, 0x0805, 0x0806, ...WIN10_SCHEMES] as const;

const MINIMUM_KEYS = { minRsaBits: 1024, minDhBits: 1024 } as const;

/** Schannel's compatible mode, the default of clients (Microsoft MS10-049, AllowInsecureRenegoServers). */
const COMPATIBLE = {
  minSignedVersion: TLS_VERSION.ssl3,
  demandsSecureRenegotiation: false,
  // No Schannel offers a scheme for it.
  takesEdDsa: false,
  demandsKeyEncipherment: true,
} as const;

/**
 * Encryption Oracle Remediation (KB4093492): since the update of 8 May 2018 a Windows client refuses a server without
 * the fix of CVE-2018-0886, whose CredSSP is below 5. A client without that update falls back.
 */
const CREDSSP_MITIGATED = { minCredSspVersion: 5 } as const;
export const CREDSSP_UNPATCHED = { minCredSspVersion: 2 } as const;

/** The hello of Schannel before TLS 1.3, as mstsc on Windows 10 sends it. */
export const SCHANNEL_TLS12 = {
  ...MINIMUM_KEYS,
  ...COMPATIBLE,
  ...CREDSSP_MITIGATED,
  recordVersion: TLS_VERSION.tls12,
  helloVersion: TLS_VERSION.tls12,
  supportedVersions: null,
  minVersion: TLS_VERSION.tls10,
  maxVersion: TLS_VERSION.tls12,
  keyShareGroups: [],
  pointFormats: [0],
  pskModes: [],
  extensionOrder: [0, 5, 10, 11, 13, 35, 23, 65281],
  sessionIdLength: 0,
  sni: "name-or-address",
} as const satisfies Partial<ClientProfile>;

/** The hello of Schannel with TLS 1.3, as mstsc on Windows 11 sends it with NLA. */
export const SCHANNEL_TLS13 = {
  ...MINIMUM_KEYS,
  ...COMPATIBLE,
  ...CREDSSP_MITIGATED,
  recordVersion: TLS_VERSION.tls10,
  helloVersion: TLS_VERSION.tls12,
  supportedVersions: [TLS_VERSION.tls13, TLS_VERSION.tls12, TLS_VERSION.tls11, TLS_VERSION.tls10],
  minVersion: TLS_VERSION.tls10,
  maxVersion: TLS_VERSION.tls13,
  groups: X25519_AND_NIST_GROUPS,
  keyShareGroups: [0x001d],
  signatureAlgorithms: WIN11_SCHEMES,
  pointFormats: [],
  pskModes: [1],
  extensionOrder: [0, 5, 43, 13, 35, 10, 51, 49, 23, 65281, 45],
  sessionIdLength: 32,
  sni: "name-or-address",
} as const satisfies Partial<ClientProfile>;

const WITH_RC4 =
  "the RC4 suites are the system's default, and left out where the caller sets SCH_USE_STRONG_CRYPTO; whether mstsc sets it is not known";

const FIRST_WITH_PSS = "the first build that sends RSA-PSS schemes is not known for certain";

/** Microsoft's page of a release's suites. */
const suitesPage = (page: string): string => `MicrosoftDocs/win32 tls-cipher-suites-in-windows-${page}`;

const CURVES_PAGE = "MicrosoftDocs/win32 tls-elliptic-curves-in-windows-10-1607-and-later";

/** A hello that testssl.sh keeps in its client simulation. */
const simulated = (client: string): string => `testssl.sh client-simulation.txt: ${client}`;

/** Oldest first. */
export const WINDOWS_CLIENT_PROFILES = profileTable([
  {
    ...SCHANNEL_TLS12,
    id: "win7-sp1",
    name: "Windows 7 SP1",
    source: [suitesPage("7"), simulated("IE 11 Win 7")],
    confidence: "documented-and-captured",
    note: `without the RDC 8 update mstsc has TLS 1.0 only; ${WITH_RC4}`,
    recordVersion: TLS_VERSION.tls10,
    helloVersion: TLS_VERSION.tls10,
    maxVersion: TLS_VERSION.tls10,
    cipherSuites: WIN7_TLS10_SUITES,
    groups: NIST_GROUPS,
    signatureAlgorithms: [],
    extensionOrder: [65281, 0, 5, 10, 11],
  },
  {
    ...SCHANNEL_TLS12,
    id: "win7-sp1-rdc8",
    name: "Windows 7 SP1 with KB3080079 and RDC 8.0 / 8.1",
    source: [suitesPage("7"), simulated("IE 11 Win 7")],
    confidence: "documented-and-captured",
    note: WITH_RC4,
    cipherSuites: WIN7_SUITES,
    groups: NIST_GROUPS,
    signatureAlgorithms: WIN7_SCHEMES,
    extensionOrder: [65281, 0, 5, 10, 11, 13],
  },
  {
    ...SCHANNEL_TLS12,
    id: "win8.1",
    name: "Windows 8.1",
    source: [suitesPage("8-1"), simulated("IE 11 Win 8.1")],
    confidence: "documented-and-captured",
    note: WITH_RC4,
    cipherSuites: WIN7_SUITES,
    groups: NIST_GROUPS,
    signatureAlgorithms: WIN81_SCHEMES,
  },
  {
    ...SCHANNEL_TLS12,
    id: "win10-1507",
    name: "Windows 10 1507",
    source: [suitesPage("10--version-1507"), simulated("Edge 12 Win 10")],
    confidence: "documented-and-captured",
    note: WITH_RC4,
    cipherSuites: WIN10_1507_SUITES,
    groups: NIST_GROUPS,
    signatureAlgorithms: WIN10_SCHEMES,
  },
  {
    ...SCHANNEL_TLS12,
    id: "win10-1511",
    name: "Windows 10 1511",
    source: [suitesPage("10-v1511"), simulated("IE 11 Win 10"), simulated("Edge 13 Win 10")],
    confidence: "documented-and-captured",
    note: `its support ended before the update of May 2018, so that it takes a CredSSP below 5; ${WITH_RC4}`,
    ...CREDSSP_UNPATCHED,
    cipherSuites: WIN10_1511_SUITES,
    groups: NIST_GROUPS,
    signatureAlgorithms: WIN10_SCHEMES,
  },
  {
    ...SCHANNEL_TLS12,
    id: "win10-1607",
    name: "Windows 10 1607",
    source: [suitesPage("10-v1607"), CURVES_PAGE],
    confidence: "documented",
    note: WITH_RC4,
    cipherSuites: WIN10_1511_SUITES,
    groups: X25519_AND_NIST_GROUPS,
    signatureAlgorithms: WIN10_SCHEMES,
  },
  {
    ...SCHANNEL_TLS12,
    id: "win10-1703",
    name: "Windows 10 1703",
    source: [suitesPage("10-v1703"), CURVES_PAGE, simulated("Edge 15 Win 10")],
    confidence: "documented-and-captured",
    note: WITH_RC4,
    cipherSuites: WIN10_1703_SUITES,
    groups: X25519_AND_NIST_GROUPS,
    signatureAlgorithms: WIN10_SCHEMES,
  },
  {
    ...SCHANNEL_TLS12,
    id: "win10-1709-1803",
    name: "Windows 10 1709 / 1803",
    source: [suitesPage("10-v1709"), CURVES_PAGE, simulated("Edge 17 Win 10")],
    confidence: "documented-and-captured",
    note: "",
    cipherSuites: WIN10_1709_SUITES,
    groups: X25519_AND_NIST_GROUPS,
    signatureAlgorithms: WIN10_SCHEMES,
  },
  {
    ...SCHANNEL_TLS12,
    id: "win10-1809",
    name: "Windows 10 1809",
    source: [suitesPage("10-v1809"), CURVES_PAGE],
    confidence: "documented",
    note: FIRST_WITH_PSS,
    cipherSuites: WIN10_1709_SUITES,
    groups: X25519_AND_NIST_GROUPS,
    signatureAlgorithms: WIN11_SCHEMES,
  },
  {
    ...SCHANNEL_TLS12,
    id: "win10-1903-2004",
    name: "Windows 10 1903 / 1909 / 2004",
    source: [suitesPage("10-v1903"), CURVES_PAGE],
    confidence: "documented",
    note: FIRST_WITH_PSS,
    cipherSuites: WIN10_1709_SUITES,
    groups: X25519_AND_NIST_GROUPS,
    signatureAlgorithms: WIN11_SCHEMES,
  },
  {
    ...SCHANNEL_TLS12,
    id: "win10-20H2-21H2",
    name: "Windows 10 20H2 / 21H1 / 21H2",
    source: [suitesPage("10-v20H2"), CURVES_PAGE],
    confidence: "documented",
    note: FIRST_WITH_PSS,
    cipherSuites: WIN10_1709_SUITES,
    groups: X25519_AND_NIST_GROUPS,
    signatureAlgorithms: WIN11_SCHEMES,
  },
  {
    ...SCHANNEL_TLS12,
    id: "win10-22H2",
    name: "Windows 10 22H2",
    source: [suitesPage("10-v22H2"), CURVES_PAGE],
    confidence: "documented",
    note: "a fully patched 20H2 to 21H2 shares its code and may behave alike",
    cipherSuites: WIN10_22H2_SUITES,
    groups: X25519_AND_NIST_GROUPS,
    signatureAlgorithms: WIN11_SCHEMES,
  },
  {
    ...SCHANNEL_TLS13,
    id: "win11-21H2",
    name: "Windows 11 21H2",
    source: [suitesPage("11"), CURVES_PAGE],
    confidence: "documented",
    note: "",
    cipherSuites: WIN11_21H2_SUITES,
  },
  {
    ...SCHANNEL_TLS13,
    id: "win11-22H2-23H2",
    name: "Windows 11 22H2 / 23H2",
    source: [suitesPage("11-v22H2"), CURVES_PAGE, "capture of curl with Schannel on Windows 11, 2026"],
    confidence: "documented-and-captured",
    note: "",
    cipherSuites: WIN11_22H2_SUITES,
  },
  {
    ...SCHANNEL_TLS13,
    id: "win11-24H2-25H2",
    name: "Windows 11 24H2 / 25H2",
    source: [suitesPage("11-v22H2"), CURVES_PAGE],
    confidence: "documented",
    note: "whether 25H2 still has TLS 1.0 and 1.1 on is not documented",
    cipherSuites: WIN11_22H2_SUITES,
  },
  {
    ...SCHANNEL_TLS13,
    id: "win11-26H1",
    name: "Windows 11 26H1",
    source: [suitesPage("11-v22H2"), CURVES_PAGE],
    confidence: "assumed",
    note: "TLS 1.0 and 1.1 are taken to be off, as announced for releases after 2024",
    supportedVersions: [TLS_VERSION.tls13, TLS_VERSION.tls12],
    minVersion: TLS_VERSION.tls12,
    cipherSuites: WIN11_22H2_SUITES,
  },
  {
    ...SCHANNEL_TLS13,
    id: "win11-26H2",
    name: "Windows 11 26H2",
    source: [suitesPage("11-v22H2"), CURVES_PAGE],
    confidence: "assumed",
    note: "it is an enablement package over 24H2 and 25H2 and is taken to be as they are; no page of its own is published",
    cipherSuites: WIN11_22H2_SUITES,
  },
  {
    ...SCHANNEL_TLS13,
    id: "win11-mlkem",
    name: "Windows 11 24H2 and later with ML-KEM switched on",
    source: ["MicrosoftDocs/win32 tls-supported-groups-in-windows-11-24h2"],
    confidence: "assumed",
    note: "the group is documented, and off by default; that its share goes first, and beside x25519, is assumed. The hello is larger than one packet",
    groups: [NAMED_GROUP.X25519MLKEM768, ...X25519_AND_NIST_GROUPS],
    keyShareGroups: [NAMED_GROUP.X25519MLKEM768, NAMED_GROUP.x25519],
    cipherSuites: WIN11_22H2_SUITES,
  },
  {
    ...SCHANNEL_TLS13,
    id: "win11-fips",
    name: "Windows 11 22H2 and later in FIPS mode",
    source: [suitesPage("11-v22H2"), CURVES_PAGE],
    confidence: "documented",
    note: "the policy 'System cryptography: Use FIPS compliant algorithms': no curve25519; which curve's share goes first is assumed",
    groups: NIST_GROUPS,
    keyShareGroups: [NAMED_GROUP.secp256r1],
    cipherSuites: WIN11_22H2_SUITES,
  },
]);
