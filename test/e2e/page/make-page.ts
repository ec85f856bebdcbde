/** Pages of results, as the command line makes them. */
import type { ResultRow } from "../../../src/audit/result-row.ts";
import { rowOfJson } from "../../../src/audit/row-of-json.ts";
import { pageAsset } from "../../../src/cli/outputs/page-asset.ts";
import { PageBuilder } from "../../../src/report/page/page-builder.ts";
import type { ChangesSince, PageData } from "../../../src/report/page/page-data.ts";
import { pageHtml } from "../../../src/report/page/page-html.ts";
import { SCANNED_AT } from "./generated-scan.ts";

/** @param results as they stand in a file, unchecked. */
export const rowsOf = (results: Iterable<unknown>): readonly ResultRow[] =>
  Array.from(results, rowOfJson).filter((row) => row !== null);

/** @param results as they stand in a file, unchecked. */
export const pageData = (results: Iterable<unknown>, changes: readonly ChangesSince[] = []): PageData => {
  const builder = new PageBuilder();
  for (const row of rowsOf(results)) builder.add(row);
  return builder.data({ version: "0.0.0", now: SCANNED_AT, source: "scan.ndjson", changes });
};

const asset = pageAsset();

/** The HTML of a page of these results. */
export const makePage = async (
  results: Iterable<unknown>,
  changes: readonly ChangesSince[] = [],
): Promise<string> => pageHtml(pageData(results, changes), await asset);
