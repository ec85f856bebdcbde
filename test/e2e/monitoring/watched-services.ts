/** The services that a monitoring system is given to check, and what it has to say of each. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { CHECK_RDP } from "../cli/check-rdp.ts";
import { useLab } from "../cli/lab.ts";
import { readPluginOutput } from "../../report/plugin-output.ts";
import {
  type CertificateFolder,
  certificatesAvailable,
  makeCertificates,
} from "../servers/programs/certificates.ts";
import { eventually } from "../../support/eventually.ts";
import type { RealServer } from "../servers/programs/real-server.ts";
import { startXrdp, xrdpAvailable } from "../servers/programs/xrdp.ts";
import { readStatusData, type ServiceStatus } from "./status-data.ts";

interface WatchedService {
  /** A scenario of the lab, or xrdp. */
  readonly name: string;
  readonly options: Readonly<Record<string, string>>;
  readonly state: 0 | 1 | 2 | 3;
  readonly output: RegExp;
  readonly labels: readonly string[];
}

const UP_TO_TLS = ["time", "tcp", "negotiation", "tls"];
const HEALTHY = [...UP_TO_TLS, "credssp", "cert_days_left", "clock_skew"];

const LAB_SERVICES: readonly WatchedService[] = [
  {
    ...{ name: "nla-required", options: { require: "nla" }, state: 0, labels: HEALTHY },
    output: /^RDP OK - NLA required, TLS 1\.3, certificate \d+ days left, \d+ ms$/,
  },
  {
    ...{ name: "failure-2", options: {}, state: 1, labels: ["time", "tcp", "negotiation"] },
    output: /^RDP WARNING - the server offers neither TLS nor NLA$/,
  },
  {
    ...{ name: "reset-after-hello", options: {}, state: 2, labels: UP_TO_TLS },
    output: /^RDP CRITICAL - the server drops the connection when TLS starts \(mstsc 0x904\/0x7\)$/,
  },
  {
    ...{ name: "certificate-expires-soon", options: { critical: "5:" }, state: 1 },
    ...{ labels: [...UP_TO_TLS, "cert_days_left"] },
    output: /^RDP WARNING - the certificate has \d+ days left \(alert range 30:\)$/,
  },
  {
    ...{ name: "certificate-hostile-name", options: {}, state: 0, labels: [...UP_TO_TLS, "cert_days_left"] },
    output: /^RDP OK - /,
  },
  {
    ...{ name: "silent", options: { timeout: "2", "timeout-state": "unknown" }, state: 3 },
    ...{ labels: ["time", "tcp", "negotiation"] },
    output: /^RDP UNKNOWN - the port is open, but RDP does not answer/,
  },
  {
    ...{ name: "port-closed", options: {}, state: 2, labels: ["time", "tcp"] },
    output: /^RDP CRITICAL - nothing listens on this port \(mstsc 0x204\)$/,
  },
];

const XRDP: WatchedService = {
  ...{ name: "xrdp", options: { warning: "1:", critical: "1:", forbid: "tls1.0,tls1.1" }, state: 0 },
  ...{ labels: [...UP_TO_TLS, "cert_days_left"] },
  output: /^RDP OK - no NLA, TLS 1\.3, certificate \d+ days left, \d+ ms$/,
};

export interface Watched {
  /** A folder of the test's own, with check_rdp in its folder plugins. */
  folder(): string;
  /** All services with their ports; xrdp where it is installed. */
  services(): readonly (WatchedService & { readonly port: number })[];
}

/** Starts the lab and xrdp before the file's tests, and stops them after. */
export const useWatchedServices = (): Watched => {
  const lab = useLab(
    "127.0.0.1",
    LAB_SERVICES.map(({ name }) => name),
  );
  let certificates: CertificateFolder | null = null;
  let xrdp: RealServer | null = null;
  let folder = "";
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "rdprobe-monitoring-"));
    mkdirSync(join(folder, "plugins"));
    // As contrib tells people to install it.
    symlinkSync(CHECK_RDP, join(folder, "plugins", "check_rdp"));
    if (!xrdpAvailable().available || !certificatesAvailable().available) return;
    certificates = await makeCertificates();
    xrdp = await startXrdp({ certificate: certificates.files["rsa-2048"] });
  });
  afterAll(async () => {
    await xrdp?.stop();
    certificates?.remove();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    folder: () => folder,
    services: () => [
      ...LAB_SERVICES.map((service) => ({ ...service, port: lab.listener(service.name).port })),
      ...(xrdp === null ? [] : [{ ...XRDP, port: xrdp.port }]),
    ],
  };
};

const PATIENCE_MS = 60_000;

/** Waits until the monitoring system has checked everything, and holds what it says against what it has to. */
export const expectStatusOf = async (watched: Watched, statusFile: string): Promise<void> => {
  const services = watched.services();
  await eventually(() => readStatusData(statusFile).size >= services.length, { timeoutMs: PATIENCE_MS });
  const seen = readStatusData(statusFile);
  for (const { name, state, output, labels } of services) {
    const status: ServiceStatus | null = seen.get(name) ?? null;
    expect({ name, state: status?.state }).toEqual({ name, state });
    expect(status?.output).toMatch(output);
    const { perfdata } = readPluginOutput(`${status?.output} | ${status?.perfdata}\n`);
    expect({ name, labels: perfdata.map(({ label }) => label) }).toEqual({ name, labels });
    expect(perfdata.find(({ label }) => label === "time")).toMatchObject({ unit: "s", min: 0 });
  }
};
