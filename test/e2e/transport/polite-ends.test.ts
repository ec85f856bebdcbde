import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Result } from "../../../src/verdict/result/result.ts";
import { useLab } from "../cli/lab.ts";
import { rdprobe } from "../cli/rdprobe.ts";
import { allAvailable, describeWhere } from "../../support/availability.ts";
import {
  type CertificateFolder,
  certificatesAvailable,
  makeCertificates,
} from "../servers/programs/certificates.ts";
import { eventually } from "../../support/eventually.ts";
import { packetCaptureAvailable, startPacketCapture } from "../servers/programs/packet-capture.ts";
import { outputOf } from "../servers/programs/processes.ts";
import { startXrdp, xrdpAvailable } from "../servers/programs/xrdp.ts";

/** What passed between the probe and a server, asked in tcpdump's own filters. */
interface Traffic {
  /** On how many connections we sent a packet that fits a filter; one sent twice counts once. */
  ours(filter: string): Promise<number>;
}

const SYN = "tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn";
const FIN = "tcp[tcpflags] & tcp-fin != 0";
const RST = "tcp[tcpflags] & tcp-rst != 0";
/** A TLS record of the type alert at the front of the segment. RFC 5246 6.2.1, 7.2.1 */
const ALERT_RECORD = "tcp[((tcp[12] & 0xf0) >> 2)] = 0x15";

const TIMEOUT_MS = 60_000;

let folder: string;
let captures = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "rdprobe-polite-"));
});

afterAll(() => rmSync(folder, { recursive: true }));

const record = async (port: number, body: () => Promise<void>): Promise<Traffic> => {
  captures += 1;
  const file = join(folder, `${captures}.pcap`);
  const capture = await startPacketCapture(file, `tcp port ${port}`);
  try {
    await body();
    // A busy machine lets tcpdump wait as well.
    await sleep(300);
  } finally {
    await capture.stop();
  }
  return {
    ours: async (filter) => {
      const packets = await outputOf("tcpdump", ["-n", "-r", file, `dst port ${port} and ${filter}`]);
      return new Set(packets.match(/\S+ > \S+:/g)).size;
    },
  };
};

/** Probes in quick succession, as a monitoring server does; the verdicts and the connections in all. */
const probeAgainAndAgain = async (target: string, times: number) => {
  const verdicts = new Set<string>();
  let connections = 0;
  for (let turn = 0; turn < times; turn += 1) {
    const { stdout } = await rdprobe(["--json", target]);
    const result: Result = JSON.parse(stdout);
    verdicts.add(result.verdict.code);
    connections += result.connections;
  }
  return { verdicts: [...verdicts], connections };
};

interface Manners {
  readonly port: number;
  readonly target: string;
  readonly times: number;
  readonly verdict: string;
  /** Whether close_notify can be told from other records: up to TLS 1.2. */
  readonly showsAlerts: boolean;
}

const isPolite = async ({ port, target, times, verdict, showsAlerts }: Manners): Promise<void> => {
  let found = { verdicts: [] as readonly string[], connections: 0 };
  const traffic = await record(port, async () => {
    found = await probeAgainAndAgain(target, times);
  });
  expect(found.verdicts).toEqual([verdict]);
  expect(await traffic.ours(SYN)).toBe(found.connections);
  expect(await traffic.ours(RST)).toBe(0);
  expect(await traffic.ours(FIN)).toBe(found.connections);
  if (showsAlerts) expect(await traffic.ours(ALERT_RECORD)).toBe(times);
};

describeWhere(packetCaptureAvailable())("probes of a healthy server in quick succession", () => {
  const lab = useLab("127.0.0.1", ["tls-without-nla", "tls13-only", "nla-required", "nla-optional"]);

  it.each([
    { id: "tls-without-nla", times: 20, verdict: "ok", each: 1 },
    { id: "nla-required", times: 20, verdict: "nla-required", each: 2 },
    { id: "tls13-only", times: 5, verdict: "ok", each: 1 },
    { id: "nla-optional", times: 5, verdict: "ok", each: 2 },
  ])(
    "$id, $times times: every connection ends with our FIN, none with a RST, and one is open at a time",
    async ({ id, times, verdict, each }) => {
      const listener = lab.listener(id);
      const showsAlerts = id === "tls-without-nla";
      await isPolite({ port: listener.port, target: lab.target(id), times, verdict, showsAlerts });
      expect(listener.connections()).toMatchObject({ total: each * times, maxOpen: 1 });
      expect(await eventually(() => listener.connections().open === 0, { timeoutMs: 2000 })).toBe(true);
    },
    TIMEOUT_MS,
  );
});

describeWhere(packetCaptureAvailable())("a probe of a server that does not do well", () => {
  const scenarios = [
    "failure-3",
    "no-negotiation-data",
    "selects-rdp",
    "http",
    "alert-40",
    "certificate-expired",
  ];
  const lab = useLab("127.0.0.1", scenarios);

  it.each(scenarios)("%s: each connection ends with our FIN, none with a RST", async (id) => {
    const { port } = lab.listener(id);
    const traffic = await record(port, async () => {
      await rdprobe(["-q", lab.target(id)]);
    });
    expect(await traffic.ours(RST)).toBe(0);
    expect(await traffic.ours(FIN)).toBe(await traffic.ours(SYN));
  });
});

describeWhere(allAvailable(packetCaptureAvailable(), xrdpAvailable(), certificatesAvailable()))(
  "twenty probes of a real xrdp in quick succession",
  () => {
    let certificates: CertificateFolder;

    beforeAll(async () => {
      certificates = await makeCertificates();
    });

    afterAll(() => certificates?.remove());

    it(
      "each connection ends with close_notify and our FIN, none with a RST",
      async () => {
        const xrdp = await startXrdp({
          sslProtocols: "TLSv1.2",
          certificate: certificates.files["rsa-2048"],
        });
        try {
          const { host, port } = xrdp;
          await isPolite({ port, target: `${host}:${port}`, times: 20, verdict: "ok", showsAlerts: true });
        } finally {
          await xrdp.stop();
        }
      },
      TIMEOUT_MS,
    );
  },
);
