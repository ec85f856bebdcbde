import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runProcess } from "../servers/programs/processes.ts";
import { PROGRAM, PROGRAM_ARGS } from "./executable.ts";
import { useLab } from "./lab.ts";
import { rdprobe } from "./rdprobe.ts";

const lab = useLab("127.0.0.1", ["nla-required", "certificate-expired", "failure-3"]);
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rdprobe-diff-"));
});

afterAll(() => rm(folder, { recursive: true }));

const file = async (name: string, content: string | Uint8Array): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
};

/** The results of real probes, one JSON text each. */
const probed = async (...ids: readonly string[]): Promise<readonly string[]> => {
  const { stdout } = await rdprobe(["--json", ...ids.map((id) => lab.target(id))]);
  const value: unknown = JSON.parse(stdout);
  return (Array.isArray(value) ? value : [value]).map((one) => JSON.stringify(one));
};

describe("rdprobe diff", () => {
  it("of a scan with itself says that all is the same, exit 0", async () => {
    const scan = await file("same.ndjson", `${(await probed("nla-required", "failure-3")).join("\n")}\n`);
    const { code, stdout, stderr } = await rdprobe(["diff", scan, scan]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe("0 changed, 0 new, 0 gone, 2 the same\n");
  });

  it("says what changed, what is new and what is gone, exit 1", async () => {
    const [healthy = "", refused = ""] = await probed("nla-required", "failure-3");
    const [expired = ""] = await probed("certificate-expired");
    const moved = (text: string) =>
      text.replaceAll(
        `"port":${lab.listener("certificate-expired").port}`,
        `"port":${lab.listener("nla-required").port}`,
      );
    const old = await file("old.ndjson", `${healthy}\n${refused}\n`);
    const now = await file("new.json", `[${moved(expired)},${expired}]`);
    const { code, stdout } = await rdprobe(["diff", old, now]);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^~ 127\.0\.0\.1:\d+\n {4}CRITICAL {2}the verdict is worse: nla-required at negotiation -> certificate-expired at certificate$/m,
    );
    expect(stdout).toMatch(/^ {4}WARNING {3}another certificate: .+ [0-9a-f]{16} -> .+ [0-9a-f]{16}$/m);
    expect(stdout).toMatch(/^\+ 127\.0\.0\.1:\d+: certificate-expired at certificate$/m);
    expect(stdout).toMatch(/^- 127\.0\.0\.1:\d+: was no-server-certificate at negotiation$/m);
    expect(stdout).toMatch(/^1 changed, 1 new, 1 gone, 0 the same\n$/m);
  });

  it("--json gives the same as JSON", async () => {
    const [one = "", other = ""] = await probed("nla-required", "failure-3");
    const { code, stdout } = await rdprobe([
      "diff",
      "--json",
      await file("a.json", one),
      await file("b.json", other),
    ]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      same: 0,
      changed: [],
      new: [
        {
          host: "127.0.0.1",
          address: "127.0.0.1",
          port: lab.listener("failure-3").port,
          severity: "critical",
          verdict: "no-server-certificate at negotiation",
        },
      ],
      gone: [
        {
          host: "127.0.0.1",
          address: "127.0.0.1",
          port: lab.listener("nla-required").port,
          severity: "ok",
          verdict: "nla-required at negotiation",
        },
      ],
    });
  });

  it("reads a document over many lines, UTF-16 as Windows PowerShell writes it, and stdin", async () => {
    const [one = ""] = await probed("failure-3");
    const pretty = `${JSON.stringify(JSON.parse(one), null, 2)}\r\n`;
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(pretty, "utf16le")]);
    const path = await file("powershell.json", utf16);
    const args = [...PROGRAM_ARGS, "diff", path, "-"];
    const { code, stdout } = await runProcess(PROGRAM, args, { input: pretty });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "0 changed, 0 new, 0 gone, 1 the same\n" });
  });

  it("leaves out a last line that was cut off, and says so", async () => {
    const [one = "", other = ""] = await probed("failure-3", "nla-required");
    const cut = await file("cut.ndjson", `${one}\n${other.slice(0, 100)}`);
    const { code, stdout, stderr } = await rdprobe(["diff", cut, await file("whole.ndjson", `${one}\n`)]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "0 changed, 0 new, 0 gone, 1 the same\n" });
    expect(stderr).toMatch(
      /^rdprobe: [^\n]*cut\.ndjson: line 2 is no JSON: it was cut off, and is left out\n$/,
    );
  });

  it.each([
    ["a file that is not there", async () => join(folder, "missing"), /cannot read .*missing/],
    [
      "a broken line",
      async () => {
        const [one = ""] = await probed("failure-3");
        return file(
          "broken.ndjson",
          `${one}
{oops
${one}
`,
        );
      },
      /broken\.ndjson: line 2 is no JSON/,
    ],
    ["text", () => file("text", "hello\n"), /neither CSV, NDJSON nor JSON of rdprobe/],
    ["other JSON", () => file("other.json", '{"a":1}\n'), /value 1 is no result of rdprobe/],
  ])("%s is one line on stderr, exit 2", async (_, pathOf, message) => {
    const { code, stdout, stderr } = await rdprobe(["diff", await pathOf(), "/dev/null"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^rdprobe: [^\n]+\n$/);
    expect(stderr).toMatch(message);
  });

  it("stdin twice is wrong usage", async () => {
    expect(await rdprobe(["diff", "-", "-"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("<new>"),
    });
  });
});
