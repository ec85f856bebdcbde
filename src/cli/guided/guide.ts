/** The guided run in a real console: reads lines and keys, probes, keeps the page. */
import { mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { FORMATS } from "../outputs/output-format.ts";
import { run } from "../program.ts";
import { reasonOf } from "../screen/system-error.ts";
import type { Terminal } from "../screen/terminal.ts";
import { type GuidedAction, type GuidedEvent, guidedRun } from "./guided-run.ts";
import { type Kept, keepPage } from "./page-file.ts";

/** Guides a person from the question to the key that closes the window; sets the process's exit code. */
export const guide = async (given: string | null): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "rdprobe-"));
  try {
    const course = guidedRun(given);
    for (let action = course.next(); action.kind !== "done"; action = course.next()) {
      process.stdout.write(action.text);
      course.receive(await done(action, given, folder));
    }
    const last = course.next();
    process.stdout.write(last.text);
    if (last.kind === "done") process.exitCode = last.exitCode;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

type Step = Exclude<GuidedAction, { kind: "done" }>;

const done = async (action: Step, given: string | null, folder: string): Promise<GuidedEvent> => {
  switch (action.kind) {
    case "ask":
      return line();
    case "probe":
      return { kind: "probed", exitCode: await probe(action.target, folder) };
    case "save":
      return save(action.target, given, folder);
    case "wait-for-key":
      return key();
  }
};

const line = (): Promise<GuidedEvent> =>
  new Promise((resolve) => {
    const lines = createInterface({ input: process.stdin, output: process.stdout, terminal: true });
    lines
      .once("line", (text) => {
        resolve({ kind: "line", text });
        lines.close();
      })
      .once("SIGINT", () => lines.close())
      .once("close", () => resolve({ kind: "end" }));
  });

const key = (): Promise<GuidedEvent> =>
  new Promise((resolve) => {
    const { stdin } = process;
    stdin.setRawMode(true);
    const end = (event: GuidedEvent) => (): void => {
      stdin.setRawMode(false);
      stdin.pause();
      resolve(event);
    };
    stdin
      .resume()
      .once("data", end({ kind: "key" }))
      .once("end", end({ kind: "end" }));
  });

/** The page as HTML where rdprobe makes that, else everything as text, which takes a probe of its own. */
const formats: readonly string[] = FORMATS;
const PAGE = formats.includes("html") ? "html" : "txt";

const pageIn = (folder: string): string => join(folder, `page.${PAGE}`);

const probe = (target: string, folder: string): Promise<number> =>
  run(["probe", "-o", "-", ...(PAGE === "html" ? ["-o", pageIn(folder)] : []), "--", target], terminal());

const save = async (target: string, given: string | null, folder: string): Promise<Kept> => {
  if (PAGE !== "html") await run(["probe", "-v", "-o", pageIn(folder), "--", target], terminal());
  const near = given === null ? [] : [dirname(given)];
  const folders = [...near, join(homedir(), "Desktop"), homedir(), tmpdir()];
  try {
    return keepPage(pageIn(folder), folders, target, PAGE);
  } catch (error) {
    return { kind: "not-saved", reason: reasonOf(error) };
  }
};

const terminal = (): Terminal => {
  const { stdout, stderr, env, platform } = process;
  return { stdout, stderr, env, platform };
};
