import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startLab } from "../../../src/lab/lab.ts";
import { generatedScan, type ScannedJson, scanText } from "../audit/generated-scan.ts";
import { runInProcess } from "../../cli/in-process.ts";
import { commandsAvailable, describeWhere } from "../../support/availability.ts";
import { runProcess } from "../servers/programs/processes.ts";

const DOCUMENT = join(import.meta.dirname, "..", "..", "..", "docs", "audits.md");
const HOSTS = 48;
const DAYS_LATER = 7;
const MANY_HOSTS = 20_000;
const TIMEOUT_MS = 240_000;

let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "rdprobe-audits-"));
  writeFileSync(join(folder, "old.ndjson"), scanText(generatedScan(HOSTS)));
  writeFileSync(join(folder, "scan.ndjson"), scanText(generatedScan(HOSTS, DAYS_LATER)));
});

afterAll(() => rmSync(folder, { recursive: true }));

interface Shown {
  readonly command: string;
  readonly output: string;
}

/** Every command of the document that is shown with its output. */
const shown: readonly Shown[] = [
  ...readFileSync(DOCUMENT, "utf8").matchAll(/```text\n\$ (.+)\n([\s\S]*?)```/g),
].map(([, command = "", output = ""]) => ({ command, output }));

const ours = shown.filter(({ command }) => command.startsWith("rdprobe "));
const others = shown.filter(({ command }) => !command.startsWith("rdprobe "));

/** The words of a command, its files in the folder. */
const wordsOf = (command: string, inFolder = folder): readonly string[] =>
  (command.match(/'[^']*'|\S+/g) ?? [])
    .map((word) => word.replace(/^'(.*)'$/s, "$1"))
    .map((word) => (/^(?:old|scan)\.ndjson$/.test(word) ? join(inFolder, word) : word));

const outputOf = async (command: string, inFolder = folder): Promise<string> => {
  const { code, stdout, stderr } = await runInProcess(wordsOf(command, inFolder).slice(1));
  expect(code, stderr).toBeLessThanOrEqual(1);
  return stdout.replaceAll("\r\n", "\n");
};

describe("docs/audits.md", () => {
  it("answers twelve questions, each with one command", () => {
    expect(ours).toHaveLength(12);
    expect(others).toHaveLength(3);
  });

  it.each(ours)("$command prints what is shown", async ({ command, output }) => {
    expect(await outputOf(command)).toBe(output);
    expect(output.split("\n").length).toBeGreaterThan(2);
  });
});

describeWhere(commandsAvailable("jq"))("the variants of docs/audits.md for jq", () => {
  it.each(others)("$command prints what is shown", async ({ command, output }) => {
    const [program = "", ...args] = wordsOf(command);
    const { code, stdout } = await runProcess(program, args);
    expect({ code, stdout }).toEqual({ code: 0, stdout: output });
  });
});

/** The answers by plain code over the JSON, in the order of the questions; the last compares with the older scan. */
const RECKONED: readonly ((result: ScannedJson, old: ScannedJson | undefined) => boolean)[] = [
  ({ security }) => security?.["nla"] === "optional" || security?.["nla"] === "unsupported",
  ({ security, verdict: { stage } }) =>
    stage !== "dns" && stage !== "tcp" && (security?.["nla"] === undefined || security["nla"] === "unknown"),
  ({ certificate }) => certificate != null && certificate.daysLeft !== null && certificate.daysLeft < 0,
  ({ certificate }) => certificate != null && certificate.daysLeft >= 0 && certificate.daysLeft < 30,
  ({ tls, tlsVersions }) =>
    ["ssl3", "1.0", "1.1"].some(
      (version) => tls?.version === version || tlsVersions?.[version] === "accepted",
    ),
  ({ certificate, findings }) =>
    (certificate?.key?.type === "rsa" && (certificate.key.bits ?? 4096) < 2048) ||
    findings?.some(({ code }) => code === "certificate-key-short" || code === "certificate-key-refused") ===
      true ||
    /^(?:sha1|md5|md2)With|WithSHA1$/i.test(certificate?.signature ?? ""),
  ({ verdict }) => verdict.code === "standard-security-only",
  ({ severity, verdict }) => severity === "critical" && !["dns", "tcp"].includes(verdict.stage),
  ({ verdict }) => verdict.code === "reset",
  ({ ntlm }) => ntlm?.os.some((name) => name.includes("2008") || name.includes("2012")) === true,
  ({ server }) => server?.implementation === "xrdp" || server?.implementation === "freerdp",
  ({ security }, old) =>
    old?.security?.["nla"] === "required" && ["optional", "unsupported"].includes(security?.["nla"] ?? ""),
];

const placeOf = ({ target }: ScannedJson): string => `${target.host}:${target.port}`;

/** The targets of a command's answer: of CSV, or of a diff. */
const answered = async (command: string, inFolder: string): Promise<readonly string[]> => {
  const withPort = command.replace("--columns target,", "--columns target,port,");
  const output = await outputOf(withPort, inFolder);
  const lines = output.trimEnd().split("\n");
  return command.includes(" diff ")
    ? lines.flatMap((line) => /^~ (\S+)/.exec(line)?.[1] ?? [])
    : lines.slice(1).map((line) => line.split(",").slice(0, 2).join(":"));
};

const expectSame = async (old: readonly ScannedJson[], scan: readonly ScannedJson[]): Promise<number> => {
  const inFolder = mkdtempSync(join(folder, "scan-"));
  writeFileSync(join(inFolder, "old.ndjson"), scanText(old));
  writeFileSync(join(inFolder, "scan.ndjson"), scanText(scan));
  const before = new Map(old.map((result) => [placeOf(result), result]));
  let answers = 0;
  for (const [index, { command }] of ours.entries()) {
    const reckoned = scan.filter((result) => RECKONED[index]?.(result, before.get(placeOf(result))));
    expect((await answered(command, inFolder)).toSorted(), command).toEqual(reckoned.map(placeOf).toSorted());
    if (reckoned.length > 0) answers += 1;
  }
  return answers;
};

describe("the twelve answers equal a reckoning of their own", () => {
  it(
    `over a scan of ${MANY_HOSTS} hosts`,
    async () => {
      expect(await expectSame(generatedScan(MANY_HOSTS), generatedScan(MANY_HOSTS, DAYS_LATER))).toBe(12);
    },
    TIMEOUT_MS,
  );

  it(
    "over the lab",
    async () => {
      const lab = await startLab({ host: "127.0.0.1", basePort: 0, scenarios: LAB });
      try {
        const targets = lab.listeners.map(({ port }) => `127.0.0.1:${port}`);
        const asked = ["--depth", "quick", "--ask", "nla,tls-versions,weak", "--timeout", "1s"];
        const { stdout } = await runInProcess(["--ndjson", "--in-order", ...asked, ...targets]);
        const scan: readonly ScannedJson[] = stdout
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line));
        expect(scan).toHaveLength(LAB.length);
        expect(await expectSame(scan, scan)).toBeGreaterThanOrEqual(7);
      } finally {
        await lab.close();
      }
    },
    TIMEOUT_MS,
  );
});

const LAB = [
  "nla-required",
  "nla-optional",
  "tls-without-nla",
  "tls10-only",
  "certificate-expired",
  "certificate-expires-soon",
  "key-unreadable",
  "failure-2",
  "failure-3",
  "http",
] as const;
