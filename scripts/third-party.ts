/** Whose code is in a bundle. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export interface ThirdParty {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly license: string;
  readonly licenseText: string;
}

/** The folders of node_modules whose files are among a bundle's inputs, sorted. */
export const packageFolders = (inputs: readonly string[]): readonly string[] => {
  const folders = inputs.flatMap((path) => /^(node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
  return [...new Set(folders)].sort();
};

/** What a package's folder says of it. */
export const thirdParty = async (folder: string): Promise<ThirdParty> => {
  const file = (await readdir(folder)).find((name) => /^licen[cs]e/i.test(name));
  const { name, version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const licenseText = file === undefined ? "" : (await readFile(join(folder, file), "utf8")).trim();
  return { name, version, license, licenseText };
};

/** The notices of all, as one text. */
export const noticesOf = (parties: readonly ThirdParty[]): string =>
  parties
    .map(({ name, version, license, licenseText }) =>
      licenseText === ""
        ? `${name} ${version}, ${license}\n`
        : `${name} ${version}, ${license}\n\n${licenseText}\n`,
    )
    .join(`\n${"-".repeat(72)}\n`);
