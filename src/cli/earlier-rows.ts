/** The rows of an earlier output, for `--resume` and `merge`. */
import { type PlacedRow, placeOfRow, type RowFormat, rowFormatOf } from "../report/result-row.ts";
import { UsageError } from "./usage-error.ts";
import { linesOfFile, MAX_LINE } from "./whole-lines.ts";

export interface EarlierRow {
  readonly place: PlacedRow;
  readonly format: RowFormat;
  /** As it stands in the file, without its line end. */
  readonly line: string;
}

/**
 * The whole rows of a file; a torn last one is left out.
 * @param argument names the file in what is said of it.
 * @throws UsageError for a file that is no output of a scan.
 * @throws InputError for one that cannot be read.
 */
export async function* earlierRows(path: string, argument: string): AsyncGenerator<EarlierRow> {
  let format: RowFormat | null = null;
  let number = 0;
  for await (const line of linesOfFile(path, { withTorn: false, maxLength: MAX_LINE.row })) {
    number += 1;
    if (format === null) {
      format = rowFormatOf(line);
      if (format === null) {
        throw new UsageError(`${argument}: ${path} is neither CSV nor NDJSON of rdprobe`);
      }
      if (format === "csv") continue;
    }
    if (line === "") continue;
    const place = placeOfRow(line, format);
    if (place === null) throw new UsageError(`${argument}: ${path}:${number} is no row of rdprobe`);
    yield { place, format, line };
  }
}
