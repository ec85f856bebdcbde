/** Who answers, asked of every real server here and of captures of Windows: none is taken for another one. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ServerReport } from "../../../src/verdict/server/who-answers.ts";
import { runInProcess } from "../../cli/in-process.ts";
import { judged } from "../../judging/judged.ts";
import { allAvailable, describeWhere } from "../../support/availability.ts";
import {
  type CertificateFolder,
  certificatesAvailable,
  makeCertificates,
  makePair,
} from "./programs/certificates.ts";
import { shadowAvailable } from "./programs/freerdp-shadow.ts";
import { gnomeAvailable, makeGnomeHome, setUpGnome, startGnome } from "./programs/gnome-remote-desktop.ts";
import { probeServer } from "./programs/probe-server.ts";
import type { RealServer } from "./programs/real-server.ts";
import { startWeston, westonAvailable } from "./programs/weston.ts";
import { xrdpAvailable } from "./programs/xrdp.ts";
import { REAL_CONFIGURATIONS } from "./programs/xrdp-configurations.ts";

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
const told: { readonly truth: readonly string[]; readonly said: string }[] = [];

describeWhere(allAvailable(xrdpAvailable(), shadowAvailable(), certificatesAvailable()))(
  "who answers, on real servers",
  () => {
    it.each(REAL_CONFIGURATIONS)("$id", PATIENCE, async (configuration) => {
      const truth = configuration.server === "xrdp" ? ["xrdp"] : ["freerdp"];
      const report = await answering(configuration.start(certificates));
      told.push({ truth, said: report?.implementation ?? "none" });
      expect(["unknown", ...truth]).toContain(report?.implementation);
      // Debian's xrdp says no version, and FreeRDP's NTLM names a Windows that it is not.
      expect(report?.version).toBeNull();
    });
  },
);

describeWhere(westonAvailable())("who answers, on weston", () => {
  it.each([
    ["tls", "weston"],
    // With an RSA key alone it refuses, by a failure that is the library's own.
    ["rdp", "freerdp"],
  ] as const)("%s: %s", PATIENCE, async (security, expected) => {
    const report = await answering(startWeston({ security }));
    told.push({ truth: ["weston", "freerdp"], said: report?.implementation ?? "none" });
    expect(report?.implementation).toBe(expected);
  });
});

/** As GNOME Settings makes it, and as an administrator does. */
const GNOME_SUBJECTS = ["/C=US/CN=GNOME", "/CN=desk01.example", "/O=Example/CN=desk01"];

describeWhere(gnomeAvailable())("who answers, on gnome-remote-desktop", () => {
  it.each(GNOME_SUBJECTS)("with the certificate %s", PATIENCE, async (subject) => {
    const home = makeGnomeHome();
    try {
      const pair = await makePair(home.folder, subject);
      await setUpGnome(home, pair);
      const report = await answering(startGnome(home));
      told.push({ truth: ["gnome-remote-desktop"], said: report?.implementation ?? "none" });
      expect(report?.implementation).toBe("gnome-remote-desktop");
      expect(report?.evidence.length).toBeGreaterThan(1);
    } finally {
      home.remove();
    }
  });
});

/** The captures of this tree, by the folder of the program that was captured. */
const FIXTURES = [
  ["xrdp", "xrdp"],
  ["freerdp-shadow", "freerdp"],
] as const;

it.each(FIXTURES)("the captures in fixtures/%s are of %s, or unknown", (folder, truth) => {
  const files = readdirSync(join("fixtures", folder)).filter((name) => name.endsWith(".pcap"));
  expect(files.length).toBeGreaterThan(2);
  for (const name of files) {
    // Each connection of a file is to one and the same server, and a request alone tells little.
    const { results } = judged(readFileSync(join("fixtures", folder, name)));
    const said = new Set(results.map(({ server }) => server?.implementation ?? "unknown"));
    said.delete("unknown");
    told.push({ truth: [truth], said: [...said][0] ?? "unknown" });
    expect(
      [...said].filter((word) => word !== truth),
      name,
    ).toEqual([]);
  }
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
    told.push({ truth: ["windows"], said });
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

const saidOf = (result: unknown): string => {
  if (typeof result !== "object" || result === null || !("server" in result)) return "none";
  const { server } = result;
  return typeof server === "object" && server !== null && "implementation" in server
    ? String(server.implementation)
    : "none";
};

it("none is taken for another, and at most one in five is unknown", ({ skip }) => {
  if (told.length === 0) skip();
  expect(told.filter(({ truth, said }) => said !== "unknown" && !truth.includes(said))).toEqual([]);
  const unknown = told.filter(({ said }) => said === "unknown").length;
  process.stdout.write(`who answers: ${told.length} servers and captures, ${unknown} unknown\n`);
  expect(unknown / told.length).toBeLessThanOrEqual(UNKNOWN_SHARE);
});
