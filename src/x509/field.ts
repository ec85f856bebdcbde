/** One field of a certificate, decoded by node-forge, and how its values are taken out of forge's tree. */
import forge, { type Asn1 } from "node-forge/lib/asn1.js";

/** A field's bytes break their standard; the message is the reason. It never leaves this folder. */
export class UnreadableField extends Error {}

const MAX_DEPTH = 32;

/** @throws UnreadableField when `der` is not one whole DER value. */
export const decodeField = (der: Uint8Array): Asn1 => decodeText(toBinaryString(der));

/** DER as forge has it, a character a byte. @throws UnreadableField when it is not one whole DER value. */
export const decodeText = (der: string): Asn1 => {
  try {
    return forge.fromDer(der, { decodeBitStrings: false, maxDepth: MAX_DEPTH });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UnreadableField(`not DER: ${message.replace(/\.$/, "")}`);
  }
};

/** The DER of a decoded value. */
export const encodeField = (node: Asn1): Uint8Array => fromBinaryString(forge.toDer(node).data);

/** Whether a value is of a universal type, for example `forge.Type.SEQUENCE`. */
export const isUniversal = (node: Asn1 | undefined, type: number): node is Asn1 =>
  node !== undefined && node.tagClass === forge.Class.UNIVERSAL && node.type === type;

/** Whether a value carries the context-specific tag `number`. */
export const isContext = (node: Asn1 | undefined, number: number): node is Asn1 =>
  node !== undefined && node.tagClass === forge.Class.CONTEXT_SPECIFIC && node.type === number;

/** The members of a constructed value. @throws UnreadableField when it is missing or primitive. */
export const membersOf = (node: Asn1 | undefined, name: string): readonly Asn1[] => {
  if (node === undefined || typeof node.value === "string")
    throw new UnreadableField(`no members in ${name}`);
  return node.value;
};

/** The content of a primitive value. @throws UnreadableField when it is missing or constructed. */
export const contentOf = (node: Asn1 | undefined, name: string): Uint8Array => {
  const text = textOf(node, name);
  return node?.type === forge.Type.BMPSTRING ? utf16Bytes(text) : fromBinaryString(text);
};

/**
 * The content of a primitive value, a character a byte; of a BMPString, a character two bytes.
 * @throws UnreadableField when it is missing or constructed.
 */
export const textOf = (node: Asn1 | undefined, name: string): string => {
  if (node === undefined || typeof node.value !== "string") {
    throw new UnreadableField(`no primitive value for ${name}`);
  }
  return node.value;
};

/** The content of an INTEGER. @throws UnreadableField when it is another value, or empty. */
export const integerOf = (node: Asn1 | undefined, name: string): Uint8Array => {
  const content = isUniversal(node, forge.Type.INTEGER) ? contentOf(node, name) : new Uint8Array(0);
  if (content.length === 0) throw new UnreadableField(`no INTEGER for ${name}`);
  return content;
};

/** Dotted text of an OBJECT IDENTIFIER. @throws UnreadableField when it is another value, or malformed. */
export const oidOf = (node: Asn1 | undefined, name: string): string => {
  if (!isUniversal(node, forge.Type.OID)) throw new UnreadableField(`no OBJECT IDENTIFIER for ${name}`);
  return oidText(textOf(node, name), name);
};

/** Dotted text of an object identifier's content, a character a byte. @throws UnreadableField when it is malformed. */
export const oidText = (content: string, name: string): string => {
  if (content === "" || content.charCodeAt(content.length - 1) >= 0x80) {
    throw new UnreadableField(`cut OBJECT IDENTIFIER for ${name}`);
  }
  const known = oidTexts.get(content);
  if (known !== undefined) return known;
  try {
    const text = forge.derToOid(content);
    if (content.length <= MAX_KEPT_BYTES && oidTexts.size < MAX_OID_TEXTS) oidTexts.set(content, text);
    return text;
  } catch {
    throw new UnreadableField(`arc of more than 53 bits in ${name}`);
  }
};

/**
 * A scan meets the same few identifiers in every certificate. A longer one is not kept: V8 would keep the whole
 * field that it is cut out of.
 */
const MAX_KEPT_BYTES = 12;
const MAX_OID_TEXTS = 256;
const oidTexts = new Map<string, string>();

/** Count of significant bits of an unsigned big-endian number. */
export const bitLength = (content: Uint8Array): number => {
  const start = content.findIndex((byte) => byte !== 0);
  const top = content[start];
  return top === undefined ? 0 : 8 * (content.length - start) - (Math.clz32(top) - 24);
};

const toBinaryString = ({ buffer, byteOffset, length }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, length).toString("latin1");

const fromBinaryString = (text: string): Uint8Array => Buffer.from(text, "latin1");

const utf16Bytes = (text: string): Uint8Array =>
  Uint8Array.from({ length: 2 * text.length }, (_, at) => {
    const unit = text.charCodeAt(at >> 1);
    return at % 2 === 0 ? unit >> 8 : unit & 0xff;
  });
