/** ISO 8859-1: a character a byte. */

/** Text of bytes of any count; each byte is the code of its character. */
export const latin1Text = (bytes: Uint8Array): string => {
  let text = "";
  for (let at = 0; at < bytes.length; at += 1) text += String.fromCharCode(bytes[at] ?? 0);
  return text;
};
