/** The package as npm packs it: small, whole, and usable by a strict consumer that has nothing of ours beside it. */
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, normalize } from "node:path";
import { promisify } from "node:util";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import manifest from "../../../package.json" with { type: "json" };
import { linksIn } from "../../docs/links.ts";
import { ensureBuilt } from "../cli/executable.ts";

const run = promisify(execFile);
const MODULES = join(process.cwd(), "node_modules");
const MEGABYTE = 1_000_000;

let folder = "";
let tarball = "";
let files: readonly string[] = [];

beforeAll(async () => {
  await ensureBuilt();
  folder = await mkdtemp(join(tmpdir(), "rdprobe-package-"));
  await run("npm", ["pack", "--ignore-scripts", "--pack-destination", folder]);
  tarball = join(folder, `rdprobe-${manifest.version}.tgz`);
  const listed = await run("tar", ["-tzf", tarball]);
  files = listed.stdout.split("\n").map((line) => line.replace(/^package\//, ""));
  const own = join(folder, "node_modules", "rdprobe");
  await mkdir(own, { recursive: true });
  await run("tar", ["-xzf", tarball, "-C", own, "--strip-components=1"]);
  // The types of Node are the consumer's own.
  await mkdir(join(folder, "node_modules", "@types"));
  for (const name of ["@types/node", "undici-types"]) {
    await symlink(join(MODULES, name), join(folder, "node_modules", name));
  }
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the tarball", () => {
  test("is under one megabyte", async () => {
    expect((await stat(tarball)).size).toBeLessThan(MEGABYTE);
  });

  test("has the documents, and nothing that only the builder's Node can use", () => {
    expect(files).toEqual(expect.arrayContaining(["README.md", "LICENSE", "SECURITY.md", "docs/index.md"]));
    expect(files.filter((file) => file.endsWith(".code"))).toEqual([]);
  });

  test("has all that its documents link to, but for what only builders read", () => {
    const own = join(folder, "node_modules", "rdprobe");
    const documents = files.filter((file) => file.endsWith(".md"));
    const links = documents.flatMap((file) => linksIn(join(own, file)).map((link) => ({ file, link })));
    expect(links.length).toBeGreaterThan(300);
    const missing = links.filter(({ file, link }) => {
      const path = normalize(join(dirname(file), link.split("#")[0] ?? ""));
      return !["ARCHITECTURE.md", "CONTRIBUTING.md"].includes(path) && !existsSync(join(own, path));
    });
    expect(missing).toEqual([]);
  });

  test("runs no script when it is installed", () => {
    const scripts = Object.keys(manifest.scripts);
    expect(scripts.filter((name) => /^(?:(?:pre|post)?install|prepare)$/.test(name))).toEqual([]);
  });

  test("brings everything along: it depends on nothing, and names whose code it carries", () => {
    expect(manifest).not.toHaveProperty("dependencies");
    expect(files).toContain("dist/THIRD-PARTY.txt");
  });
});

describe("what only a fleet needs", () => {
  test("is not there, and who asks for a fleet is told what to install", async () => {
    const program = join(folder, "node_modules", "rdprobe", "dist", "rdprobe.cjs");
    const said = await run(process.execPath, [program, "fleet"]).catch((error) => error);
    expect([said.code, said.stdout]).toEqual([2, ""]);
    expect(said.stderr).toMatch(/^rdprobe: .*npm install @nats-io\/transport-node @nats-io\/jetstream.*\n$/);
  });
});

const CONSUMER = `
import { connect } from "node:net";
import { CLIENT_PROFILES, explain, judgeCapture, probe, probeMany, report, type Result } from "rdprobe";
import { decodeNtlmChallenge } from "rdprobe/credssp";
import { createCaptureReader, createPcapngWriter } from "rdprobe/pcap";
import { type ClientHello, decodeRecord, serverName } from "rdprobe/tls";
import { encodeConnectionRequest, PROTOCOL } from "rdprobe/x224";

const [result] = await probe("127.0.0.1:1", {
  depth: "quick",
  client: "win7-sp1",
  timeoutMs: 1000,
  signal: new AbortController().signal,
  dial: ({ address, port }) => connect({ host: address, port, allowHalfOpen: true }),
});
const severity: "ok" | "warning" | "critical" = result.severity;
const all: Result[] = [];
for await (const one of probeMany(["127.0.0.1:1", "127.0.0.1:2"], { concurrency: 2 })) all.push(one);
const { results } = await judgeCapture(new Uint8Array(0));
const name = (hello: ClientHello): string | null => serverName(hello);
const request = encodeConnectionRequest({
  kind: "connection-request",
  destinationReference: 0,
  sourceReference: 0,
  classOptions: 0,
  routing: null,
  negotiation: { flags: 0, requestedProtocols: PROTOCOL.ssl },
  correlation: null,
});
const codecs = [decodeNtlmChallenge, createCaptureReader, createPcapngWriter, decodeRecord, name];
console.log(
  JSON.stringify({
    severity,
    codes: [result, ...all].map(({ verdict }) => verdict.code),
    captured: results.length,
    explained: explain("0x904").meanings.length > 0,
    lines: report(all, "ndjson").split("\\n").length,
    request: request.length,
    codecs: codecs.map((codec) => typeof codec),
    clients: CLIENT_PROFILES.length > 0,
  }),
);
`;

describe("others' judgement of the package", () => {
  test("publint has nothing to say", async () => {
    const messages = await publint({
      pkgDir: join(folder, "node_modules", "rdprobe"),
      strict: true,
      pack: false,
    });
    expect(messages.messages).toEqual([]);
  });

  test("its types are right for who imports it as ES modules, which is what is promised", async () => {
    const attw = join(MODULES, "@arethetypeswrong", "cli", "dist", "index.js");
    const args = [attw, tarball, "--profile", "esm-only", "--format", "json"];
    const { stdout } = await run(process.execPath, args, { maxBuffer: 64 * MEGABYTE }).catch(
      (error) => error,
    );
    const { analysis, problems = {} } = JSON.parse(stdout);
    expect(Object.keys(analysis.entrypoints)).toEqual(expect.arrayContaining([".", "./x224", "./tls"]));
    const ours = Object.values(problems)
      .flat()
      .filter((problem) => JSON.stringify(problem).includes('"resolutionKind":"node16-esm"'));
    expect(ours).toEqual([]);
  });
});

/** The README's examples, with what they name replaced by what there is here. */
describe("the README's examples of the library", () => {
  const block = /```ts\n([\s\S]*?)```/.exec(readFileSync("README.md", "utf8"))?.[1] ?? "";
  const REPLACED = [
    ['"server01"', '"127.0.0.1:1"'],
    ['"10.0.0.0/24"', '"127.0.0.1:1", "127.0.0.1:2"'],
    ['"failing-pc.pcapng"', JSON.stringify(join(process.cwd(), "fixtures", "xrdp", "chain-of-three.pcap"))],
  ] as const;

  test("run", async () => {
    for (const [name] of REPLACED) expect(block).toContain(name);
    const code = REPLACED.reduce((text, [name, here]) => text.replace(name, here), block);
    const check = "console.log(JSON.stringify([result.verdict.code, results.length]));\n";
    await writeFile(join(folder, "readme.mjs"), code + check);
    const { stdout } = await run(process.execPath, [join(folder, "readme.mjs")]);
    const lines = stdout.trimEnd().split("\n");
    expect(JSON.parse(lines.at(-1) ?? "")).toEqual(["port-closed", expect.any(Number)]);
    expect(lines.slice(0, -1).toSorted()).toEqual(["127.0.0.1:1 port-closed", "127.0.0.1:2 port-closed"]);
  });
});

describe("a strict consumer", () => {
  beforeAll(async () => {
    const compilerOptions = {
      ...{
        target: "es2023",
        lib: ["es2023"],
        module: "nodenext",
        moduleResolution: "nodenext",
        types: ["node"],
      },
      ...{
        strict: true,
        noUncheckedIndexedAccess: true,
        exactOptionalPropertyTypes: true,
        skipLibCheck: false,
      },
    };
    await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["use.ts"] }));
    await writeFile(join(folder, "use.ts"), CONSUMER);
  });

  test("compiles with NodeNext and without skipLibCheck, and runs", async () => {
    const compiler = join(MODULES, "typescript", "bin", "tsc");
    const compiled = await run(process.execPath, [compiler, "-p", folder]).catch((error) => error);
    expect(compiled.stdout).toBe("");
    const { stdout } = await run(process.execPath, [join(folder, "use.js")]);
    expect(JSON.parse(stdout)).toEqual({
      severity: "critical",
      codes: ["port-closed", "port-closed", "port-closed"],
      captured: 0,
      explained: true,
      lines: 3,
      request: 19,
      codecs: ["function", "function", "function", "function", "function"],
      clients: true,
    });
  }, 120_000);

  test("loads none of the exporter's packages with the library", async () => {
    const dist = join(folder, "node_modules", "rdprobe", "dist");
    const loaded = new Map<string, string>();
    const load = async (file: string): Promise<void> => {
      if (loaded.has(file)) return;
      const text = await readFile(join(dist, file), "utf8");
      loaded.set(file, text);
      for (const [, next = ""] of text.matchAll(/(?:from|import)"\.\/([^"]+\.js)"/g)) await load(next);
    };
    await load("index.js");
    const texts = [...loaded.values()].join("\n");
    expect(loaded.size).toBeGreaterThan(1);
    expect(texts).toContain("0x904");
    expect(texts).not.toMatch(/collectDefaultMetrics|YAMLParseError|bcrypt/);
    const all = await readdir(dist);
    const bundled = await Promise.all(
      all.filter((file) => /^exporter-.*\.js$/.test(file)).map((file) => readFile(join(dist, file), "utf8")),
    );
    expect(bundled.join("\n")).toContain("collectDefaultMetrics");
  });
});
