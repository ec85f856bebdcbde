/** Who answers, asked of every real server here and of captures of Windows: none is taken for another one. */

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ServerReport } from "../../src/verdict/server/who-answers.ts";
import { runInProcess } from "../cli/in-process.ts";
import { allAvailable, describeWhere } from "./availability.ts";
import { type CertificateFolder, certificatesAvailable, makeCertificates } from "./certificates.ts";
import { shadowAvailable } from "./freerdp-shadow.ts";
import { probeServer } from "./probe-server.ts";
import type { RealServer } from "./real-server.ts";
import { startWeston, westonAvailable } from "./weston.ts";
import { xrdpAvailable } from "./xrdp.ts";
import { REAL_CONFIGURATIONS } from "./xrdp-configurations.ts";

const PATIENCE = { timeout: 60_000 };

/** At most one in five may be unknown. */
const UNKNOWN_SHARE = 0.2;

let certificates: CertificateFolder;

beforeAll(async () => {
  if (certificatesAvailable().available) certificates = await makeCertificates();
});

afterAll(() => certificates?.remove());

const answering = async (start: Promise<RealServer>): Promise<ServerReport | null> => {
  const server = await start;
  try {
    const result = await probeServer(server);
    return result.server;
  } finally {
    await server.stop();
  }
};

/** Of those in this file, each with what it is in truth. */
const told: { readonly truth: string; readonly said: string }[] = [];

describeWhere(allAvailable(xrdpAvailable(), shadowAvailable(), certificatesAvailable()))(
  "who answers, on real servers",
  () => {
    it.each(REAL_CONFIGURATIONS)("$id", PATIENCE, async (configuration) => {
      const truth = configuration.server === "xrdp" ? "xrdp" : "freerdp";
      const report = await answering(configuration.start(certificates));
      told.push({ truth, said: report?.implementation ?? "none" });
      expect(["unknown", truth]).toContain(report?.implementation);
      // Debian's xrdp says no version, and FreeRDP's NTLM names a Windows that it is not.
      expect(report?.version).toBeNull();
    });
  },
);

describeWhere(westonAvailable())("who answers, on weston", () => {
  it.each(["tls", "rdp"] as const)("by its library: %s", PATIENCE, async (security) => {
    const report = await answering(startWeston({ security }));
    told.push({ truth: "freerdp", said: report?.implementation ?? "none" });
    expect(report?.implementation).toBe("freerdp");
  });
});

const CAPTURES = "/work/shared/pcaps";
/** Made by hand, and of no server. */
const SYNTHETIC = /synthetic|invalid-length/;
const WINDOWS_CAPTURES = existsSync(CAPTURES)
  ? readdirSync(CAPTURES).filter((name) => /\.pcap(ng)?$/.test(name) && !SYNTHETIC.test(name))
  : [];

it.skipIf(WINDOWS_CAPTURES.length === 0).each(WINDOWS_CAPTURES)("%s: Windows, or unknown", async (name) => {
  const { stdout } = await runInProcess(["pcap", "--json", join(CAPTURES, name)]);
  const parsed: unknown = JSON.parse(stdout);
  const results: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  for (const result of results) {
    const said = saidOf(result);
    told.push({ truth: "windows", said });
    expect(["unknown", "windows"]).toContain(said);
  }
});

it("the build of Windows is told where its NTLM challenge has it", async ({ skip }) => {
  const file = join(CAPTURES, "wireshark-rdp__rdp-nla-ntlm-rejected1.pcapng");
  if (!existsSync(file)) skip();
  const { stdout } = await runInProcess(["pcap", "--json", file]);
  expect(JSON.parse(stdout)).toMatchObject([
    { server: { implementation: "windows", version: "10.0.20348", confidence: "observed" } },
    { server: { implementation: "windows", version: null, confidence: "inferred" } },
  ]);
});

it("none is taken for another, and at most one in five is unknown", ({ skip }) => {
  if (told.length === 0) skip();
  expect(told.filter(({ truth, said }) => said !== "unknown" && said !== truth)).toEqual([]);
  const unknown = told.filter(({ said }) => said === "unknown").length;
  expect(unknown / told.length).toBeLessThanOrEqual(UNKNOWN_SHARE);
});

const saidOf = (result: unknown): string => {
  if (typeof result !== "object" || result === null || !("server" in result)) return "none";
  const { server } = result;
  return typeof server === "object" && server !== null && "implementation" in server
    ? String(server.implementation)
    : "none";
};

it("the captures of this tree are read as what they are", async () => {
  const files = readdirSync("fixtures/xrdp").filter((name) => name.endsWith(".pcap"));
  expect(files.length).toBeGreaterThan(20);
  for (const name of files.slice(0, 5)) {
    const { stdout } = await runInProcess(["pcap", "--json", join("fixtures/xrdp", name)]);
    const results: unknown = JSON.parse(stdout);
    const said = (Array.isArray(results) ? results : [results]).map(saidOf);
    expect(said.filter((word) => word !== "unknown" && word !== "xrdp")).toEqual([]);
  }
});
