/** Which texts can be the name of a host. */

const MAX_NAME_LENGTH = 253;

/** Letters and digits of any script (the resolver turns them into Punycode), inner hyphens, underscores. */
const LABEL = /^(?!-)[\p{L}\p{N}\p{M}_-]{1,63}(?<!-)$/u;

/** What getaddrinfo reads as the end of an IPv4 address, in decimal, octal or hexadecimal. */
const NUMBER = /^(?:\d+|0x[\da-f]*)$/i;

/** A name whose last label is a number is none: it is an IPv4 address with a slip of the pen. */
export const isHostName = (text: string): boolean => {
  const labels = text.replace(/\.$/, "").split(".");
  return (
    text.length <= MAX_NAME_LENGTH &&
    labels.every((label) => LABEL.test(label)) &&
    !NUMBER.test(labels.at(-1) ?? "")
  );
};
