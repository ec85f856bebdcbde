/** What the parts of an answer are made from, and how much room each has. */
import type { Result } from "../../verdict/result/result.ts";
import type { Palette } from "./palette.ts";

export interface Sheet {
  readonly result: Result;
  readonly columns: number;
  readonly palette: Palette;
  readonly limits: Limits;
}

/** How many lines each part may take. */
export interface Limits {
  readonly findings: number;
  readonly findingLines: number;
  readonly why: number;
  readonly others: number;
  readonly steps: number;
  readonly commands: number;
}
