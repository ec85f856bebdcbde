/** Text of the ASN.1 string types that names use ([X.520] DirectoryString, `RFC 5280` 4.1.2.4). */
import type { Asn1 } from "node-forge/lib/asn1.js";
import { contentOf, isUniversal, textOf, UnreadableField } from "./field.ts";

const UTF8_STRING = 12;
const UNIVERSAL_STRING = 28;
const BMP_STRING = 30;
/** Numeric, Printable, Teletex, Videotex, IA5, Graphic, Visible and General: a byte is a character. */
const BYTE_STRINGS: ReadonlySet<number> = new Set([18, 19, 20, 21, 22, 25, 26, 27]);
const REPLACEMENT = "\ufffd";

/** Text of a string value, or null when it is no string. Characters that are none read U+FFFD. */
export const stringOf = (node: Asn1): string | null => {
  if (!isUniversal(node, node.type) || typeof node.value !== "string") return null;
  const type: number = node.type;
  if (type === UTF8_STRING) return decodeUtf8(contentOf(node, "UTF8String"));
  if (type === BMP_STRING) return node.value.replace(/\p{Surrogate}/gu, REPLACEMENT);
  if (type === UNIVERSAL_STRING) return decodeUtf32(contentOf(node, "UniversalString"));
  // What certificates mean by TeletexString is ISO 8859-1.
  return BYTE_STRINGS.has(type) ? textOf(node, "string") : null;
};

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

const decodeUtf8 = (bytes: Uint8Array): string => utf8.decode(bytes);

const decodeUtf32 = (bytes: Uint8Array): string => {
  if (bytes.length % 4 !== 0) throw new UnreadableField("length of UniversalString is no multiple of 4");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let text = "";
  for (let at = 0; at < bytes.length; at += 4) {
    const code = view.getUint32(at);
    const isCharacter = code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
    text += isCharacter ? String.fromCodePoint(code) : REPLACEMENT;
  }
  return text;
};
