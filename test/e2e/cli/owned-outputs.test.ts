import {
  appendFileSync,
  chmodSync,
  existsSync,
  linkSync,
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
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { OutputError } from "../../../src/cli/outputs/output-error.ts";
import { openOutputs } from "../../../src/cli/outputs/outputs.ts";
import { appendedTo, replacing } from "../../../src/cli/outputs/stream-destination.ts";
import { jsonLine } from "../../../src/report/json/json.ts";
import { csvStream, ndjsonStream } from "../../../src/report/json/result-stream.ts";
import { RESULTS } from "../../report/results.ts";
import { runInProcess } from "../../cli/in-process.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rdprobe-owned-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Nothing listens there: a result at once. */
const TARGET = ["127.0.0.1:1", "--depth", "quick"] as const;

const FORMS = [
  ["csv", csvStream()],
  ["ndjson", ndjsonStream()],
] as const;

const ROW = {
  csv: csvStream().head + csvStream().add(RESULTS.portClosed),
  ndjson: jsonLine(RESULTS.portClosed),
};

describe.each(FORMS)("a file of rows as %s", (ending, stream) => {
  it("is not touched where it is not known to be of this form", () => {
    const path = join(folder, `rows.${ending}`);
    const foreign = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 200 }),
      fc.string({ minLength: 1 }).map((text) => Buffer.from(text)),
      fc.string().map((text) => Buffer.from(`{"schema":"other/1","x":${JSON.stringify(text)}}\n`)),
      fc.nat({ max: stream.mark.length - 2 }).map((size) => Buffer.from(stream.mark.slice(0, size + 1))),
      fc
        .constantFrom("line 1\nand the last line without its end", "{}\n", "[1]", "\n", "target,x\n")
        .map(Buffer.from),
    );
    fc.assert(
      fc.property(foreign, (content) => {
        fc.pre(!Buffer.from(content).toString().startsWith(stream.mark));
        writeFileSync(path, content);
        expect(() => appendedTo(path, stream, true)).toThrow(OutputError);
        expect(readFileSync(path)).toEqual(Buffer.from(content));
      }),
    );
  });

  it("is gone on with from its last whole row, wherever it was cut", () => {
    const path = join(folder, `rows.${ending}`);
    const rows = Buffer.from(ROW[ending] + stream.add(RESULTS.noCertificate));
    const firstEnd = rows.indexOf("\n");
    for (let size = stream.mark.length; size <= rows.length; size += 1) {
      const isAtAnEdge =
        size < 200 || Math.abs(size - firstEnd) < 120 || size > rows.length - 20 || size % 97 === 0;
      if (!isAtAnEdge) continue;
      writeFileSync(path, rows.subarray(0, size));
      const destination = appendedTo(path, stream, true);
      const whole = rows.subarray(0, size).lastIndexOf("\n") + 1;
      expect([size, readFileSync(path).length, destination.goesOn]).toEqual([size, whole, whole > 0]);
      destination.close();
      destination.discard();
    }
  });

  it("is known with a byte order mark and with bare line feeds", () => {
    const path = join(folder, `rows.${ending}`);
    for (const text of [`\uFEFF${ROW[ending]}`, ROW[ending].replaceAll("\r\n", "\n")]) {
      writeFileSync(path, text);
      const destination = appendedTo(path, stream, true);
      expect(destination.goesOn).toBe(true);
      destination.close();
      expect(readFileSync(path, "utf8")).toBe(text);
    }
  });
});

describe("a file of NDJSON whose last line is of somebody else", () => {
  it("is not cut", () => {
    const path = join(folder, "rows.ndjson");
    const content = `${ROW.ndjson}a note of mine`;
    writeFileSync(path, content);
    expect(() => appendedTo(path, ndjsonStream(), true)).toThrow(OutputError);
    expect(readFileSync(path, "utf8")).toBe(content);
  });
});

describe("an output that fails at its end", () => {
  it("leaves nothing beside it", () => {
    const path = join(folder, "x.json");
    const destination = replacing({ path, kind: "json" });
    destination.write("text");
    mkdirSync(path);
    expect(() => destination.close()).toThrow(OutputError);
    destination.discard();
    expect(readdirSync(folder)).toEqual(["x.json"]);
  });

  it.each([0, 1, 2])("takes nothing from the others, and leaves nothing beside them: %d", async (at) => {
    const terminal = { stdout: { write: () => {} }, stderr: { write: () => {} }, env: {} };
    const names = ["a.json", "b.prom", "c.html"];
    const output = names.map((name) => join(folder, name));
    const sink = openOutputs({ format: "text", color: "never", output }, 1, terminal);
    await sink.take({ result: RESULTS.portClosed, target: 0 });
    mkdirSync(output[at] ?? "");
    await expect(sink.close()).rejects.toThrow(OutputError);
    expect(readdirSync(folder).toSorted()).toEqual(names);
    for (const [index, path] of output.entries()) {
      expect(statSync(path).isDirectory()).toBe(index === at);
      if (index !== at) expect(readFileSync(path, "utf8")).toContain("3389");
    }
  });
});

describe("two outputs", () => {
  it.each([
    ["of the same name", ["a.csv", "a.csv"]],
    ["of one name written in two ways", ["a.csv", "./b/../a.csv"]],
    ["by a link", ["there.csv", "link.csv"]],
    ["by a hard link", ["there.csv", "hard.csv"]],
    ["by a link to the folder", ["a.json", "folder/a.json"]],
  ])("into one file are wrong usage: %s", async (_, names) => {
    mkdirSync(join(folder, "b"));
    writeFileSync(join(folder, "there.csv"), "");
    symlinkSync("there.csv", join(folder, "link.csv"));
    linkSync(join(folder, "there.csv"), join(folder, "hard.csv"));
    symlinkSync(".", join(folder, "folder"));
    const paths = names.map((name) => `${folder}/${name}`);
    const outputs = await runInProcess([...TARGET, ...paths.flatMap((path) => ["-o", path])]);
    expect(outputs).toMatchObject({ code: 2, stdout: "" });
    expect(outputs.stderr).toMatch(/^rdprobe: -o, --output: [^\n]* is named twice\n$/);
    const [first = "", second = ""] = paths;
    const recording = await runInProcess([...TARGET, "-o", first, "--pcap", second]);
    expect(recording).toMatchObject({ code: 2, stdout: "" });
    expect(existsSync(join(folder, "a.csv"))).toBe(false);
  });
});

describe.skipIf(process.platform !== "linux")("a recording", () => {
  it("that fails takes no result with it, and is told", async () => {
    const { code, stdout, stderr } = await runInProcess([...TARGET, "--json", "--pcap", "/dev/full"]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: { code: "port-closed" } });
    expect(stderr).toBe("rdprobe: --pcap: cannot write /dev/full: no space left on device\n");
    const file = join(folder, "x.json");
    expect((await runInProcess([...TARGET, "-o", file, "--pcap", "/dev/full"])).code).toBe(2);
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ verdict: { code: "port-closed" } });
  });

  it.each([0o644, 0o666, 0o600, 0o640])(
    "is for its owner alone, also where the file was there with mode %o",
    async (mode) => {
      const file = join(folder, "x.pcapng");
      expect((await runInProcess([...TARGET, "--pcap", file])).code).toBe(1);
      appendFileSync(file, "x".repeat(100_000));
      chmodSync(file, mode);
      expect((await runInProcess([...TARGET, "--pcap", file])).code).toBe(1);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(statSync(file).size).toBeLessThan(100_000);
    },
  );
});
