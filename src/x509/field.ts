/** One field of a certificate, decoded whole, and how its values are taken out of it. */
import { DER_TAG, type DerElement, decodeDer } from "../bytes/der.ts";
import { latin1Text } from "../bytes/latin1.ts";

/** A field's bytes break their standard; the message is the reason. It never leaves this folder. */
export class UnreadableField extends Error {}

/** Certificates that are in use have lengths in more octets than they take. */
const RULES = { lengths: "any", maxDepth: 32, maxBytes: Number.POSITIVE_INFINITY } as const;

/** @throws UnreadableField when `der` is not one whole element. */
export const decodeField = (der: Uint8Array): DerElement => {
  const decoded = decodeDer(der, RULES);
  if (decoded.status === "bad") throw new UnreadableField(`not DER: ${decoded.fault.reason}`);
  if (decoded.status === "need") throw new UnreadableField("not DER: cut short");
  if (decoded.size < der.length) {
    throw new UnreadableField(`not DER: ${der.length - decoded.size} bytes left over`);
  }
  return decoded.value;
};

/** Whether an element has this tag, one of DER_TAG. */
export const hasTag = (element: DerElement | undefined, tag: number): element is DerElement =>
  element !== undefined && element.tag === tag;

/** The members of a constructed value. @throws UnreadableField when it is missing or primitive. */
export const membersOf = (element: DerElement | undefined, name: string): readonly DerElement[] => {
  if (element === undefined || !element.isConstructed) throw new UnreadableField(`no members in ${name}`);
  return element.elements;
};

/** The content of a primitive value. @throws UnreadableField when it is missing or constructed. */
export const contentOf = (element: DerElement | undefined, name: string): Uint8Array => {
  if (element === undefined || element.isConstructed) {
    throw new UnreadableField(`no primitive value for ${name}`);
  }
  return element.contents;
};

/** The content of a primitive value, a character a byte. @throws UnreadableField as `contentOf`. */
export const textOf = (element: DerElement | undefined, name: string): string =>
  latin1Text(contentOf(element, name));

/** The content of an INTEGER. @throws UnreadableField when it is another value, or empty. */
export const integerOf = (element: DerElement | undefined, name: string): Uint8Array => {
  const content = hasTag(element, DER_TAG.integer) ? element.contents : null;
  if (content === null || content.length === 0) throw new UnreadableField(`no INTEGER for ${name}`);
  return content;
};

/** Dotted text of an OBJECT IDENTIFIER. @throws UnreadableField when it is another value, or malformed. */
export const oidOf = (element: DerElement | undefined, name: string): string => {
  if (!hasTag(element, DER_TAG.objectIdentifier)) {
    throw new UnreadableField(`no OBJECT IDENTIFIER for ${name}`);
  }
  return oidText(element.contents, name);
};

/** Dotted text of an object identifier's content ([X.690] 8.19). @throws UnreadableField when it is malformed. */
export const oidText = (content: Uint8Array, name: string): string => {
  if ((content.at(-1) ?? 0x80) >= 0x80) throw new UnreadableField(`cut OBJECT IDENTIFIER for ${name}`);
  if (content.length > MAX_KEPT_BYTES) return dotted(content, name);
  const key = latin1Text(content);
  const known = oidTexts.get(key);
  if (known !== undefined) return known;
  const text = dotted(content, name);
  if (oidTexts.size < MAX_OID_TEXTS) oidTexts.set(key, text);
  return text;
};

/** The first two arcs are one number: 40 times the first, which is at most 2, and the second. */
const dotted = (content: Uint8Array, name: string): string => {
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of content) {
    arc = arc * 0x80 + (byte & 0x7f);
    if (arc > Number.MAX_SAFE_INTEGER) throw new UnreadableField(`arc of more than 53 bits in ${name}`);
    if (byte >= 0x80) continue;
    if (arcs.length === 0) {
      const first = Math.min(2, Math.floor(arc / 40));
      arcs.push(first, arc - 40 * first);
    } else arcs.push(arc);
    arc = 0;
  }
  return arcs.join(".");
};

/** A scan meets the same few identifiers in every certificate. */
const MAX_KEPT_BYTES = 12;
const MAX_OID_TEXTS = 256;
const oidTexts = new Map<string, string>();

/** Count of significant bits of an unsigned big-endian number. */
export const bitLength = (content: Uint8Array): number => {
  const start = content.findIndex((byte) => byte !== 0);
  const top = content[start];
  return top === undefined ? 0 : 8 * (content.length - start) - (Math.clz32(top) - 24);
};
