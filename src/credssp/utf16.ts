/** Text as NTLM sends it: UTF-16LE without a NUL ([MS-NLMP] 2.2.2.1), or bytes of an OEM code page. */
import { latin1Text } from "../bytes/latin1.ts";
import { Writer } from "../bytes/writer.ts";

/**
 * UTF-16LE as text. A surrogate without its partner becomes U+FFFD, so that the text can be written as
 * UTF-8 anywhere; an odd byte at the end likewise.
 */
export const decodeUtf16le = (bytes: Uint8Array): string => utf16le.decode(bytes);

const utf16le = new TextDecoder("utf-16le", { ignoreBOM: true });

export const encodeUtf16le = (text: string): Uint8Array => {
  const writer = new Writer();
  for (let i = 0; i < text.length; i += 1) writer.u16le(text.charCodeAt(i));
  return writer.finish();
};

/** The server's code page is not known, so bytes above 0x7f are read as ISO 8859-1. */
export const decodeOem = (bytes: Uint8Array): string => latin1Text(bytes);

/** Characters above U+00FF become `?`. */
export const encodeOem = (text: string): Uint8Array =>
  Uint8Array.from(text, (char) => (char > "\u00ff" ? 0x3f : char.charCodeAt(0)));
