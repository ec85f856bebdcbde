/** Inputs that are kept in the tree: a small corpus of each target, and what was wrong once. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Fault } from "./fuzzing.ts";

const ROOT = join(import.meta.dirname, "../../fixtures");
const CORPUS = join(ROOT, "corpus");
const REJECT = join(ROOT, "reject");

/** Of one target, in the tree. */
const MAX_KEPT = 24;
const MAX_KEPT_BYTES = 512;

const pathOf = (target: string): string => join(CORPUS, `${target}.txt`);

/** A line of base64 an input. */
export const readCorpus = (target: string): readonly Uint8Array[] =>
  existsSync(pathOf(target))
    ? readFileSync(pathOf(target), "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => Uint8Array.from(Buffer.from(line, "base64")))
    : [];

/** Writes the newest small ones. */
export const keepCorpus = (target: string, corpus: readonly Uint8Array[]): void => {
  const small = corpus.filter(({ length }) => length > 0 && length <= MAX_KEPT_BYTES).slice(-MAX_KEPT);
  if (small.length === 0) return;
  mkdirSync(CORPUS, { recursive: true });
  const lines = small.map((bytes) => Buffer.from(bytes).toString("base64"));
  writeFileSync(pathOf(target), `${[...new Set(lines)].toSorted().join("\n")}\n`);
};

/** Writes a fault's input where the tests read it; gives its path. */
export const writeFault = ({ target, bytes }: Fault): string => {
  const folder = join(REJECT, target);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${createHash("sha256").update(bytes).digest("hex").slice(0, 12)}.bin`);
  writeFileSync(path, bytes);
  return path;
};

/** Of all targets: what was wrong once. */
export const rejectedInputs = (): readonly {
  readonly target: string;
  readonly name: string;
  readonly bytes: Uint8Array;
}[] =>
  (existsSync(REJECT) ? readdirSync(REJECT) : []).toSorted().flatMap((target) =>
    readdirSync(join(REJECT, target))
      .toSorted()
      .map((name) => ({ target, name, bytes: Uint8Array.from(readFileSync(join(REJECT, target, name))) })),
  );
