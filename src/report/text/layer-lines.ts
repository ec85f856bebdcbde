/** The security layers of one result, a line each: what full depth asked for one by one. */
import type { FailureReport, LayerState, Result } from "../../verdict/result/result.ts";
import type { Palette } from "./palette.ts";

/** Nothing at less than full depth: what was not asked would only read as unknown. */
export const layerLines = ({ security }: Result, palette: Palette): readonly string[] => {
  const isAsked = security.rdstls !== "unknown" || security.rdsaad !== "unknown";
  if (!isAsked) return [];
  return [
    palette.strong("Security layers"),
    ...ROWS.map(({ id, name }) => {
      const state = security[id];
      const code = security.codes[id];
      const why = code === undefined ? "" : refusedBy(code);
      return `  ${coloured(state, palette)}${name.padEnd(NAME_WIDTH)}${why}`.trimEnd();
    }),
    `  ${security.nla.padEnd(STATE_WIDTH)}NLA`,
  ];
};

const ROWS = [
  { id: "rdp", name: "Standard RDP Security" },
  { id: "ssl", name: "TLS alone" },
  { id: "hybrid", name: "CredSSP (HYBRID)" },
  { id: "hybrid-ex", name: "CredSSP (HYBRID_EX)" },
  { id: "rdstls", name: "RDSTLS" },
  { id: "rdsaad", name: "Entra ID (RDSAAD)" },
] as const;

const STATE_WIDTH = 13;
const NAME_WIDTH = 23;

const refusedBy = ({ code, name }: FailureReport): string => `${name ?? "failure"} (${code})`;

const coloured = (state: LayerState, palette: Palette): string => {
  const text = state.padEnd(STATE_WIDTH);
  return state === "accepted" ? text : palette.faint(text);
};
