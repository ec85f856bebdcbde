import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Result } from "../../../src/verdict/result/result.ts";
import { EXECUTABLE, ensureBuilt } from "../cli/executable.ts";
import { eventually } from "../../support/eventually.ts";
import { type ProcessGroup, runProcess, startProcess } from "../servers/programs/processes.ts";

const MEBIBYTE = 1024 * 1024;
const CONNECTIONS = 64;
const DEADLINE_MS = 5000;

/** All of 127.0.0.0/8 is this machine: an address for each connection, since a probe opens one at a time. */
const HOSTS = Array.from({ length: CONNECTIONS }, (_, index) => `127.0.9.${index + 1}`);

let servers: ProcessGroup;
let ports: Readonly<Record<string, number>>;

beforeAll(async () => {
  await ensureBuilt();
  const script = new URL("flood-server.ts", import.meta.url).pathname;
  servers = await startProcess(process.execPath, ["--import", "tsx", script, ...HOSTS]);
  const settled = () => servers.hasEnded() || servers.stdout().endsWith("\n");
  await eventually(settled, { timeoutMs: 20_000 });
  if (servers.hasEnded()) throw new Error(servers.stderr());
  ports = JSON.parse(servers.stdout());
}, 150_000);

afterAll(() => servers?.stop());

/** What the probe's process held at its peak, in bytes, and what it found. */
const probe = async (kind: string, count: number) => {
  const { stdout, stderr } = await runProcess(
    process.execPath,
    [
      // The garbage of a young generation that may grow to 48 MiB would hide what a connection takes.
      // So would that of the old generation, where a certificate's facts are soon; the floods are too long for this.
      ...(kind.startsWith("a certificate") ? ["--gc-global"] : []),
      ...["--max-semi-space-size=1", "--import", REPORT_PEAK, EXECUTABLE, "--json", "--quiet"],
      ...["--deadline", `${DEADLINE_MS}ms`, "-p", String(ports[kind]), ...HOSTS.slice(0, count)],
    ],
    { timeoutMs: 30_000 },
  );
  const document: Result | readonly Result[] = JSON.parse(stdout);
  return { peakBytes: 1024 * Number(stderr), results: "schema" in document ? [document] : document };
};

/** Prints the peak of the resident set in KiB when the process ends. */
const REPORT_PEAK = `data:text/javascript,${encodeURIComponent(
  "process.on('exit', () => process._rawDebug(process.resourceUsage().maxRSS))",
)}`;

describe("a server that sends without end", () => {
  it.each([
    ["tpkts of another kind", "malformed", "negotiation"],
    ["one long TPKT, byte by byte", "malformed", "negotiation"],
    ["text without an end of line", "not-rdp", "negotiation"],
    ["handshake records that mean nothing", "malformed", "tls"],
    ["records of no bytes", "malformed", "tls"],
    ["records of one byte", "malformed", "tls"],
    // A Certificate, whose end nobody waits for: what a patient client would find in it is not known.
    ["one message of 16 MiB", "inconclusive", "tls"],
    ["warnings", "malformed", "tls"],
    ["a certificate of tiny elements", null, null],
  ])(
    "%s: takes at most 1 MiB of the probe's memory for a connection, and is left long before the deadline",
    async (kind, code, stage) => {
      const one = await probe(kind, 1);
      const many = await probe(kind, CONNECTIONS);
      expect(many.results).toHaveLength(CONNECTIONS);
      for (const { verdict, durationMs } of many.results) {
        if (code !== null) expect(verdict).toMatchObject({ code, stage });
        expect(durationMs).toBeLessThan(DEADLINE_MS);
      }
      const perConnection = (many.peakBytes - one.peakBytes) / (CONNECTIONS - 1);
      expect(perConnection).toBeGreaterThan(0);
      expect(perConnection).toBeLessThan(MEBIBYTE);
    },
  );
});
