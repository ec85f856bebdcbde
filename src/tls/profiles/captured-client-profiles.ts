/** RDP clients whose own ClientHello was captured: mstsc on three Windows releases, and FreeRDP. */
import { type ClientProfile, profileTable } from "./client-profile.ts";
import { TLS_VERSION } from "../tables/versions.ts";
import {
  CREDSSP_UNPATCHED,
  SCHANNEL_TLS12,
  SCHANNEL_TLS13,
  WIN10_SCHEMES,
  WIN11_22H2_SUITES,
  X25519_AND_NIST_GROUPS,
} from "./windows-client-profiles.ts";

const OPENSSL_SUITES = [
  0x1302, 0x1303, 0x1301, 0xc02c, 0xc030, 0x009f, 0xcca9, 0xcca8, 0xccaa, 0xc02b, 0xc02f, 0x009e, 0xc024,
  0xc028, 0x006b, 0xc023, 0xc027, 0x0067, 0xc00a, 0xc014, 0x0039, 0xc009, 0xc013, 0x0033, 0x009d, 0x009c,
  0x003d, 0x003c, 0x0035, 0x002f, 0x00ff,
] as const;

/** The hello of OpenSSL 1.1.1 and 3 under FreeRDP. */
const OPENSSL_TLS13 = {
  recordVersion: TLS_VERSION.tls10,
  helloVersion: TLS_VERSION.tls12,
  supportedVersions: [TLS_VERSION.tls13, TLS_VERSION.tls12, TLS_VERSION.tls11, TLS_VERSION.tls10],
  minVersion: TLS_VERSION.tls10,
  maxVersion: TLS_VERSION.tls13,
  cipherSuites: OPENSSL_SUITES,
  keyShareGroups: [0x001d],
  pointFormats: [0, 1, 2],
  pskModes: [1],
  extensionOrder: [0, 11, 10, 35, 22, 23, 13, 43, 45, 51],
  sessionIdLength: 32,
  // FreeRDP asks its user about the certificate instead of OpenSSL: 2.11.7 goes on with RSA 512, the shortest that fits.
  minRsaBits: 512,
  // SSL_CTX_set_security_level(3): level 1, which FreeRDP sets, has 80 bits, and so primes of 1024.
  minDhBits: 1024,
  // Seen of 2.11.7: it goes on with an RSA key exchange and a certificate for signatures alone.
  demandsKeyEncipherment: false,
  // libfreerdp/core/nla.c goes on with the server's version, whichever it is; seen of 2.11.7 at CredSSP 2 and 4.
  minCredSspVersion: 2,
} as const satisfies Partial<ClientProfile>;

/** OpenSSL 3 under FreeRDP, seen of 2.11.7 beside openssl s_server and gnutls-serv; OpenSSL 3's migration guide on both. */
const OPENSSL3 = {
  ...OPENSSL_TLS13,
  minSignedVersion: TLS_VERSION.tls12,
  demandsSecureRenegotiation: true,
  // It closes the connection after the handshake, without an alert: its channel binding has no hash for such a key.
  takesEdDsa: false,
  groups: [0x001d, 0x0017, 0x001e, 0x0019, 0x0018, 0x0100, 0x0101, 0x0102, 0x0103, 0x0104],
  signatureAlgorithms: [
    0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0809, 0x080a, 0x080b, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501,
    0x0601, 0x0303, 0x0301, 0x0302, 0x0402, 0x0502, 0x0602,
  ],
  sni: "name-or-address",
} as const satisfies Partial<ClientProfile>;

/** Oldest first. */
export const CAPTURED_CLIENT_PROFILES = profileTable([
  {
    ...SCHANNEL_TLS12,
    id: "win7-mstsc",
    name: "mstsc of Windows 7 before RDC 8",
    source: ["zeek rdp-to-ssl.pcap, 2011", "elcabezzonn/Pcaps windows_miscellany, 2016"],
    confidence: "captured",
    note: "the capture of 2016 has renegotiation_info in front; both are older than the update of May 2018 for CredSSP",
    ...CREDSSP_UNPATCHED,
    recordVersion: TLS_VERSION.tls10,
    helloVersion: TLS_VERSION.tls10,
    maxVersion: TLS_VERSION.tls10,
    cipherSuites: [
      0x002f, 0x0035, 0x0005, 0x000a, 0xc013, 0xc014, 0xc009, 0xc00a, 0x0032, 0x0038, 0x0013, 0x0004,
    ],
    groups: [0x0017, 0x0018],
    signatureAlgorithms: [],
    extensionOrder: [0, 5, 10, 11],
  },
  {
    ...SCHANNEL_TLS12,
    id: "win10-mstscax",
    name: "mstscax of Windows 10 1809 to 2004",
    source: ["sbousseaden/PCAP-ATTACK LM_rdp_sharprdp, 2020"],
    confidence: "captured",
    note: "",
    cipherSuites: [
      0xc02c, 0xc02b, 0xc030, 0xc02f, 0x009f, 0x009e, 0xc024, 0xc023, 0xc028, 0xc027, 0xc00a, 0xc009, 0xc014,
      0xc013, 0x009d, 0x009c, 0x003d, 0x003c, 0x0035, 0x002f, 0x000a,
    ],
    groups: X25519_AND_NIST_GROUPS,
    signatureAlgorithms: WIN10_SCHEMES,
  },
  {
    ...SCHANNEL_TLS13,
    id: "win11-mstsc-nla",
    name: "mstsc of Windows 11 with NLA",
    source: ["awakecoding/wireshark-rdp rdp-nla-kerberos-auth1 and rdp-nla-ntlm-rejected1, 2024"],
    confidence: "captured",
    note: "",
    cipherSuites: WIN11_22H2_SUITES,
  },
  {
    ...SCHANNEL_TLS13,
    id: "win11-mstsc-tls",
    name: "mstsc of Windows 11 without NLA",
    source: ["awakecoding/wireshark-rdp rdp-no-nla-accepted1, 2024"],
    confidence: "captured",
    note: "",
    cipherSuites: WIN11_22H2_SUITES,
    extensionOrder: [0, 43, 13, 35, 10, 51, 49, 23, 65281, 45],
  },
  {
    ...OPENSSL_TLS13,
    id: "freerdp-openssl",
    name: "FreeRDP on OpenSSL, 2023",
    source: ["awakecoding/wireshark-rdp freerdp-test, 2023"],
    confidence: "captured",
    note: "the capture does not say which OpenSSL it was, nor whether an address goes into server_name; it offers SHA-1, as OpenSSL before 3 does",
    minSignedVersion: TLS_VERSION.tls10,
    demandsSecureRenegotiation: false,
    takesEdDsa: true,
    groups: [0x001d, 0x0017, 0x001e, 0x0019, 0x0018],
    signatureAlgorithms: [
      0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0809, 0x080a, 0x080b, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501,
      0x0601, 0x0303, 0x0203, 0x0301, 0x0201, 0x0302, 0x0202, 0x0402, 0x0502, 0x0602,
    ],
    sni: "name",
  },
  {
    ...OPENSSL3,
    id: "freerdp-openssl3",
    name: "FreeRDP 2.11 and 3 on OpenSSL 3.0 to 3.4",
    source: [
      "xfreerdp of Debian 12 (freerdp2-x11 2.11.7) against a raw listener, /sec:nla and /sec:tls, 2026",
    ],
    confidence: "captured",
    note: "captured of 2.11.7 on OpenSSL 3.0.19; FreeRDP 3 sets the same lowest version and security level (libfreerdp/core/settings.c), and 3.15 and later ask for NLA alone (freerdp-3.15); OpenSSL 3.5 adds X25519MLKEM768. It offers TLS 1.0 and 1.1, and ends them itself where the server signs",
  },
  {
    ...OPENSSL3,
    offersNlaAlone: true,
    id: "freerdp-3.15",
    name: "FreeRDP 3.15 and later, NLA alone",
    source: [
      "xfreerdp of Debian 12 with /sec:nla, 2026",
      "reported of FreeRDP from 3.15 on; its sources were not at hand",
    ],
    confidence: "assumed",
    note: "the hello and its demands are those of freerdp-openssl3; the request is 0x02, CredSSP alone, unless /sec says otherwise: at a server without NLA it ends before TLS",
  },
]);
