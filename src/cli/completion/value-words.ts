/** What a value can be completed with, by the name that the help gives it. */
import { ENTRIES } from "../../explain/meanings.ts";
import { MEANING_KINDS } from "../../explain/meaning.ts";
import { SCENARIOS } from "../../lab/scenarios.ts";
import { CLIENT_PROFILES } from "../../tls/profiles/client-profiles.ts";
import { VERDICT_CODES } from "../../verdict/verdicts.ts";

export type Values =
  | { readonly kind: "words"; readonly words: readonly string[] }
  /** Any file. */
  | { readonly kind: "files" }
  /** Targets: a host nobody can guess, but a file of mstsc, or of a list behind `@`. */
  | { readonly kind: "targets" }
  | { readonly kind: "nothing" };

/** The values of an option or argument. */
export const valuesOf = ({
  name,
  choices,
}: {
  readonly name: string;
  readonly choices: readonly string[] | null;
}): Values => {
  if (choices !== null) return { kind: "words", words: choices };
  return BY_NAME[name]?.() ?? { kind: "nothing" };
};

const words = (list: readonly string[]): Values => ({ kind: "words", words: [...new Set(list)] });
const files = (): Values => ({ kind: "files" });

/** The words of rdprobe's own tables; numbers are pasted, and not typed. */
const explained = (): readonly string[] =>
  ENTRIES.filter(({ decimal, code }) => decimal === null && /^[a-z][a-z0-9-]*$/.test(code)).map(
    ({ code }) => code,
  );

const BY_NAME: Readonly<Partial<Record<string, () => Values>>> = {
  file: files,
  old: files,
  new: files,
  target: () => ({ kind: "targets" }),
  profile: () => words(CLIENT_PROFILES.map(({ id }) => id)),
  verdict: () => words(["change", ...VERDICT_CODES]),
  scenario: () => words(SCENARIOS.map(({ id }) => id)),
  code: () => words([...Object.keys(MEANING_KINDS), ...explained()]),
};
