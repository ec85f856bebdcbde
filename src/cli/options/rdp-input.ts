/** An .rdp file on the disk: UTF-8 or UTF-16, with bounds, since it comes from anywhere. */
import { type Parsed, rejected } from "../../targets/plan/parsed.ts";
import { parseRdpFile, type RdpFile } from "../../targets/grammar/rdp-file.ts";
import { linesOfFile } from "../inputs/whole-lines.ts";

/** A signature is about 10,000 characters. */
const MAX_LINE = 256 * 1024;
const MAX_LINES = 10_000;

/** @throws InputError for a file that cannot be read. */
export const readRdpFile = async (path: string): Promise<Parsed<RdpFile>> => {
  const lines: string[] = [];
  for await (const line of linesOfFile(path, { withTorn: true, maxLength: MAX_LINE })) {
    lines.push(line);
    if (lines.length > MAX_LINES) return rejected("this is no .rdp file: it has too many lines");
  }
  return parseRdpFile(lines);
};
