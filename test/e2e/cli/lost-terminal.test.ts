/** A terminal that goes away while rdprobe writes into it: EIO, as Python's pty makes it. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { EXECUTABLE, ensureBuilt } from "./executable.ts";

const run = promisify(execFile);

/** Gives the program a terminal of its own, closes it when rows have come, and prints how the program ended. */
const SCRIPT = `
import json, os, pty, subprocess, sys
ours, theirs = pty.openpty()
program = subprocess.Popen(sys.argv[1:], stdout=theirs, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
os.close(theirs)
if os.environ["READ"] == "1":
    os.read(ours, 100)
os.close(ours)
_, err = program.communicate(timeout=60)
print(json.dumps([program.returncode, err.decode().splitlines()]))
`;

const endOf = async (
  args: readonly string[],
  reads: boolean,
): Promise<readonly [code: number, lines: string[]]> => {
  const { stdout } = await run("python3", ["-c", SCRIPT, process.execPath, EXECUTABLE, ...args], {
    env: { ...process.env, READ: reads ? "1" : "0" },
  });
  return JSON.parse(stdout);
};

beforeAll(ensureBuilt);

const SIGHUP = 1;

describe("a terminal that is gone", () => {
  it.each([["127.0.0.1:1"], ["explain", "0x904"], ["127.0.0.0/29", "-p", "1", "--json"]])(
    "before the first word of %s: one line, and exit code 3",
    async (...args) => {
      const [code, lines] = await endOf(args, false);
      expect({ code, last: lines.at(-1) }).toEqual({ code: 3, last: "rdprobe: cannot write to stdout: EIO" });
    },
  );

  it("between two rows: as the system ends who has lost a terminal, and no dump of Node's", async () => {
    const [code, lines] = await endOf(["127.0.0.0/20", "-p", "1", "--json", "--all"], true);
    expect(code).toBe(-SIGHUP);
    expect(lines.filter((line) => /Assertion|native stack/i.test(line))).toEqual([]);
  });
});
