/** The certificate extensions that matter to an RDP client ([RFC 5280] 4.2). */
import { DER_TAG, type DerElement } from "../bytes/der.ts";
import { contentOf, decodeField, hasTag, membersOf, oidOf, UnreadableField } from "./field.ts";
import { readGeneralNames } from "./general-names.ts";

/** Purposes by OID ([RFC 5280] 4.2.1.12 and Microsoft's), named as Windows' and OpenSSL's documents do. */
export const EXTENDED_KEY_USAGES = {
  "1.3.6.1.5.5.7.3.1": "serverAuth",
  "1.3.6.1.5.5.7.3.2": "clientAuth",
  "1.3.6.1.5.5.7.3.3": "codeSigning",
  "1.3.6.1.5.5.7.3.4": "emailProtection",
  "1.3.6.1.5.5.7.3.5": "ipsecEndSystem",
  "1.3.6.1.5.5.7.3.6": "ipsecTunnel",
  "1.3.6.1.5.5.7.3.7": "ipsecUser",
  "1.3.6.1.5.5.7.3.8": "timeStamping",
  "1.3.6.1.5.5.7.3.9": "OCSPSigning",
  "1.3.6.1.5.5.7.3.17": "ipsecIKE",
  "1.3.6.1.5.2.3.5": "pkInitKDC",
  "1.3.6.1.4.1.311.10.3.3": "msSGC",
  "1.3.6.1.4.1.311.10.3.4": "msEFS",
  "1.3.6.1.4.1.311.20.2.2": "msSmartcardLogin",
  "1.3.6.1.4.1.311.54.1.2": "msRemoteDesktopAuthentication",
  "2.16.840.1.113730.4.1": "nsSGC",
  "2.5.29.37.0": "anyExtendedKeyUsage",
} as const;

/** Names of the KeyUsage bits, first bit first ([RFC 5280] 4.2.1.3). */
export const KEY_USAGES = [
  "digitalSignature",
  "nonRepudiation",
  "keyEncipherment",
  "dataEncipherment",
  "keyAgreement",
  "keyCertSign",
  "cRLSign",
  "encipherOnly",
  "decipherOnly",
] as const;

const PURPOSES: ReadonlyMap<string, string> = new Map(Object.entries(EXTENDED_KEY_USAGES));
const MAX_PURPOSES = 1_000;

export interface ExtensionFacts {
  readonly subjectAltNames: readonly string[];
  readonly extendedKeyUsage: readonly string[] | null;
  readonly keyUsage: readonly string[] | null;
  readonly basicConstraintsCa: boolean | null;
}

export const NO_EXTENSIONS: ExtensionFacts = {
  subjectAltNames: [],
  extendedKeyUsage: null,
  keyUsage: null,
  basicConstraintsCa: null,
};

/** The extensions that are read, by OID: the field's name and what its value says. */
const READERS: ReadonlyMap<
  string,
  readonly [name: string, read: (value: DerElement) => Partial<ExtensionFacts>]
> = new Map([
  ["2.5.29.15", ["keyUsage", (value: DerElement) => ({ keyUsage: readKeyUsage(value) })]],
  ["2.5.29.17", ["subjectAltName", (value: DerElement) => ({ subjectAltNames: readGeneralNames(value) })]],
  [
    "2.5.29.19",
    ["basicConstraints", (value: DerElement) => ({ basicConstraintsCa: readBasicConstraints(value) })],
  ],
  ["2.5.29.37", ["extKeyUsage", (value: DerElement) => ({ extendedKeyUsage: readExtendedKeyUsage(value) })]],
]);

/** An extension's OID and the OCTET STRING that holds its value's DER. @throws UnreadableField */
export const readExtension = (
  extension: DerElement,
): { readonly oid: string; readonly value: Uint8Array } => {
  const members = membersOf(extension, "Extension");
  const value = members.at(-1);
  if (!hasTag(value, DER_TAG.octetString)) throw new UnreadableField("no OCTET STRING for extnValue");
  return { oid: oidOf(members[0], "extnID"), value: contentOf(value, "extnValue") };
};

/** The field that an extension fills, or null when it is none of ours. */
export const extensionField = (oid: string): string | null => READERS.get(oid)?.[0] ?? null;

/** What an extension of ours says. @throws UnreadableField */
export const readExtensionValue = (oid: string, value: Uint8Array): Partial<ExtensionFacts> =>
  READERS.get(oid)?.[1](decodeField(value)) ?? {};

const readKeyUsage = (value: DerElement): readonly string[] => {
  if (!hasTag(value, DER_TAG.bitString)) throw new UnreadableField("no BIT STRING for KeyUsage");
  const bits = contentOf(value, "KeyUsage").subarray(1);
  return KEY_USAGES.filter((_, bit) => ((bits[bit >> 3] ?? 0) & (0x80 >> (bit % 8))) !== 0);
};

const readExtendedKeyUsage = (value: DerElement): readonly string[] => {
  const purposes = membersOf(value, "ExtKeyUsageSyntax");
  if (purposes.length > MAX_PURPOSES) throw new UnreadableField(`more than ${MAX_PURPOSES} purposes`);
  return purposes.map((purpose) => oidOf(purpose, "KeyPurposeId")).map((oid) => PURPOSES.get(oid) ?? oid);
};

const readBasicConstraints = (value: DerElement): boolean => {
  const [ca] = membersOf(value, "BasicConstraints");
  return hasTag(ca, DER_TAG.boolean) && contentOf(ca, "cA").some((byte) => byte !== 0);
};
