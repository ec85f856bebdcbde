/** The JSON documents that rdprobe prints: the type behind each, by which its schema is generated. */

export interface OutputRow {
  /** The declaring module below src, without its extension. */
  readonly module: string;
  readonly type: string;
  /** Whether the document is a list of them. */
  readonly isList: boolean;
  readonly title: string;
}

export const OUTPUTS = {
  result: {
    module: "verdict/result/result",
    type: "Result",
    isList: false,
    title: "A result of rdprobe",
  },
  explain: {
    module: "explain/explain",
    type: "Explanation",
    isList: false,
    title: "What rdprobe explain --json prints",
  },
  clients: {
    module: "report/json/json-documents",
    type: "ClientListing",
    isList: true,
    title: "What rdprobe clients --json prints",
  },
  "clients-for": {
    module: "report/json/json-documents",
    type: "ClientsReport",
    isList: false,
    title: "What rdprobe clients --for <target> --json prints",
  },
  diff: {
    module: "audit/row-diff",
    type: "ScanDiff",
    isList: false,
    title: "What rdprobe diff --json prints",
  },
  lab: {
    module: "report/json/json-documents",
    type: "LabListing",
    isList: true,
    title: "What rdprobe lab --json prints",
  },
} as const satisfies Readonly<Record<string, OutputRow>>;
