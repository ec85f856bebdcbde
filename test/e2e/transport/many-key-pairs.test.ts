import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { runProcess } from "../servers/programs/processes.ts";

const PAIRS = 50_000;
/** It is done in seconds; a process that has locked itself up is never. */
const PATIENCE_MS = 240_000;

it(
  `${PAIRS} x25519 pairs are made while the garbage collector runs all the time, and no lock is left`,
  async () => {
    const script = fileURLToPath(new URL("many-key-pairs.ts", import.meta.url));
    const args = ["--max-semi-space-size=1", "--import", "tsx", script, String(PAIRS)];
    const { code, stdout } = await runProcess(process.execPath, args, { timeoutMs: PATIENCE_MS });
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${Math.ceil(PAIRS / 64)}\n` });
  },
  PATIENCE_MS,
);
