/** A Name ([RFC 5280] 4.1.2.4) and its text ([RFC 4514]). */
import type { DerElement } from "../bytes/der.ts";
import { toHex } from "../bytes/hex.ts";
import { stringOf } from "./directory-string.ts";
import { membersOf, oidOf } from "./field.ts";

/** Attribute types and their keywords, as `openssl x509` prints them. */
export const ATTRIBUTE_TYPES = {
  "2.5.4.3": "CN",
  "2.5.4.4": "SN",
  "2.5.4.5": "serialNumber",
  "2.5.4.6": "C",
  "2.5.4.7": "L",
  "2.5.4.8": "ST",
  "2.5.4.9": "street",
  "2.5.4.10": "O",
  "2.5.4.11": "OU",
  "2.5.4.12": "title",
  "2.5.4.13": "description",
  "2.5.4.15": "businessCategory",
  "2.5.4.17": "postalCode",
  "2.5.4.42": "GN",
  "2.5.4.43": "initials",
  "2.5.4.46": "dnQualifier",
  "2.5.4.65": "pseudonym",
  "2.5.4.97": "organizationIdentifier",
  "0.9.2342.19200300.100.1.1": "UID",
  "0.9.2342.19200300.100.1.25": "DC",
  "1.2.840.113549.1.9.1": "emailAddress",
  "1.2.840.113549.1.9.2": "unstructuredName",
  "1.3.6.1.4.1.311.60.2.1.1": "jurisdictionL",
  "1.3.6.1.4.1.311.60.2.1.2": "jurisdictionST",
  "1.3.6.1.4.1.311.60.2.1.3": "jurisdictionC",
} as const;

const KEYWORDS: ReadonlyMap<string, string> = new Map(Object.entries(ATTRIBUTE_TYPES));

export interface DistinguishedName {
  /** RFC 4514 text: last attribute first, `CN=host,O=Example`; empty for an empty name. */
  readonly text: string;
  /** The most specific CN, unescaped: the last one in the DER. */
  readonly commonName: string | null;
  /** The name is one RDN of one CN. */
  readonly singleCommonName: boolean;
}

interface Attribute {
  readonly type: string;
  /** Null when the value is no string. */
  readonly value: string | null;
  readonly text: string;
}

/** @throws UnreadableField when `name` is not a SEQUENCE of SETs of type and value. */
export const readName = (name: DerElement): DistinguishedName => {
  const rdns = membersOf(name, "RDNSequence").map((rdn) =>
    membersOf(rdn, "RelativeDistinguishedName").map(readAttribute),
  );
  const commonNames = rdns.flat().filter(({ type }) => type === "CN");
  return {
    text: rdns
      .map((rdn) =>
        rdn
          .map(({ text }) => text)
          .reverse()
          .join("+"),
      )
      .reverse()
      .join(","),
    commonName: commonNames.at(-1)?.value ?? null,
    singleCommonName: rdns.length === 1 && rdns[0]?.length === 1 && commonNames.length === 1,
  };
};

const readAttribute = (attribute: DerElement): Attribute => {
  const [typeNode, valueNode] = membersOf(attribute, "AttributeTypeAndValue");
  const oid = oidOf(typeNode, "AttributeType");
  const type = KEYWORDS.get(oid) ?? oid;
  const value = valueNode === undefined ? null : stringOf(valueNode);
  if (type !== oid && value !== null) return { type, value, text: `${type}=${escapeValue(value)}` };
  const der = valueNode?.der ?? new Uint8Array(0);
  return { type, value, text: `${type}=#${toHex(der)}` };
};

/** [RFC 4514] 2.4; control characters and line separators are written as hex pairs, so that a line stays one. */
const escapeValue = (value: string): string =>
  value.replace(/["+,;<>\\]|^[ #]| $/g, "\\$&").replace(/[\p{Cc}\u2028\u2029]+/gu, hexPairs);

const hexPairs = (characters: string): string =>
  toHex(new TextEncoder().encode(characters)).toUpperCase().replace(/../g, "\\$&");
