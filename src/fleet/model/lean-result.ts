/** A result as it travels from a worker to the centre: its facts and codes, without the advice that our own tables have. */
import { compactResult } from "../../report/json/compact.ts";
import type { Result } from "../../verdict/result/result.ts";

/** JSON of the same schema that makes the same row of CSV as the whole result. */
export const leanResult = (result: Result): object => {
  const { summary, causes } = result.verdict;
  const compact = compactResult(result);
  const verdict = "verdict" in compact && typeof compact.verdict === "object" ? compact.verdict : {};
  const [first] = causes;
  return {
    ...compact,
    verdict: { ...verdict, summary, ...(first === undefined ? {} : { causes: [{ code: first.code }] }) },
  };
};
