/** The HTML page as an output: it takes results as they come, and is written when all are there. */
import type { ResultRow } from "../../audit/result-row.ts";
import { rowOfJson } from "../../audit/row-of-json.ts";
import { PageBuilder } from "../../report/page/page-builder.ts";
import type { ChangesSince } from "../../report/page/page-data.ts";
import { pageHtml } from "../../report/page/page-html.ts";
import type { Result } from "../../verdict/result/result.ts";
import { pageAsset } from "./page-asset.ts";
import { VERSION } from "../version.ts";

export class PageOutput {
  readonly #builder = new PageBuilder();

  add(row: ResultRow): void {
    this.#builder.add(row);
  }

  addResult(result: Result): void {
    const row = rowOfJson(result);
    if (row !== null) this.#builder.add(row);
  }

  /**
   * The whole file.
   * @param source the file that was read; null for a probe's own results.
   */
  async html(source: string | null, changes: readonly ChangesSince[] = []): Promise<string> {
    const data = this.#builder.data({ version: VERSION, now: new Date(), source, changes });
    return pageHtml(data, await pageAsset());
  }
}
