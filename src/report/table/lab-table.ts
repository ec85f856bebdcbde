/** What the lab listens on, as a table. */
import { borderless } from "./borderless.ts";
import type { LabListing } from "../json/json-documents.ts";

/** One line a scenario, with its final newline. */
export const table = (rows: readonly LabListing[]): string =>
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
