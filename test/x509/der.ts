/** DER put together by hand, so that a test can say exactly what is wrong with a certificate. */
import { fromHex } from "../../src/bytes/hex.ts";

type Part = Uint8Array | readonly number[];

/** One element with a definite length in its shortest form. */
export const tlv = (identifier: number, ...parts: readonly Part[]): Uint8Array => {
  const content = parts.flatMap((part) => [...part]);
  return Uint8Array.from([identifier, ...lengthOctets(content.length), ...content]);
};

export const sequence = (...parts: readonly Part[]): Uint8Array => tlv(0x30, ...parts);
export const set = (...parts: readonly Part[]): Uint8Array => tlv(0x31, ...parts);
export const integer = (hex: string): Uint8Array => tlv(0x02, fromHex(hex));
export const bitString = (...parts: readonly Part[]): Uint8Array => tlv(0x03, [0], ...parts);
export const octetString = (...parts: readonly Part[]): Uint8Array => tlv(0x04, ...parts);
export const text = (identifier: number, value: string): Uint8Array =>
  tlv(identifier, new TextEncoder().encode(value));
export const utf8 = (value: string): Uint8Array => text(0x0c, value);
export const utcTime = (value: string): Uint8Array => text(0x17, value);
export const generalizedTime = (value: string): Uint8Array => text(0x18, value);

export const oid = (dotted: string): Uint8Array => {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return tlv(0x06, [first * 40 + second, ...rest].flatMap(base128));
};

export const rdn = (type: string, value: Uint8Array): Uint8Array => set(sequence(oid(type), value));
export const commonName = (value: string): Uint8Array => sequence(rdn("2.5.4.3", utf8(value)));

export const extension = (id: string, value: Uint8Array): Uint8Array => sequence(oid(id), octetString(value));

/** Every member of a certificate, to be replaced one by one; null leaves it out. */
export interface CertificateMembers {
  readonly version: Uint8Array | null;
  readonly serialNumber: Uint8Array | null;
  readonly signature: Uint8Array | null;
  readonly issuer: Uint8Array | null;
  readonly validity: Uint8Array | null;
  readonly subject: Uint8Array | null;
  readonly subjectPublicKeyInfo: Uint8Array | null;
  readonly extensions: readonly Uint8Array[] | null;
  readonly signatureAlgorithm: Uint8Array | null;
  readonly signatureValue: Uint8Array | null;
}

const NULL = [0x05, 0x00] as const;
const sha256WithRsa = (): Uint8Array => sequence(oid("1.2.840.113549.1.1.11"), NULL);

export const rsaKeyInfo = (algorithm: string, modulus: string, exponent = "010001"): Uint8Array =>
  sequence(sequence(oid(algorithm), NULL), bitString(sequence(integer(modulus), integer(exponent))));

const soundMembers = (): CertificateMembers => ({
  version: tlv(0xa0, integer("02")),
  serialNumber: integer("0badcafe"),
  signature: sha256WithRsa(),
  issuer: commonName("issuer.example"),
  validity: sequence(utcTime("260101000000Z"), utcTime("270101000000Z")),
  subject: commonName("host.example"),
  subjectPublicKeyInfo: rsaKeyInfo("1.2.840.113549.1.1.1", `00${"c5".repeat(64)}`),
  extensions: [
    extension("2.5.29.17", sequence(text(0x82, "host.example"))),
    extension("2.5.29.37", sequence(oid("1.3.6.1.5.5.7.3.1"))),
  ],
  signatureAlgorithm: sha256WithRsa(),
  signatureValue: bitString(new Uint8Array(64)),
});

/** A certificate whose signature is worthless; `changes` replaces members. */
export const handMade = (changes: Partial<CertificateMembers> = {}): Uint8Array => {
  const all = { ...soundMembers(), ...changes };
  const extensions = all.extensions === null ? null : tlv(0xa3, sequence(...all.extensions));
  const tbs = [
    all.version,
    all.serialNumber,
    all.signature,
    all.issuer,
    all.validity,
    all.subject,
    all.subjectPublicKeyInfo,
    extensions,
  ];
  return sequence(sequence(...present(tbs)), ...present([all.signatureAlgorithm, all.signatureValue]));
};

const present = (members: readonly (Uint8Array | null)[]): readonly Uint8Array[] =>
  members.filter((member) => member !== null);

const lengthOctets = (length: number): readonly number[] => {
  if (length < 0x80) return [length];
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 0x100)) octets.unshift(rest % 0x100);
  return [0x80 + octets.length, ...octets];
};

const base128 = (arc: number): readonly number[] => {
  const octets = [arc % 0x80];
  for (let rest = Math.floor(arc / 0x80); rest > 0; rest = Math.floor(rest / 0x80)) {
    octets.unshift(0x80 + (rest % 0x80));
  }
  return octets;
};
