/**
 * Remedies for servers on FreeRDP's library, tried: a real one is broken, probed, cured by the commands that are printed,
 * and probed again.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { remedyRow } from "../../../src/verdict/remedies/remedies.ts";
import { remedyFor } from "../../../src/verdict/remedies/remedy.ts";
import type { Result } from "../../../src/verdict/result/result.ts";
import { type Availability, allAvailable, describeWhere } from "../../support/availability.ts";
import {
  type CertificateFiles,
  type CertificateFolder,
  certificatesAvailable,
  makeCertificates,
} from "./programs/certificates.ts";
import { shadowAvailable, startDisplay } from "./programs/freerdp-shadow.ts";
import {
  type GnomeHome,
  gnomeAvailable,
  makeGnomeHome,
  setUpGnome,
  startGnome,
} from "./programs/gnome-remote-desktop.ts";
import { probeServer } from "./programs/probe-server.ts";
import { outputOf, type ProcessGroup, startProcess } from "./programs/processes.ts";
import { freePort, untilListening } from "./programs/real-server.ts";
import { westonAvailable } from "./programs/weston.ts";

const PATIENCE = { timeout: 60_000 };
const HOST = "127.0.0.1";

let certificates: CertificateFolder;

beforeAll(async () => {
  if (certificatesAvailable().available) certificates = await makeCertificates();
});

afterAll(() => certificates?.remove());

/** A certificate and a key, of which one may be another's. */
const pairOf = (certificate: keyof CertificateFolder["files"], key = certificate): CertificateFiles => ({
  certificateFile: certificates.files[certificate].certificateFile,
  keyFile: certificates.files[key].keyFile,
});

/** A server that can be broken, and that the printed fix is applied to. */
interface Patient {
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  readonly port: number;
  /** Probes it as it is set up now, for as long as the probe takes. */
  probe(): Promise<Result>;
  /** What the printed command line starts it with from now on. */
  startWith(commandLine: string): void;
  remove(): Promise<void>;
}

interface Broken {
  readonly what: string;
  readonly set: () => Promise<Patient>;
  readonly verdict: string;
  /** The true cause, and where it may stand at the latest. */
  readonly cause: string;
  readonly within?: number;
  readonly remedy: string;
}

const gnome = async (breakIt: (home: GnomeHome) => Promise<void>): Promise<Patient> => {
  const home = makeGnomeHome();
  const port = await freePort(HOST);
  await breakIt(home);
  let listens = true;
  return {
    ...{ home: home.folder, env: home.env, port },
    probe: async () => {
      listens = (await outputOf("grdctl", ["--headless", "status"], { env: home.env })).includes(": enabled");
      const server = await startGnome(home, port, listens);
      try {
        return await probeServer(server);
      } finally {
        await server.stop();
      }
    },
    startWith: () => undefined,
    remove: async () => home.remove(),
  };
};

/** A program that is started by one command line. */
const commandLine = async (
  program: "weston" | "freerdp-shadow-cli",
  first: (home: string, port: number) => string,
): Promise<Patient> => {
  const home = mkdtempSync(join(tmpdir(), "rdprobe-patient-"));
  const port = await freePort(HOST);
  const groups: ProcessGroup[] = [];
  const display = program === "weston" ? {} : { DISPLAY: await startDisplay(groups) };
  const env = { HOME: home, XDG_RUNTIME_DIR: home, XDG_CONFIG_HOME: join(home, ".config"), ...display };
  const own =
    program === "weston"
      ? `--shell=kiosk-shell.so --no-config --socket=rdprobe --address=${HOST}`
      : `/bind-address:${HOST}`;
  let line = first(home, port);
  return {
    ...{ home, env, port },
    probe: async () => {
      const server = await startProcess("sh", ["-c", `exec ${line} ${own}`], { env });
      try {
        if (!(await untilListening(server, HOST, port))) throw new Error(`${line}: ${server.stderr()}`);
        return await probeServer({ host: HOST, port });
      } finally {
        await server.stop();
      }
    },
    startWith: (printed) => {
      line = printed;
    },
    remove: async () => {
      for (const group of groups) await group.stop("SIGTERM", 2000);
      rmSync(home, { recursive: true, force: true });
    },
  };
};

const weston = (options: (home: string) => string): Promise<Patient> =>
  commandLine("weston", (home, port) => `weston --backend=rdp-backend.so --port=${port} ${options(home)}`);

const westonWith = ({ certificateFile, keyFile }: CertificateFiles): Promise<Patient> =>
  weston(() => `--rdp-tls-cert=${certificateFile} --rdp-tls-key=${keyFile}`);

const shadow = async (options: string, pair: CertificateFiles | null = null): Promise<Patient> => {
  const patient = await commandLine(
    "freerdp-shadow-cli",
    (_home, port) => `freerdp-shadow-cli /port:${port} ${options}`,
  );
  if (pair !== null) {
    const folder = join(patient.home, ".config/freerdp/shadow");
    mkdirSync(folder, { recursive: true });
    cpSync(pair.certificateFile, join(folder, "shadow.crt"));
    cpSync(pair.keyFile, join(folder, "shadow.key"));
  }
  return patient;
};

const GNOME: readonly Broken[] = [
  {
    what: "RDP is switched off",
    set: () =>
      gnome(async (home) => {
        await setUpGnome(home, pairOf("rsa-2048"));
        await outputOf("grdctl", ["--headless", "rdp", "disable"], { env: home.env });
      }),
    ...{ verdict: "port-closed", cause: "rdp-disabled", within: 2, remedy: "gnome-set-up" },
  },
  {
    what: "its certificate has expired",
    set: () => gnome((home) => setUpGnome(home, pairOf("expired"))),
    ...{ verdict: "certificate-expired", cause: "bound-certificate-not-renewed" },
    remedy: "gnome-new-certificate",
  },
  {
    what: "its key is of another certificate",
    set: () => gnome((home) => setUpGnome(home, pairOf("rsa-2048", "expired"))),
    ...{ verdict: "no-shared-cipher", cause: "freerdp-key-unusable", remedy: "gnome-new-certificate" },
  },
];

const WESTON: readonly Broken[] = [
  {
    what: "its certificate has expired",
    set: () => westonWith(pairOf("expired")),
    ...{ verdict: "certificate-expired", cause: "bound-certificate-not-renewed", remedy: "weston-tls" },
  },
  {
    what: "its key is of another certificate",
    set: () => westonWith(pairOf("rsa-2048", "expired")),
    ...{ verdict: "no-shared-cipher", cause: "freerdp-key-unusable", remedy: "weston-tls" },
  },
  {
    what: "it has a key for Standard RDP Security alone",
    set: () =>
      weston((home) => {
        const key = join(home, "rdp4.key");
        execFileSync("openssl", ["genrsa", "-traditional", "-out", key, "2048"], { stdio: "ignore" });
        return `--rdp4-key=${key}`;
      }),
    ...{ verdict: "standard-security-only", cause: "freerdp-tls-off", remedy: "weston-tls" },
  },
];

const SHADOW: readonly Broken[] = [
  {
    what: "its certificate has expired",
    set: () => shadow("/sec:tls", pairOf("expired")),
    ...{ verdict: "certificate-expired", cause: "bound-certificate-not-renewed" },
    remedy: "freerdp-new-certificate",
  },
  {
    what: "its key is of another certificate",
    set: () => shadow("/sec:tls", pairOf("rsa-2048", "expired")),
    ...{ verdict: "no-shared-cipher", cause: "freerdp-key-unusable", remedy: "freerdp-new-certificate" },
  },
  {
    what: "it was started with /sec:rdp",
    set: () => shadow("/sec:rdp"),
    ...{ verdict: "standard-security-only", cause: "freerdp-tls-off", remedy: "freerdp-security" },
  },
];

const WORKS: readonly string[] = ["ok", "nla-required"];

const STARTS = /^(?:weston|freerdp-shadow-cli) /;
/** Its service is the test's own. */
const SERVICE = /^systemctl /;

/** The printed commands as they are; the line that starts the server starts the test's. */
const apply = (id: string, patient: Patient): void => {
  const row = remedyRow(id);
  if (row === null) throw new Error(`no remedy ${id}`);
  const { fix } = remedyFor(row, { host: HOST, port: patient.port });
  expect(fix.length).toBeGreaterThan(0);
  for (const command of fix) {
    if (STARTS.test(command)) patient.startWith(command);
    else if (!SERVICE.test(command)) {
      const env = { ...process.env, ...patient.env };
      execFileSync("bash", ["-ec", command], { env, stdio: ["ignore", "ignore", "pipe"] });
    }
  }
};

const cures = (name: string, available: Availability, all: readonly Broken[]): void =>
  describeWhere(allAvailable(available, certificatesAvailable()))(`a broken ${name}`, () => {
    it.each(all)("$what: the cause is named, and the printed fix cures it", PATIENCE, async (broken) => {
      const patient = await broken.set();
      try {
        const before = await patient.probe();
        expect(before.verdict.code).toBe(broken.verdict);
        const causes = before.verdict.causes.map(({ code }) => code);
        expect(causes.slice(0, broken.within ?? 1)).toContain(broken.cause);
        expect(before.remedies.map(({ id }) => id)).toContain(broken.remedy);
        if (before.server !== null) {
          expect(before.remedies.filter(({ platform }) => platform === "windows")).toEqual([]);
        }

        apply(broken.remedy, patient);
        const after = await patient.probe();
        expect(WORKS).toContain(after.verdict.code);
      } finally {
        await patient.remove();
      }
    });
  });

cures("gnome-remote-desktop", gnomeAvailable(), GNOME);
cures("weston", westonAvailable(), WESTON);
cures("FreeRDP shadow server", shadowAvailable(), SHADOW);
