import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Result } from "../../../../src/verdict/result/result.ts";
import { useLab } from "../lab.ts";
import { rdprobe } from "../rdprobe.ts";

const IDS = ["tls-without-nla", "failure-2", "failure-3", "port-closed"] as const;
const lab = useLab("127.0.0.1", IDS);

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rdprobe-outputs-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

const targets = (): readonly string[] => IDS.map((id) => lab.target(id));

const file = (name: string): string => join(folder, name);

const linesOf = (name: string): readonly string[] =>
  readFileSync(file(name), "utf8").trimEnd().split(/\r?\n/);

const ndjson = (text: string): readonly Result[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line): Result => JSON.parse(line));

describe("several outputs of one scan", () => {
  it("each in the form that its name says, and nothing on stdout", async () => {
    const names = ["rdp.csv", "rdp.ndjson", "rdp.jsonl", "rdp.json", "rdp.txt"];
    const outputs = names.flatMap((name) => ["-o", file(name)]);
    expect(await rdprobe([...outputs, ...targets()])).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(readdirSync(folder).toSorted()).toEqual(names.toSorted());
    expect(linesOf("rdp.csv")).toHaveLength(1 + IDS.length);
    const document: readonly Result[] = JSON.parse(readFileSync(file("rdp.json"), "utf8"));
    expect(ndjson(readFileSync(file("rdp.ndjson"), "utf8"))).toEqual(document);
    expect(readFileSync(file("rdp.jsonl"), "utf8")).toBe(readFileSync(file("rdp.ndjson"), "utf8"));
    expect(linesOf("rdp.txt")[0]).toMatch(/^TARGET +VERDICT/);
  });

  it("CSV and NDJSON go on behind what is there, with one head, and without a torn last row", async () => {
    const outputs = ["-o", file("rdp.csv"), "-o", file("rdp.ndjson")];
    await rdprobe([...outputs, lab.target("failure-2")]);
    appendFileSync(file("rdp.csv"), "127.0.0.1,127.0.0.1,33");
    appendFileSync(file("rdp.ndjson"), '{"schema":"rdpr');
    await rdprobe([...outputs, "--append", lab.target("failure-3")]);
    expect(linesOf("rdp.csv").map((line) => line.split(",")[3])).toEqual([
      "verdict",
      "standard-security-only",
      "no-server-certificate",
    ]);
    expect(ndjson(readFileSync(file("rdp.ndjson"), "utf8"))).toHaveLength(2);
  });

  it("a CSV file of somebody else is not added to", async () => {
    writeFileSync(file("other.csv"), "name,phone\r\n");
    const { code, stderr } = await rdprobe(["-o", file("other.csv"), lab.target("failure-2")]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `rdprobe: -o, --output: ${file("other.csv")} holds something else already: name another file, or remove it first\n`,
    });
    expect(readFileSync(file("other.csv"), "utf8")).toBe("name,phone\r\n");
  });

  it("--csv and --ndjson print to stdout", async () => {
    const csv = (await rdprobe(["--csv", ...targets()])).stdout;
    expect(csv).toMatch(/^target,address,port,[^\r\n]+\r\n(127\.0\.0\.1,127\.0\.0\.1,\d+,[^\r\n]+\r\n){4}$/);
    const rows = ndjson((await rdprobe(["--ndjson", ...targets()])).stdout);
    expect(rows.map(({ target }) => `${target.host}:${target.port}`).toSorted()).toEqual(
      targets().toSorted(),
    );
  });

  it("--open leaves out targets where no port answered", async () => {
    const rows = ndjson((await rdprobe(["--ndjson", "--open", ...targets()])).stdout);
    expect(rows.map(({ verdict }) => verdict.code)).not.toContain("port-closed");
    expect(rows).toHaveLength(IDS.length - 1);
  });
});
