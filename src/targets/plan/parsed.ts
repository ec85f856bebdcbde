/** What a parser of user input gives: a value, or what is wrong and what would be right. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string };

export const parsed = <T>(value: T): Parsed<T> => ({ ok: true, value });

/** @param problem lower case, no full stop, quotes the input and says what would be right. */
export const rejected = (problem: string): Parsed<never> => ({ ok: false, problem });
