/** Makes text of a peer safe for a terminal: it can neither move the cursor nor reorder what is read. */

/** Controls, format characters (bidi, zero-width), lone surrogates, all that renders as nothing, line separators. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu;

/** What of a peer's text is shown; a certificate's name can be as long as the certificate. */
const MAX_LENGTH = 400;

/** Every control, bidi, zero-width and unpaired surrogate character as `\xNN` or `\u{N}`; the rest as it is, up to 400 characters. */
export const safeText = (text: string): string => escapeUnsafe(cut(text));

/** The same for text of any length that is not a peer's: what the user typed, or the system's words. */
export const escapeUnsafe = (text: string): string =>
  text.replace(UNSAFE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const digits = code.toString(16);
    return code < 0x100 ? `\\x${digits.padStart(2, "0")}` : `\\u{${digits}}`;
  });

const cut = (text: string): string => {
  if (text.length <= MAX_LENGTH) return text;
  const characters = [...text.slice(0, 2 * MAX_LENGTH)].slice(0, MAX_LENGTH);
  return `${characters.join("")}… (${text.length} characters)`;
};
