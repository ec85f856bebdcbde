import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Result } from "../../../src/verdict/result/result.ts";
import { captureOf, connected, play, saidIn } from "../../judging/conversations.ts";
import { runProcess } from "../servers/programs/processes.ts";
import { ensureBuilt, PROGRAM, PROGRAM_ARGS } from "./executable.ts";
import { rdprobe } from "./rdprobe.ts";

const FIXTURE = "fixtures/lab/failure-5.pcap";
const MANY = "fixtures/xrdp/tls-1.2-only.pcap";

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "rdprobe-pcap-"));
  await ensureBuilt();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fileWith = (name: string, bytes: Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

const isResults = (value: unknown): value is Result[] => Array.isArray(value);

/** The results of a document that is one or an array. */
const resultsIn = (stdout: string): readonly Result[] => {
  const value: unknown = JSON.parse(stdout.startsWith("[") ? stdout : `[${stdout}]`);
  if (!isResults(value)) throw new Error("no results");
  return value;
};

describe("rdprobe pcap", () => {
  it("prints the answer of the one handshake, names its stream, and says on stderr what was read", async () => {
    const { code, stdout, stderr } = await rdprobe(["pcap", FIXTURE]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^FAILED {2}127\.0\.0\.77:3389 {2}the server requires NLA/);
    expect(stdout).toMatch(/stream 0 of fixtures\/lab\/failure-5\.pcap, from 127\.0\.0\.1:\d+, 20\d\d-/);
    expect(stderr).toBe("rdprobe: fixtures/lab/failure-5.pcap: 10 packets, 1 TCP stream, 1 RDP handshake\n");
  });

  it("names on stderr which streams are tries of one client", async () => {
    const { stderr } = await rdprobe(["pcap", "fixtures/lab/nla-required.pcap"]);
    expect(stderr).toMatch(
      /2 RDP handshakes, streams 0 and 1 are tries of one client\nrdprobe: add -v for every stage/,
    );
    const many = await rdprobe(["pcap", MANY]);
    expect(many.stderr).toMatch(/\d+ RDP handshakes, \d+ streams from \d+ to \d+ are tries of one client/);
  });

  it("prints a table of many", async () => {
    const { code, stdout } = await rdprobe(["pcap", MANY]);
    const [head, ...rows] = stdout.trimEnd().split("\n");
    expect(code).toBe(1);
    expect(head).toMatch(/^STREAM +CLIENT +SERVER +VERDICT +STAGE +TLS +SUMMARY$/);
    expect(rows.length).toBeGreaterThan(10);
    // Its client leaves after the server's Certificate: nothing shows that the key is the server's.
    expect(rows[0]).toMatch(/^0 +127\.0\.0\.1:\d+ +127\.0\.0\.77:3389 +inconclusive +tls +1\.2 /);
  });

  it("says on stderr and in the JSON what it let go of, too many streams being open at once", async () => {
    // Three connections on another port, each open while the next one begins, and a handshake at the end.
    const server = { address: "198.51.100.20", port: 8443 };
    const others = [1, 2, 3].flatMap((port) =>
      play(connected, { client: { address: "192.0.2.10", port }, server }),
    );
    const file = fileWith("many.pcapng", captureOf([...others, ...play([...connected, ...saidIn(FIXTURE)])]));
    const { stdout, stderr } = await rdprobe(["pcap", "--json", "--max-streams", "1", file]);
    expect(stderr).toMatch(/: too many streams at once, see --max-streams: 3 streams not judged\n/);
    const [only] = resultsIn(stdout);
    expect(only?.source).toMatchObject({ kind: "pcap", stream: 3, unjudgedStreams: 3 });
  });

  it("names the files of several, prints JSON as one array, and fails for none of several servers by default", async () => {
    const scan = await rdprobe(["pcap", FIXTURE, MANY]);
    expect(scan.stdout).toMatch(/^FILE +STREAM/);
    const { stdout, stderr } = await rdprobe(["pcap", "--json", "-q", FIXTURE, MANY, FIXTURE]);
    const results = resultsIn(stdout);
    expect(stderr).toBe("");
    expect(results[0]?.source).toMatchObject({
      kind: "pcap",
      file: FIXTURE,
      stream: 0,
      server: "127.0.0.77:3389",
    });
    expect(results.filter(({ source }) => source.kind === "pcap" && source.file === FIXTURE)).toHaveLength(1);
  });

  it("one result is one document, with -q one line, with -v a ladder a stream", async () => {
    const json = await rdprobe(["pcap", "--json", FIXTURE]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      schema: "rdprobe.result/1",
      verdict: { code: "nla-required" },
    });
    const quiet = await rdprobe(["pcap", "-q", FIXTURE]);
    expect(quiet.stdout).toMatch(
      /^CRITICAL 127\.0\.0\.77:3389 stream 0 of 127\.0\.0\.1:\d+ nla-required at negotiation: .*\n$/,
    );
    expect(quiet.stderr).toBe("");
    const verbose = await rdprobe(["pcap", "-v", MANY]);
    expect(verbose.stdout.match(/^On the wire$/gm)?.length).toBeGreaterThan(10);
  });

  it.each([
    ["never", 0],
    ["warning", 1],
    ["critical", 1],
  ])("--fail-on %s exits %d", async (severity, expected) => {
    expect((await rdprobe(["pcap", "--fail-on", severity, FIXTURE])).code).toBe(expected);
  });

  it("reads gzip, and stdin, compressed or not", async () => {
    const plain = await rdprobe(["pcap", "-q", FIXTURE]);
    const packed = fileWith("packed.pcap.gz", gzipSync(readFileSync(FIXTURE)));
    expect((await rdprobe(["pcap", "-q", packed])).stdout).toBe(plain.stdout);
    for (const file of [FIXTURE, packed]) {
      const command = `cat ${file} | ${[PROGRAM, ...PROGRAM_ARGS].join(" ")} pcap -q -`;
      expect((await runProcess("sh", ["-c", command])).stdout).toBe(plain.stdout);
    }
  });

  it("writes to a file", async () => {
    const out = join(folder, "out.json");
    expect((await rdprobe(["pcap", "-q", "--json", "-o", out, FIXTURE])).stdout).toBe("");
    expect(resultsIn(readFileSync(out, "utf8"))).toHaveLength(1);
  });

  it("writes what the name of the file says", async () => {
    const written = async (name: string): Promise<string> => {
      expect((await rdprobe(["pcap", "-q", "-o", join(folder, name), FIXTURE])).stderr).toBe("");
      return readFileSync(join(folder, name), "utf8");
    };
    expect(parse(await written("out.csv"))).toHaveLength(2);
    expect(resultsIn(await written("named.json"))).toHaveLength(1);
    expect(JSON.parse(await written("out.ndjson"))).toMatchObject({ source: { kind: "pcap" } });
    expect(await written("out.html")).toMatch(/^<!doctype html>/);
    const wrong = await rdprobe(["pcap", "-o", join(folder, "out.xlsx"), FIXTURE]);
    expect(wrong).toMatchObject({ code: 2, stdout: "" });
  });

  it("says that a file is cut or damaged, and judges what came before", async () => {
    const whole = readFileSync(MANY);
    const cut = await rdprobe(["pcap", "--json", fileWith("cut.pcap", whole.subarray(0, 20_000))]);
    expect(cut.stderr).toContain("the file ends inside a record");
    expect(resultsIn(cut.stdout).length).toBeGreaterThan(0);
    const packed = gzipSync(whole);
    const half = await rdprobe([
      "pcap",
      "--json",
      fileWith("half.gz", packed.subarray(0, packed.length / 2)),
    ]);
    expect(half.stderr).toContain("gzip: the compressed file ends");
    expect(resultsIn(half.stdout).length).toBeGreaterThan(0);
  });

  it.each([
    ["no capture", "package.json", "is no capture file that is known"],
    [
      "a file that is not there",
      "/nonexistent/x.pcap",
      "cannot read /nonexistent/x.pcap: no such file or directory",
    ],
    ["a folder", "fixtures", "cannot read fixtures: illegal operation on a directory"],
  ])("%s is unreadable input: exit 2, and the other files are judged", async (_what, path, message) => {
    const { code, stdout, stderr } = await rdprobe(["pcap", "--json", path, FIXTURE]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(resultsIn(stdout)).toHaveLength(1);
  });

  it("an empty file is no capture", async () => {
    const { code, stdout, stderr } = await rdprobe([
      "pcap",
      "--json",
      fileWith("empty.pcap", new Uint8Array(0)),
    ]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual([]);
    expect(stderr).toMatch(/empty\.pcap: is empty\n$/);
  });

  it.each<[string, Uint8Array, RegExp]>([
    [
      "trace.etl",
      Buffer.concat([Buffer.alloc(72, 1), Buffer.from([2, 0, 2, 0xc0]), Buffer.alloc(99)]),
      /pktmon etl2pcap/,
    ],
    ["netxray.cap", Buffer.concat([Buffer.from("XCP\0"), Buffer.alloc(99)]), /editcap -F pcapng in out/],
  ])("%s is named in one line, with the line that converts it", async (name, bytes, message) => {
    const { code, stderr } = await rdprobe(["pcap", fileWith(name, bytes)]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  it("judges all of a gzip file whose checksum is wrong, or behind which there is something else", async () => {
    const plain = await rdprobe(["pcap", "-q", FIXTURE]);
    const packed = gzipSync(readFileSync(FIXTURE));
    const wrong = Buffer.from(packed);
    wrong.writeUInt32LE(1, wrong.length - 8);
    for (const bytes of [wrong, Buffer.concat([packed, Buffer.from("garbage")])]) {
      const { stdout, stderr, code } = await rdprobe(["pcap", "-q", fileWith("faulty.gz", bytes)]);
      expect({ stdout, code }).toEqual({ stdout: plain.stdout, code: plain.code });
      expect(stderr).toMatch(/faulty\.gz: gzip: /);
    }
  });

  it("says how many packets of what were not read, the most first, and the JSON stays an array", async () => {
    const frame = (etherType: number) =>
      Buffer.from([...new Array<number>(12).fill(2), etherType >>> 8, etherType & 0xff, 0x2c]);
    const record = (bytes: Buffer) => {
      const head = Buffer.alloc(16);
      head.writeUInt32LE(bytes.length, 8);
      head.writeUInt32LE(bytes.length, 12);
      return Buffer.concat([head, bytes]);
    };
    const kinds = [
      ...new Array<number>(1204).fill(0x88e5),
      0x1234,
      0x1234,
      0x1234,
      0x1235,
      0x1235,
      0x1236,
      0x0806,
    ];
    const header = Buffer.from("d4c3b2a1020004000000000000000000ffff000001000000", "hex");
    const path = fileWith(
      "macsec.pcap",
      Buffer.concat([header, ...kinds.map((kind) => record(frame(kind)))]),
    );
    const { code, stdout, stderr } = await rdprobe(["pcap", "--json", path]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual([]);
    expect(stderr).toContain(
      "1,204 packets of MACsec, 3 of EtherType 0x1234, 2 of EtherType 0x1235 and 1 of other kinds were not read",
    );
  });

  it.each([
    [["pcap"], /missing required argument 'file'/],
    [["pcap", "--max-streams", "0", FIXTURE], /--max-streams: "0" is no count/],
    [["pcap", "--keylog", "/nonexistent", FIXTURE], /--keylog: cannot read \/nonexistent: no such file/],
    [["pcap", "--fail-on", "often", FIXTURE], /--fail-on/],
  ])("%j is wrong usage: exit 2 and one line", async (args, message) => {
    const { code, stdout, stderr } = await rdprobe(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  it("follows no more streams at once than it is told, the oldest ends first", async () => {
    const { stdout } = await rdprobe(["pcap", "--json", "--max-streams", "1", MANY]);
    expect(resultsIn(stdout).length).toBeGreaterThan(10);
  });

  it("colours only where it is told to", async () => {
    const sequence = String.fromCharCode(27);
    expect((await rdprobe(["pcap", FIXTURE])).stdout).not.toContain(sequence);
    expect((await rdprobe(["pcap", "--color", "always", FIXTURE])).stdout).toContain(sequence);
  });
});
