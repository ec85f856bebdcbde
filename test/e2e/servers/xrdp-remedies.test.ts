/** Remedies for xrdp, tried: a real xrdp is broken, probed, cured by the commands that are printed, and probed again. */

import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { remedyRow } from "../../../src/verdict/remedies/remedies.ts";
import { remedyFor } from "../../../src/verdict/remedies/remedy.ts";
import type { Result } from "../../../src/verdict/result/result.ts";
import { allAvailable, commandsAvailable, describeWhere } from "../../support/availability.ts";
import { type CertificateFolder, certificatesAvailable, makeCertificates } from "./programs/certificates.ts";
import { probeServer } from "./programs/probe-server.ts";
import { startProcess } from "./programs/processes.ts";
import { freePort, untilListening } from "./programs/real-server.ts";
import { xrdpAvailable } from "./programs/xrdp.ts";

const PATIENCE = { timeout: 60_000 };
const HOST = "127.0.0.1";

let certificates: CertificateFolder;

beforeAll(async () => {
  if (certificatesAvailable().available) certificates = await makeCertificates();
});

afterAll(() => certificates?.remove());

interface Broken {
  readonly what: string;
  /** What xrdp.ini says instead of what works. */
  readonly settings: Readonly<Record<string, string>>;
  /** The pair in the usual place: the certificate's name, and the key's where it is another's. */
  readonly certificate?: string;
  readonly key?: string;
  readonly verdict: string;
  readonly cause: string;
  readonly remedy: string;
}

const BROKEN: readonly Broken[] = [
  {
    what: "security_layer=rdp",
    settings: { security_layer: "rdp" },
    verdict: "standard-security-only",
    cause: "xrdp-security-layer-rdp",
    remedy: "xrdp-security-layer",
  },
  {
    what: "tls_ciphers with suites that no Windows has",
    settings: { tls_ciphers: "CAMELLIA", ssl_protocols: "TLSv1.2" },
    verdict: "no-shared-cipher",
    cause: "cipher-policy",
    remedy: "xrdp-tls-settings",
  },
  {
    what: "tls_ciphers that OpenSSL cannot read",
    settings: { tls_ciphers: "NO-SUCH-SUITE", ssl_protocols: "TLSv1.2" },
    verdict: "refused",
    cause: "xrdp-tls-unusable",
    remedy: "xrdp-tls-settings",
  },
  {
    what: "a certificate that has expired",
    settings: {},
    certificate: "expired",
    verdict: "certificate-expired",
    cause: "bound-certificate-not-renewed",
    remedy: "xrdp-new-certificate",
  },
  {
    what: "a key of another certificate",
    settings: {},
    key: "expired",
    verdict: "refused",
    cause: "xrdp-tls-unusable",
    remedy: "xrdp-new-certificate",
  },
  {
    what: "files that are not there",
    settings: { certificate: "/nowhere/cert.pem", key_file: "/nowhere/key.pem" },
    verdict: "standard-security-only",
    cause: "xrdp-key-unreadable",
    remedy: "xrdp-new-certificate",
  },
  {
    what: "files that are not there, and TLS demanded",
    settings: { security_layer: "tls", certificate: "/nowhere/cert.pem", key_file: "/nowhere/key.pem" },
    verdict: "no-server-certificate",
    cause: "certificate-not-created",
    remedy: "xrdp-new-certificate",
  },
];

const WORKS: readonly string[] = ["ok"];

/** Probes an xrdp that runs with the folder's xrdp.ini for as long as the probe takes. */
const probeWith = async (folder: string, port: number): Promise<Result> => {
  const server = await startProcess("xrdp", ["--nodaemon", "--config", join(folder, "xrdp.ini")]);
  try {
    if (!(await untilListening(server, HOST, port))) throw new Error(`xrdp ended: ${server.stderr()}`);
    return await probeServer({ host: HOST, port });
  } finally {
    await server.stop();
  }
};

/** The printed commands as they are, save for the folder, root's sudo, and the service, which is the test's own. */
const apply = (commands: readonly string[], folder: string): void => {
  for (const command of commands.filter((line) => !line.includes("systemctl"))) {
    const here = command.replaceAll("/etc/xrdp/", `${folder}/`).replaceAll("sudo ", "");
    execFileSync("bash", ["-ec", here], { stdio: ["ignore", "ignore", "pipe"] });
  }
};

const setUp = async ({ settings, certificate, key }: Broken): Promise<{ folder: string; port: number }> => {
  const folder = mkdtempSync(join(tmpdir(), "rdprobe-remedy-"));
  const port = await freePort(HOST);
  const { files } = certificates;
  const pairs = new Map(Object.entries(files));
  const shown = pairs.get(certificate ?? "rsa-2048") ?? [...pairs.values()][0];
  const other = pairs.get(key ?? certificate ?? "rsa-2048") ?? shown;
  if (shown === undefined || other === undefined) throw new Error("no certificates");
  cpSync(shown.certificateFile, join(folder, "cert.pem"));
  cpSync(other.keyFile, join(folder, "key.pem"));
  const all: Readonly<Record<string, string>> = {
    port: `tcp://${HOST}:${port}`,
    security_layer: "negotiate",
    certificate: join(folder, "cert.pem"),
    key_file: join(folder, "key.pem"),
    ssl_protocols: "TLSv1.2, TLSv1.3",
    LogFile: join(folder, "xrdp.log"),
    EnableSyslog: "false",
    ...settings,
  };
  const ini = Object.entries(all).reduce(
    (text, [name, value]) => {
      const line = new RegExp(`^#?${name}=.*$`, "m");
      return line.test(text) ? text.replace(line, () => `${name}=${value}`) : text;
    },
    readFileSync("/etc/xrdp/xrdp.ini", "utf8"),
  );
  writeFileSync(join(folder, "xrdp.ini"), ini);
  return { folder, port };
};

describeWhere(allAvailable(xrdpAvailable(), certificatesAvailable(), commandsAvailable("bash", "openssl")))(
  "a broken xrdp",
  () => {
    it.each(BROKEN)("$what: the cause is named, and the printed fix cures it", PATIENCE, async (broken) => {
      const { folder, port } = await setUp(broken);
      try {
        const before = await probeWith(folder, port);
        expect(before.verdict.code).toBe(broken.verdict);
        const causes = before.verdict.causes.map(({ code }) => code).slice(0, 3);
        expect(causes).toContain(broken.cause);
        const offered = before.remedies.map(({ id }) => id);
        expect(offered).toContain(broken.remedy);
        // Nothing of Windows is offered to an xrdp that is known to be one.
        const windows = before.remedies.filter(({ platform }) => platform === "windows");
        if (before.server?.implementation === "xrdp") expect(windows).toEqual([]);

        const row = remedyRow(broken.remedy);
        if (row === null) throw new Error(broken.remedy);
        const { fix } = remedyFor(row, { host: HOST, port });
        apply(fix, folder);
        const after = await probeWith(folder, port);
        expect(WORKS).toContain(after.verdict.code);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  },
);
