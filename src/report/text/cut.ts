/** Text that has to fit. */

const ELLIPSIS = "...";

/** Up to so many characters; what is cut off leaves an ellipsis. */
export const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, Math.max(0, most - ELLIPSIS.length)).trimEnd()}${ELLIPSIS}`;
