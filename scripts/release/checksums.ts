/** SHA256SUMS, in the form that `sha256sum -c` reads. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";

/** In lower hex. */
export const sha256Of = async (path: string): Promise<string> => {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
};

/** By file name, as a line each. */
export const checksumLines = async (paths: readonly string[]): Promise<string> => {
  const lines: string[] = [];
  for (const path of paths) lines.push(`${await sha256Of(path)}  ${basename(path)}\n`);
  return lines.join("");
};

/** The sums of such a text by file name. */
export const readChecksums = (text: string): ReadonlyMap<string, string> =>
  new Map(
    [...text.matchAll(/^([0-9a-f]{64}) {2}(.+)$/gm)].map(([, sum = "", name = ""]) => [name, sum] as const),
  );
