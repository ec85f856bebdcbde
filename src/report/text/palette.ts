/** The few colours of the human forms; colour is never the only signal. */
import pc from "picocolors";
import type { Severity } from "../../verdict/verdicts.ts";

export interface Palette {
  readonly severity: (severity: Severity | "info", text: string) => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
}

/** @param enabled whether escape sequences are wanted; the caller knows the terminal. */
export const paletteOf = (enabled: boolean): Palette => {
  const colours = pc.createColors(enabled);
  const bySeverity = {
    ok: colours.green,
    info: colours.cyan,
    warning: colours.yellow,
    critical: colours.red,
  } as const;
  return {
    severity: (severity, text) => bySeverity[severity](text),
    strong: colours.bold,
    faint: colours.dim,
  };
};
