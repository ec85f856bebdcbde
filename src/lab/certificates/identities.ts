/** The certificates that scenarios show, minted when the lab starts. */
import { createPublicKey } from "node:crypto";
import type { TlsServerOptions } from "../../transport/accepted-connection.ts";
import {
  type CertificateOptions,
  type MintedCertificate,
  mintCertificate,
  windowsSelfSigned,
} from "./certificates.ts";
import { handshakeSigner } from "../flight/handshake-signatures.ts";
import type { ServerCertificate } from "../policies/hello-policy.ts";

const DAY_MS = 86_400_000;
const NAME = "RDPLAB";
const DNS_NAME = "rdplab.test";
/** What would happen to a terminal, a log line or a right-to-left reader if it were printed as it is. */
export const HOSTILE_NAME = "RDP\u001b[31mLAB\u001b]0;owned\u0007\u202e\u2066gnitteg\r\nRDP OK | 'x'=1";

/** Windows' own certificate is valid for 183 days. */
const OVERDUE_DAYS = 183 + 3;
const HUGE_CHAIN_AUTHORITIES = 20;
/** Names in each certificate of the huge chain, 24 bytes a name. */
const HUGE_CHAIN_NAMES = 60;

/** One certificate of some 110 KiB, over the 100 KiB at which OpenSSL's clients stop. */
const OVERSIZED_NAMES = 5000;
const TEN_THOUSAND = 10_000;
/** No DER at all. */
const NO_CERTIFICATE = Uint8Array.of(0xde, 0xad, 0x00);

type Validity = Pick<CertificateOptions, "notBefore" | "notAfter">;

/** Six months around `now`, as Windows gives its own certificates, moved by `days`. */
const validity = (now: Date, days = 0): Validity => ({
  notBefore: new Date(now.getTime() + (days - 10) * DAY_MS),
  notAfter: new Date(now.getTime() + (days + 173) * DAY_MS),
});

const IDENTITIES = {
  "rsa-2048": (now) => mintCertificate({ commonName: NAME, ...validity(now) }),
  expired: (now) => mintCertificate({ commonName: NAME, ...validity(now, -200) }),
  "not-yet-valid": (now) => mintCertificate({ commonName: NAME, ...validity(now, 30) }),
  "ec-p256": (now) => mintCertificate({ commonName: NAME, key: "ec-p256", ...validity(now) }),
  ed25519: (now) => mintCertificate({ commonName: NAME, key: "ed25519", ...validity(now) }),
  "rsa-1024-sha1": (now) =>
    mintCertificate({ commonName: NAME, key: "rsa-1024", hash: "sha1", ...validity(now) }),
  "rsa-512": (now) => mintCertificate({ commonName: NAME, key: "rsa-512", ...validity(now) }),
  md5: (now) => mintCertificate({ commonName: NAME, hash: "md5", ...validity(now) }),
  chain: (now) => shownAs(mintChain(validity(now))),
  "chain-expired": (now) => shownAs(mintChain(validity(now, -200))),
  "chain-out-of-order": (now) => {
    const { leaf, issuing, root } = mintChain(validity(now));
    return shownAs({ leaf, root, issuing });
  },
  "chain-incomplete": (now) => shownAs({ leaf: mintChain(validity(now)).leaf }),
  "chain-huge": (now) => mintHugeChain(validity(now)),
  "wrong-key": (now) => signedByAnother("rsa-2048", validity(now)),
  "ec-wrong-key": (now) => signedByAnother("ec-p256", validity(now)),
  "no-certificate": (now) => showing(mintCertificate({ commonName: NAME, ...validity(now) }), []),
  "bare-public-key": (now) => {
    const minted = mintCertificate({ commonName: NAME, ...validity(now) });
    const bare = createPublicKey(minted.privateKey).export({ type: "spki", format: "der" });
    return showing(minted, [Uint8Array.from(bare)]);
  },
  "garbage-certificate": (now) =>
    showing(mintCertificate({ commonName: NAME, ...validity(now) }), [NO_CERTIFICATE]),
  oversized: (now) =>
    mintCertificate({ commonName: NAME, subjectAltNames: names(OVERSIZED_NAMES), ...validity(now) }),
  "ten-thousand-names": (now) =>
    mintCertificate({ commonName: NAME, subjectAltNames: names(TEN_THOUSAND), ...validity(now) }),
  "hostile-name": (now) => mintCertificate({ commonName: HOSTILE_NAME, ...validity(now) }),
  "expires-soon": (now) =>
    mintCertificate({ commonName: NAME, subjectAltNames: [`DNS:${DNS_NAME}`], ...validity(now, -163) }),
  "windows-overdue": (now) => windowsSelfSigned(NAME, new Date(now.getTime() - OVERDUE_DAYS * DAY_MS)),
  "client-eku": (now) =>
    mintCertificate({ commonName: NAME, extendedKeyUsage: ["clientAuth"], ...validity(now) }),
  "no-encipherment": (now) =>
    mintCertificate({ commonName: NAME, keyUsage: ["digitalSignature"], ...validity(now) }),
  "farm-member": (now) =>
    mintCertificate({ commonName: `${NAME}2`, key: "rsa-2048", freshKey: true, ...validity(now, -30) }),
} as const satisfies Readonly<Record<string, (now: Date) => Shown>>;

/** A key with the certificates that are sent for it. */
type Shown = Pick<MintedCertificate, "keyPem" | "privateKey" | "chain" | "chainPem">;

export type IdentityId = keyof typeof IDENTITIES;

export interface Identity extends Required<Pick<TlsServerOptions, "key" | "cert">> {
  /** For flights that are written by hand; null where no suite is authenticated by a key of its kind. */
  readonly certificate: ServerCertificate | null;
}

/** Key and certificate in PEM, as seen at `now`. Takes tens to hundreds of milliseconds for the first RSA key. */
export const mintIdentity = (id: IdentityId, now: Date): Identity => {
  const minted: Shown = IDENTITIES[id](now);
  return { key: minted.keyPem, cert: minted.chainPem, certificate: serverCertificate(minted) };
};

const serverCertificate = ({ privateKey, chain }: Shown): ServerCertificate | null => {
  const sign = handshakeSigner(privateKey);
  switch (privateKey.asymmetricKeyType) {
    case "rsa":
      return { authentication: "rsa", chain, sign };
    case "ec":
      return { authentication: "ecdsa", chain, sign };
    default:
      return null;
  }
};

/** A certificate, and the key of another. */
const signedByAnother = (key: "rsa-2048" | "ec-p256", valid: Validity): Shown => {
  const shown = mintCertificate({ commonName: NAME, key, ...valid });
  const { keyPem, privateKey } = mintCertificate({ commonName: NAME, key, freshKey: true, ...valid });
  return { ...shown, keyPem, privateKey };
};

/** The key with these bytes in place of its certificates, for flights that are written by hand. */
const showing = (minted: MintedCertificate, chain: readonly Uint8Array[]): Shown => ({ ...minted, chain });

interface Chain {
  readonly leaf: MintedCertificate;
  readonly issuing: MintedCertificate;
  readonly root: MintedCertificate;
}

const mintChain = (valid: Validity): Chain => {
  const authority = { key: "ec-p256", freshKey: true, ca: true, ...valid } as const;
  const root = mintCertificate({ commonName: `${NAME} Root CA`, ...authority });
  const issuing = mintCertificate({ commonName: `${NAME} Issuing CA`, issuer: root, ...authority });
  const leaf = mintCertificate({
    commonName: NAME,
    subjectAltNames: [`DNS:${DNS_NAME}`, "IP:127.0.0.1"],
    issuer: issuing,
    ...valid,
  });
  return { leaf, issuing, root };
};

/** The leaf's key with the certificates as they are listed, and no others. */
const shownAs = (listed: Pick<Chain, "leaf"> & Partial<Chain>): Shown => {
  const sent = Object.values(listed);
  return {
    ...listed.leaf,
    chain: sent.map(({ der }) => der),
    chainPem: sent.map(({ certificatePem }) => certificatePem).join(""),
  };
};

const names = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `DNS:host-${index}.${DNS_NAME}`);

/** Some 40 KiB: more than Schannel's MessageLimitClient of 32 KiB takes. */
const mintHugeChain = (valid: Validity): MintedCertificate => {
  const subjectAltNames = names(HUGE_CHAIN_NAMES);
  let issuer: MintedCertificate | null = null;
  for (let level = 0; level < HUGE_CHAIN_AUTHORITIES; level += 1) {
    issuer = mintCertificate({
      commonName: `${NAME} CA ${level}`,
      ca: true,
      subjectAltNames,
      ...(issuer === null ? {} : { issuer }),
      ...valid,
    });
  }
  return mintCertificate({
    commonName: NAME,
    subjectAltNames,
    ...(issuer === null ? {} : { issuer }),
    ...valid,
  });
};
