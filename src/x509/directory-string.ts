/** Text of the ASN.1 string types that names use ([X.520] DirectoryString, `RFC 5280` 4.1.2.4). */
import { DER_TAG, type DerElement } from "../bytes/der.ts";
import { latin1Text } from "../bytes/latin1.ts";
import { UnreadableField } from "./field.ts";

/** Numeric, Printable, Teletex, Videotex, IA5, Graphic, Visible and General: a byte is a character. */
const BYTE_STRINGS: ReadonlySet<number> = new Set([18, 19, 20, 21, 22, 25, 26, 27]);
const REPLACEMENT = "\ufffd";

/** Text of a string value, or null when it is no string. Characters that are none read U+FFFD. */
export const stringOf = ({ tag, contents }: DerElement): string | null => {
  switch (tag) {
    case DER_TAG.utf8String:
      return decodeUtf8(contents);
    case DER_TAG.bmpString:
      return decodeUtf16(contents);
    case DER_TAG.universalString:
      return decodeUtf32(contents);
    default:
      // What certificates mean by TeletexString is ISO 8859-1.
      return BYTE_STRINGS.has(tag) ? latin1Text(contents) : null;
  }
};

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

const decodeUtf8 = (bytes: Uint8Array): string => utf8.decode(bytes);

/** UCS-2: surrogates are no characters. */
const decodeUtf16 = (bytes: Uint8Array): string => {
  if (bytes.length % 2 !== 0) throw new UnreadableField("length of BMPString is no multiple of 2");
  let text = "";
  for (let at = 0; at < bytes.length; at += 2) {
    text += String.fromCharCode(((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0));
  }
  return text.replace(/\p{Surrogate}/gu, REPLACEMENT);
};

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
