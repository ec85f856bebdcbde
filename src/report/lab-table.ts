/** What the lab listens on, as a table. */
import { borderless } from "./borderless.ts";

export interface LabTableRow {
  readonly id: string;
  readonly title: string;
  readonly verdict: string;
  readonly stage: string;
  readonly address: string;
  readonly port: number;
}

/** One line a scenario, with its final newline. */
export const table = (rows: readonly LabTableRow[]): string =>
  borderless(
    ["ADDRESS", "SCENARIO", "VERDICT", "STAGE", "WHAT IT DOES"],
    rows.map(({ address, port, id, verdict, stage, title }) => [
      address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`,
      id,
      verdict,
      stage,
      title,
    ]),
  );
