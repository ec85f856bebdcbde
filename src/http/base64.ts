/** Base64 as it stands in header fields: RFC 4648 4. */
import { latin1Text } from "../bytes/latin1.ts";

export const encodeBase64 = (bytes: Uint8Array): string => btoa(latin1Text(bytes));

/** The bytes, or null where the text is not whole groups of the alphabet with their padding. */
export const decodeBase64 = (text: string): Uint8Array | null =>
  text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)
    ? Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
    : null;
