/** Where the page for a ticket goes: the first folder that takes it, under a name that is free. */
import { constants, copyFileSync } from "node:fs";
import { join } from "node:path";
import { errorCode } from "../../transport/error-code.ts";
import { reasonOf } from "../screen/system-error.ts";

export type Kept =
  | { readonly kind: "saved"; readonly path: string }
  | { readonly kind: "not-saved"; readonly reason: string };

/**
 * Copies a file to where its reader looks for it.
 * @param target what was probed, as it was typed.
 * @param ending without the dot.
 */
export const keepPage = (file: string, folders: readonly string[], target: string, ending: string): Kept => {
  let reason = "there is no folder for it";
  for (const folder of folders) {
    for (let copy = 1; copy <= MAX_COPIES; copy += 1) {
      const path = join(folder, pageName(target, copy, ending));
      try {
        copyFileSync(file, path, constants.COPYFILE_EXCL);
        return { kind: "saved", path };
      } catch (error) {
        reason = `${path}: ${reasonOf(error)}`;
        if (errorCode(error) !== "EEXIST") break;
      }
    }
  }
  return { kind: "not-saved", reason };
};

const MAX_COPIES = 99;
const MAX_NAME = 60;

/** A name that every file system takes. */
const pageName = (target: string, copy: number, ending: string): string => {
  const words = target
    .replace(/^.*[\\/]/, "")
    .replace(/\.rdp$/i, "")
    .replaceAll(/[^A-Za-z0-9.-]+/g, "-")
    .replaceAll(/^[-.]+|[-.]+$/g, "")
    .slice(0, MAX_NAME);
  return `rdprobe-${words === "" ? "result" : words}${copy === 1 ? "" : `-${copy}`}.${ending}`;
};
