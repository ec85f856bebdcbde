/** Certificates made at start for the lab and for tests, so that no key is ever in the repository. */
import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from "node:crypto";
import forge, { type Asn1 } from "node-forge/lib/asn1.js";
import { ATTRIBUTE_TYPES } from "../../x509/distinguished-name.ts";
import { EXTENDED_KEY_USAGES, KEY_USAGES } from "../../x509/extensions.ts";
import { parseIpAddress } from "../../x509/ip-address.ts";

type KeyKind = "rsa-512" | "rsa-1024" | "rsa-2048" | "rsa-3072" | "ec-p256" | "ec-p384" | "ed25519";
type AttributeType = (typeof ATTRIBUTE_TYPES)[keyof typeof ATTRIBUTE_TYPES];
type KeyUsage = (typeof KEY_USAGES)[number];

export interface CertificateOptions {
  readonly commonName: string;
  /** RDNs that stand before the CN, for example `[["C", "DE"], ["O", "Example"]]`. */
  readonly subject?: readonly (readonly [type: AttributeType, value: string])[];
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** `rsa-2048` if left out. */
  readonly key?: KeyKind;
  /** Makes a key of its own; otherwise one key of a kind serves the whole process. */
  readonly freshKey?: boolean;
  /** `sha256` if left out; Ed25519 has none. */
  readonly hash?: "md5" | "sha1" | "sha256" | "sha384";
  /** `DNS:host`, `IP:192.0.2.7`. */
  readonly subjectAltNames?: readonly string[];
  /** Names or dotted OIDs; `["serverAuth"]` if left out, null for no extension. */
  readonly extendedKeyUsage?: readonly string[] | null;
  /** What a server of the key's kind, or a CA, needs if left out; null for no extension. */
  readonly keyUsage?: readonly KeyUsage[] | null;
  /** Signs itself if left out. */
  readonly issuer?: MintedCertificate;
  readonly ca?: boolean;
  /** Content bytes of the INTEGER; 16 random ones, positive, if left out. */
  readonly serial?: Uint8Array;
}

export interface MintedCertificate {
  readonly der: Uint8Array;
  readonly certificatePem: string;
  /** The leaf and its issuers, up to and with the root. */
  readonly chainPem: string;
  /** DER of the same chain. */
  readonly chain: readonly Uint8Array[];
  /** PKCS #8. */
  readonly keyPem: string;
  readonly privateKey: KeyObject;
  /** DER of the subject's Name. */
  readonly subjectDer: Uint8Array;
}

const KEY_MAKERS: { readonly [kind in KeyKind]: () => KeyObject } = {
  "rsa-512": () => generateKeyPairSync("rsa", { modulusLength: 512 }).privateKey,
  "rsa-1024": () => generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey,
  "rsa-2048": () => generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey,
  "rsa-3072": () => generateKeyPairSync("rsa", { modulusLength: 3072 }).privateKey,
  "ec-p256": () => generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey,
  "ec-p384": () => generateKeyPairSync("ec", { namedCurve: "secp384r1" }).privateKey,
  ed25519: () => generateKeyPairSync("ed25519").privateKey,
};

const SIGNATURE_OIDS = {
  rsa: {
    md5: "1.2.840.113549.1.1.4",
    sha1: "1.2.840.113549.1.1.5",
    sha256: "1.2.840.113549.1.1.11",
    sha384: "1.2.840.113549.1.1.12",
  },
  ec: { sha1: "1.2.840.10045.4.1", sha256: "1.2.840.10045.4.3.2", sha384: "1.2.840.10045.4.3.3" },
} as const;
const ED25519_OID = "1.3.101.112";

const OIDS = {
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyIdentifier: "2.5.29.35",
  extKeyUsage: "2.5.29.37",
} as const;

const WINDOWS_LIFETIME_MS = 183 * 86_400_000;
/** [RFC 5280] 4.1.2.5: the years that a UTCTime can say. */
const UTC_TIME_YEARS = { first: 1950, last: 2049 } as const;

const sharedKeys = new Map<KeyKind, KeyObject>();

/** Makes a certificate and its key. @throws RangeError when an option names what there is no OID or form for. */
export const mintCertificate = (options: CertificateOptions): MintedCertificate => {
  const { issuer, hash = "sha256" } = options;
  const privateKey = keyOf(options.key ?? "rsa-2048", options.freshKey ?? false);
  const signingKey = issuer?.privateKey ?? privateKey;
  const algorithm = signatureAlgorithm(signingKey, hash);
  const subject = nameOf(options);
  const tbs = sequence(
    context(0, integer(Uint8Array.of(2))),
    integer(options.serial ?? randomSerial()),
    algorithm,
    issuer === undefined ? subject : forge.fromDer(binary(issuer.subjectDer)),
    sequence(time(options.notBefore), time(options.notAfter)),
    subject,
    forge.fromDer(binary(createPublicKey(privateKey).export({ type: "spki", format: "der" }))),
    context(3, sequence(...extensionsOf(options, privateKey, signingKey))),
  );
  const signature = sign(signingKey.asymmetricKeyType === "ed25519" ? null : hash, bytesOf(tbs), signingKey);
  const der = bytesOf(sequence(tbs, algorithm, bitString(signature)));
  const chain = [der, ...(issuer?.chain ?? [])];
  return {
    der,
    certificatePem: pemOf(der),
    chainPem: chain.map(pemOf).join(""),
    chain,
    keyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    privateKey,
    subjectDer: bytesOf(subject),
  };
};

/** What Windows makes itself at `now` for a machine of this name: 183 days, RSA-2048, SHA-256, no alternative name. */
export const windowsSelfSigned = (name: string, now: Date): MintedCertificate =>
  mintCertificate({
    commonName: name,
    notBefore: now,
    notAfter: new Date(now.getTime() + WINDOWS_LIFETIME_MS),
    keyUsage: ["keyEncipherment", "dataEncipherment"],
  });

const keyOf = (kind: KeyKind, fresh: boolean): KeyObject => {
  const key = (fresh ? undefined : sharedKeys.get(kind)) ?? KEY_MAKERS[kind]();
  if (!fresh) sharedKeys.set(kind, key);
  return key;
};

const signatureAlgorithm = (key: KeyObject, hash: "md5" | "sha1" | "sha256" | "sha384"): Asn1 => {
  if (key.asymmetricKeyType === "ed25519") return sequence(oid(ED25519_OID));
  if (key.asymmetricKeyType === "rsa") return sequence(oid(SIGNATURE_OIDS.rsa[hash]), nothing());
  if (hash === "md5") throw new RangeError("certificate: ECDSA with MD5 has no OID");
  return sequence(oid(SIGNATURE_OIDS.ec[hash]));
};

const nameOf = ({ subject = [], commonName }: CertificateOptions): Asn1 =>
  sequence(
    ...[...subject, ["CN", commonName] as const].map(([type, value]) =>
      set(sequence(oid(attributeOid(type)), directoryString(type, value))),
    ),
  );

const extensionsOf = (
  options: CertificateOptions,
  privateKey: KeyObject,
  signingKey: KeyObject,
): readonly Asn1[] => {
  const { subjectAltNames = [], extendedKeyUsage = ["serverAuth"], ca = false } = options;
  const keyUsage = options.keyUsage === undefined ? usualKeyUsage(ca, privateKey) : options.keyUsage;
  return [
    ca ? extension(OIDS.basicConstraints, sequence(boolean(true)), true) : undefined,
    keyUsage === null ? undefined : extension(OIDS.keyUsage, keyUsageBits(keyUsage), true),
    extendedKeyUsage === null || ca
      ? undefined
      : extension(OIDS.extKeyUsage, sequence(...extendedKeyUsage.map((name) => oid(purposeOid(name))))),
    subjectAltNames.length === 0
      ? undefined
      : extension(OIDS.subjectAltName, sequence(...subjectAltNames.map(generalName))),
    extension(OIDS.subjectKeyIdentifier, octetString(keyIdentifier(privateKey))),
    options.issuer === undefined
      ? undefined
      : extension(OIDS.authorityKeyIdentifier, sequence(contextBytes(0, keyIdentifier(signingKey)))),
  ].filter((one) => one !== undefined);
};

const usualKeyUsage = (ca: boolean, key: KeyObject): readonly KeyUsage[] => {
  if (ca) return ["keyCertSign", "cRLSign"];
  return key.asymmetricKeyType === "rsa" ? ["digitalSignature", "keyEncipherment"] : ["digitalSignature"];
};

/** [RFC 5280] 4.2.1.2, the first method; over the whole SubjectPublicKeyInfo, which serves as well. */
const keyIdentifier = (key: KeyObject): Uint8Array =>
  createHash("sha1")
    .update(createPublicKey(key).export({ type: "spki", format: "der" }))
    .digest();

const attributeOid = (type: AttributeType): string => oidByName(ATTRIBUTE_TYPES, type);

const purposeOid = (name: string): string =>
  /^[\d.]+$/.test(name) ? name : oidByName(EXTENDED_KEY_USAGES, name);

const oidByName = (table: Readonly<Record<string, string>>, name: string): string => {
  const found = Object.entries(table).find(([, value]) => value === name);
  if (found === undefined) throw new RangeError(`certificate: no OID for ${name}`);
  return found[0];
};

const generalName = (text: string): Asn1 => {
  const [, kind, value = ""] = /^([A-Za-z]+):(.*)$/.exec(text) ?? [];
  const address = kind === "IP" ? parseIpAddress(value) : null;
  if (address !== null) return contextBytes(7, address);
  if (kind === "DNS") return contextBytes(2, new TextEncoder().encode(value));
  throw new RangeError(`certificate: ${text} is neither DNS:name nor IP:address`);
};

/** A BIT STRING without trailing zero bits, as DER wants a list of named bits. */
const keyUsageBits = (usages: readonly KeyUsage[]): Asn1 => {
  const bits = usages.map((usage) => KEY_USAGES.indexOf(usage));
  const last = Math.max(...bits, 0);
  const bytes = new Uint8Array((last >> 3) + 1);
  for (const bit of bits) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (0x80 >> (bit % 8));
  return bitString(bytes, 7 - (last % 8));
};

const randomSerial = (): Uint8Array => {
  const serial = Uint8Array.from(randomBytes(16));
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  return serial;
};

const { Class, Type } = forge;

const universal = (type: number, constructed: boolean, value: string | Asn1[]): Asn1 =>
  forge.create(Class.UNIVERSAL, type, constructed, value);
const sequence = (...members: readonly Asn1[]): Asn1 => universal(Type.SEQUENCE, true, [...members]);
const set = (...members: readonly Asn1[]): Asn1 => universal(Type.SET, true, [...members]);
const context = (tag: number, member: Asn1): Asn1 =>
  forge.create(Class.CONTEXT_SPECIFIC, tag, true, [member]);
const contextBytes = (tag: number, bytes: Uint8Array): Asn1 =>
  forge.create(Class.CONTEXT_SPECIFIC, tag, false, binary(bytes));
const oid = (dotted: string): Asn1 => universal(Type.OID, false, forge.oidToDer(dotted).data);
const integer = (content: Uint8Array): Asn1 => universal(Type.INTEGER, false, binary(content));
const boolean = (value: boolean): Asn1 => universal(Type.BOOLEAN, false, value ? "\xff" : "\0");
const nothing = (): Asn1 => universal(Type.NULL, false, "");
const octetString = (bytes: Uint8Array): Asn1 => universal(Type.OCTETSTRING, false, binary(bytes));
const bitString = (bytes: Uint8Array, unusedBits = 0): Asn1 =>
  universal(Type.BITSTRING, false, String.fromCharCode(unusedBits) + binary(bytes));

const extension = (id: string, value: Asn1, critical = false): Asn1 =>
  sequence(oid(id), ...(critical ? [boolean(true)] : []), octetString(bytesOf(value)));

/** Countries are PrintableString, domain components and mail addresses IA5String, the rest UTF-8. */
const directoryString = (type: AttributeType, value: string): Asn1 => {
  const byteType =
    type === "C"
      ? Type.PRINTABLESTRING
      : type === "DC" || type === "emailAddress"
        ? Type.IA5STRING
        : Type.UTF8;
  return universal(byteType, false, binary(new TextEncoder().encode(value)));
};

const time = (date: Date): Asn1 => {
  const digits = date.toISOString().replace(/[-:T]|\.\d+/g, "");
  const year = date.getUTCFullYear();
  return year >= UTC_TIME_YEARS.first && year <= UTC_TIME_YEARS.last
    ? universal(Type.UTCTIME, false, digits.slice(2))
    : universal(Type.GENERALIZEDTIME, false, digits);
};

const pemOf = (der: Uint8Array): string => {
  const base64 = Buffer.from(der)
    .toString("base64")
    .replace(/.{64}(?=.)/g, "$&\n");
  return `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
};

const binary = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
const bytesOf = (node: Asn1): Uint8Array => Uint8Array.from(Buffer.from(forge.toDer(node).data, "latin1"));
