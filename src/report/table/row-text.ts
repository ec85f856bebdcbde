/** A row of a result file as a line for people; its texts are safe already. */
import type { ResultRow } from "../../audit/result-row.ts";
import { endpointText } from "../../targets/plan/target-list.ts";

const WIDTHS = { target: 24, verdict: 24 } as const;

/** One line with its newline. */
export const rowText = ({ host, address, port, verdict, summary }: ResultRow): string => {
  const place = endpointText(host, port) + (address === null || address === host ? "" : ` (${address})`);
  const line = `${place.padEnd(WIDTHS.target)}  ${verdict.padEnd(WIDTHS.verdict)}  ${summary ?? ""}`;
  return `${line.trimEnd()}\n`;
};
