/** Every output with every place where it can be told to go: what is not rdprobe's own is as it was. */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readNamedPipe } from "../../src/transport/named-pipe.ts";
import { runInProcess } from "../cli/in-process.ts";
import { allAvailable, commandsAvailable, describeWhere, rootAvailable } from "../support/availability.ts";
import { outputOf, runProcess } from "../e2e/servers/programs/processes.ts";
import { outputForms } from "./output-forms.ts";

const base = mkdtempSync(join(tmpdir(), "rdprobe-outputs-"));
const ROWS = join(base, "rows.ndjson");
const PIPE = join(base, "pipe");
const FORMS = outputForms(ROWS).map((form) => [form.name, form] as const);

let folder: string;

beforeAll(async () => {
  await outputOf("mkfifo", [PIPE]);
  expect((await runInProcess(["127.0.0.1:1", "--depth", "quick", "-o", ROWS])).stderr).toBe("");
});

beforeEach(() => {
  folder = mkdtempSync(join(base, "case-"));
});

afterEach(() => rmSync(folder, { recursive: true }));
afterAll(() => rmSync(base, { recursive: true }));

const sizeRead = async (pipe: string): Promise<number> => {
  let size = 0;
  for await (const chunk of readNamedPipe(pipe)) size += chunk.length;
  return size;
};

const utf16 = (text: string): Buffer => Buffer.from(`\uFEFF${text}`, "utf16le");

const FOREIGN: readonly (readonly [string, (own: Buffer) => Buffer])[] = [
  ["a note", () => Buffer.from("my notes\nand a last line without its end")],
  ["a note with a byte order mark", () => Buffer.from("\uFEFFmy notes\r\n")],
  ["a line end", () => Buffer.from("\n")],
  ["NULs", () => Buffer.alloc(5000)],
  ["JSON of somebody else", () => Buffer.from('{"schema":"other/1","rdprobe":true}\n')],
  ["a list of hosts", () => Buffer.from("target,port\r\nhost,3389\r\n")],
  [
    "metrics of another exporter",
    () => Buffer.from("# HELP probe_success Displays whether or not the probe was a success\n"),
  ],
  [
    "a page of somebody else",
    () => Buffer.from("<!doctype html>\n<html><title>rdprobe RDP report</title></html>\n"),
  ],
  [
    "a capture of somebody else",
    () => readFileSync(join(import.meta.dirname, "../../fixtures/lab/failure-5.pcap")),
  ],
  ["a state of FAILED", () => Buffer.from("FAILED  to start the server: see below\n")],
  ["the same in UTF-16", (own) => utf16(own.toString())],
  ["the same behind a line of somebody else", (own) => Buffer.concat([Buffer.from("# mine\n"), own])],
  ["the first bytes of the same", (own) => own.subarray(0, 2)],
];

/** One line on stderr that names the argument and the file. */
const refusal = (path: string, why: RegExp) => ({
  code: 2,
  stderr: expect.stringMatching(
    new RegExp(`^rdprobe: (?:-o, --output|--html|--pcap): [^\\n]*${path}[^\\n]*${why.source}[^\\n]*\\n$`),
  ),
});

describe.each(FORMS)("%s", (_name, { ending, argv, keepsRows }) => {
  it("writes what is missing or empty, replaces what is its own, and nothing of somebody else's", async () => {
    const path = join(folder, `x.${ending}`);
    const good = await runInProcess(argv(path));
    expect(good.code).toBeOneOf([0, 1]);
    const own = readFileSync(path);
    expect(own.length).toBeGreaterThan(50);
    const again = await runInProcess(argv(path));
    if (keepsRows) expect(again).toMatchObject(refusal(path, /has rows already/));
    else expect(again.code).toBe(good.code);
    expect(readFileSync(path).length).toBeGreaterThan(50);
    for (const [what, contentOf] of FOREIGN) {
      const content = contentOf(own);
      writeFileSync(path, content);
      chmodSync(path, 0o640);
      const before = statSync(path);
      expect([what, await runInProcess(argv(path))]).toEqual([
        what,
        expect.objectContaining(refusal(path, /: name another file, or remove it first/)),
      ]);
      expect([what, readFileSync(path).equals(content)]).toEqual([what, true]);
      const after = statSync(path);
      expect([after.ino, after.mode, after.mtimeMs]).toEqual([before.ino, before.mode, before.mtimeMs]);
      expect(readdirSync(folder)).toEqual([`x.${ending}`]);
    }
    writeFileSync(path, "");
    expect((await runInProcess(argv(path))).code).toBe(good.code);
    expect(readFileSync(path).length).toBeGreaterThan(50);
  });

  it("touches no file of bytes by chance", async () => {
    const path = join(folder, `x.${ending}`);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 100 }), async (content) => {
        writeFileSync(path, content);
        expect((await runInProcess(argv(path))).code).toBe(2);
        expect(Buffer.from(content).equals(readFileSync(path))).toBe(true);
      }),
      { numRuns: 3 },
    );
  });

  it("says in a line why it cannot be written", async () => {
    const places = [
      [`folder.${ending}`, /is a directory|illegal operation on a directory/],
      [`loop.${ending}`, /too many symbolic links/],
      [`missing/x.${ending}`, /no such file or directory/],
      [`file/x.${ending}`, /not a directory/],
    ] as const;
    mkdirSync(join(folder, `folder.${ending}`));
    symlinkSync(`loop.${ending}`, join(folder, `loop.${ending}`));
    writeFileSync(join(folder, "file"), "mine");
    const before = readdirSync(folder);
    for (const [name, why] of places) {
      const path = join(folder, name);
      expect([name, await runInProcess(argv(path))]).toEqual([
        name,
        expect.objectContaining(refusal(path, why)),
      ]);
      expect(readdirSync(folder)).toEqual(before);
    }
    expect(readFileSync(join(folder, "file"), "utf8")).toBe("mine");
  });

  it.skipIf(process.platform !== "linux")("goes through a link, into a pipe and a device", async () => {
    const real = join(folder, `real.${ending}`);
    const link = join(folder, `link.${ending}`);
    writeFileSync(real, "");
    symlinkSync(real, link);
    const { code } = await runInProcess(argv(link));
    expect(code).toBeOneOf([0, 1]);
    expect(readFileSync(real).length).toBeGreaterThan(50);
    writeFileSync(real, "mine");
    expect(await runInProcess(argv(link))).toMatchObject(refusal(link, /something else/));
    expect(readFileSync(real, "utf8")).toBe("mine");

    const pipe = join(folder, `pipe.${ending}`);
    symlinkSync(PIPE, pipe);
    const reader = sizeRead(pipe);
    expect((await runInProcess(argv(pipe))).code).toBe(code);
    expect(await reader).toBeGreaterThan(50);

    const names = [`null.${ending}`, `full.${ending}`] as const;
    for (const name of names) symlinkSync(`/dev/${name.split(".")[0]}`, join(folder, name));
    expect((await runInProcess(argv(join(folder, names[0])))).code).toBe(code);
    const full = join(folder, names[1]);
    expect(await runInProcess(argv(full))).toMatchObject(refusal(full, /no space left on device/));
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
  });
});

/** File systems that take nothing, in a mount namespace of their own. */
describeWhere(allAvailable(rootAvailable(), commandsAvailable("unshare", "mount", "mknod")))(
  "a file system that is full, read-only or a disk",
  () => {
    it("is one line for every output, and has no more in it than before", async () => {
      const script = join(import.meta.dirname, "output-places.ts");
      const { code, stdout, stderr } = await runProcess(
        "unshare",
        ["-m", process.execPath, "--import", "tsx", script, ROWS, base],
        { timeoutMs: 120_000 },
      );
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      const seen: unknown = JSON.parse(stdout);
      expect(seen).toEqual(
        FORMS.flatMap(([name]) =>
          [
            ["full", "no space left on device"],
            ["read-only", "read-only file system"],
            ["disk", "holds something else already"],
          ].map(([place, why]) => ({
            ...{ name, place, code: 2, lines: 1, left: [] },
            why: expect.stringContaining(why ?? ""),
          })),
        ),
      );
    }, 150_000);
  },
);
