/** RDP clients that stand on other TLS libraries, as those libraries' sources or simulations show them. */
import { profileTable } from "./client-profile.ts";
import { NAMED_GROUP } from "../tables/named-groups.ts";
import { TLS_VERSION } from "../tables/versions.ts";

const { x25519, secp256r1, secp384r1, secp521r1 } = NAMED_GROUP;

/** Neither looks at the server's CredSSP version, nor takes less than the lowest that there is. */
const TAKES_ANY_CREDSSP = { minCredSspVersion: 2 } as const;

export const OTHER_CLIENT_PROFILES = profileTable([
  {
    ...TAKES_ANY_CREDSSP,
    id: "ironrdp-rustls",
    name: "IronRDP on rustls (Devolutions, Teleport)",
    source: [
      "rustls, crypto/ring: default suites, groups and schemes",
      "Devolutions/IronRDP, crates/ironrdp-tls",
    ],
    confidence: "assumed",
    note: "rustls shuffles its extensions; with the provider aws-lc it offers X25519MLKEM768 first and P-521 signatures as well; built with native-tls it is another client",
    recordVersion: TLS_VERSION.tls10,
    helloVersion: TLS_VERSION.tls12,
    supportedVersions: [TLS_VERSION.tls13, TLS_VERSION.tls12],
    minVersion: TLS_VERSION.tls12,
    maxVersion: TLS_VERSION.tls13,
    cipherSuites: [0x1302, 0x1301, 0x1303, 0xc02c, 0xc02b, 0xcca9, 0xc030, 0xc02f, 0xcca8, 0x00ff],
    groups: [x25519, secp256r1, secp384r1],
    keyShareGroups: [x25519],
    signatureAlgorithms: [0x0503, 0x0403, 0x0807, 0x0806, 0x0805, 0x0804, 0x0601, 0x0501, 0x0401],
    pointFormats: [0],
    pskModes: [1],
    extensionOrder: [43, 11, 10, 13, 23, 5, 51, 45, 0],
    sessionIdLength: 32,
    sni: "name",
    // webpki's RSA_PKCS1_2048_8192 and RSA_PSS_2048_8192.
    minRsaBits: 2048,
    minDhBits: 2048,
    minSignedVersion: TLS_VERSION.tls12,
    demandsSecureRenegotiation: false,
    takesEdDsa: true,
    demandsKeyEncipherment: false,
  },
  {
    ...TAKES_ANY_CREDSSP,
    id: "macos-windows-app",
    name: "Windows App on macOS",
    source: ["testssl.sh client-simulation.txt: Safari on macOS"],
    confidence: "assumed",
    note: "no capture of the app is known: this is Apple's TLS as Safari sends it, without what only a browser adds; which CredSSP it takes is not known",
    recordVersion: TLS_VERSION.tls10,
    helloVersion: TLS_VERSION.tls12,
    supportedVersions: [TLS_VERSION.tls13, TLS_VERSION.tls12, TLS_VERSION.tls11, TLS_VERSION.tls10],
    minVersion: TLS_VERSION.tls10,
    maxVersion: TLS_VERSION.tls13,
    cipherSuites: [
      0x1301, 0x1302, 0x1303, 0xc02c, 0xc02b, 0xcca9, 0xc030, 0xc02f, 0xcca8, 0xc00a, 0xc009, 0xc014, 0xc013,
      0x009d, 0x009c, 0x0035, 0x002f, 0xc008, 0xc012, 0x000a,
    ],
    groups: [x25519, secp256r1, secp384r1, secp521r1],
    keyShareGroups: [x25519],
    signatureAlgorithms: [0x0403, 0x0804, 0x0401, 0x0503, 0x0203, 0x0805, 0x0501, 0x0806, 0x0601, 0x0201],
    pointFormats: [0],
    pskModes: [1],
    extensionOrder: [0, 23, 65281, 10, 11, 5, 13, 51, 45, 43],
    sessionIdLength: 32,
    sni: "name",
    minRsaBits: 1024,
    minDhBits: 1024,
    minSignedVersion: TLS_VERSION.tls10,
    demandsSecureRenegotiation: false,
    takesEdDsa: false,
    demandsKeyEncipherment: false,
  },
]);
