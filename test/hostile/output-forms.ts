/** Every argument that names a file to be written, with a command line for it. */
import { join } from "node:path";

export interface OutputForm {
  readonly name: string;
  readonly ending: string;
  /** The command line that writes `path`. */
  readonly argv: (path: string) => readonly string[];
  /** What a second run says of the rows of the first one; null where it replaces them. */
  readonly keepsRows: boolean;
}

/** Nothing listens there: a result at once. */
const PROBE = ["127.0.0.1:1", "--depth", "quick", "--color", "never"] as const;
const CAPTURE = join(import.meta.dirname, "../../fixtures/lab/failure-5.pcap");

const probe = (ending: string, keepsRows = false): OutputForm => ({
  ...{ name: `-o x.${ending}`, ending, keepsRows },
  argv: (path) => [...PROBE, "-o", path],
});

const ofCapture = (ending: string): OutputForm => ({
  ...{ name: `pcap -o x.${ending}`, ending, keepsRows: false },
  argv: (path) => ["pcap", "-q", CAPTURE, "-o", path],
});

/** @param rows a file of results that is there already. */
export const outputForms = (rows: string): readonly OutputForm[] => [
  ...[probe("csv", true), probe("ndjson", true)],
  ...["json", "prom", "html", "txt"].map((ending) => probe(ending)),
  {
    ...{ name: "-v -o x.txt", ending: "txt", keepsRows: false },
    argv: (path) => [...PROBE, "-v", "-o", path],
  },
  {
    ...{ name: "-q -o x.txt", ending: "txt", keepsRows: false },
    argv: (path) => [...PROBE, "-q", "--color", "always", "-o", path],
  },
  {
    ...{ name: "-o x.txt of a table", ending: "txt", keepsRows: false },
    argv: (path) => ["127.0.0.1-2:1", "--depth", "quick", "-o", path],
  },
  {
    ...{ name: "--pcap x.pcapng", ending: "pcapng", keepsRows: false },
    argv: (path) => [...PROBE, "-q", "--pcap", path],
  },
  ...["csv", "ndjson", "json", "html", "txt"].map(ofCapture),
  ...["csv", "ndjson", "json"].map((ending) => ({
    ...{ name: `merge -o x.${ending}`, ending, keepsRows: false },
    argv: (path: string) => ["merge", rows, "-o", path],
  })),
  {
    ...{ name: "report -o x.html", ending: "html", keepsRows: false },
    argv: (path) => ["report", rows, "-o", path],
  },
  {
    ...{ name: "diff --html x.html", ending: "html", keepsRows: false },
    argv: (path) => ["diff", rows, rows, "--html", path],
  },
  {
    ...{ name: "schema -o x.json", ending: "json", keepsRows: false },
    argv: (path) => ["schema", "-o", path],
  },
];
