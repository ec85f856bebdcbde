import { expect, it } from "vitest";
import { type LabListener, startLab } from "../../src/lab/lab.ts";
import { type Availability, allAvailable, describeWhere } from "../support/availability.ts";
import { certificatesAvailable, makeCertificates } from "../e2e/servers/programs/certificates.ts";
import { shadowAvailable } from "../e2e/servers/programs/freerdp-shadow.ts";
import { probeServer } from "../e2e/servers/programs/probe-server.ts";
import type { RealServer } from "../e2e/servers/programs/real-server.ts";
import { startWeston, westonAvailable } from "../e2e/servers/programs/weston.ts";
import {
  type FreeRdpClient,
  startFreeRdpClient,
  xfreerdpAvailable,
} from "../e2e/servers/programs/xfreerdp.ts";
import { xrdpAvailable } from "../e2e/servers/programs/xrdp.ts";
import { REAL_CONFIGURATIONS } from "../e2e/servers/programs/xrdp-configurations.ts";

/** The verdicts that promise a client a server that it can use. */
const PROMISES: ReadonlySet<string> = new Set(["ok", "nla-required"]);

/** Where FreeRDP does not come past TLS although the verdict promises it, by scenario: with the reason. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  "failure-5":
    "refuses every request, CredSSP's too, by HYBRID_REQUIRED_BY_SERVER: the verdict names the refusal, and no layer stands",
};

/** Running at once: each probe, and each client, has deadlines that a busy machine must not use up. */
const AT_ONCE = 4;
const TEST_TIMEOUT_MS = 150_000;

/** One server of the law. */
interface Subject {
  readonly id: string;
  open(): Promise<{ readonly host: string; readonly port: number; stop(): Promise<void> }>;
}

/** What the two make of one server. */
interface Row {
  readonly id: string;
  readonly verdict: string;
  /** What FreeRDP's client came through, asked only where the verdict promises it. */
  readonly freerdp: string;
}

const stays = async (): Promise<void> => undefined;

const ofLab = (listener: LabListener): Subject => ({
  id: listener.scenario.id,
  open: async () => ({ host: listener.host, port: listener.port, stop: stays }),
});

const verdictOn = async (host: string, port: number): Promise<string> => {
  const { verdict } = await probeServer({ host, port }, { timeoutMs: 3000, deadlineMs: 15_000 });
  return verdict.code;
};

const rowOf = async ({ id, open }: Subject, client: FreeRdpClient): Promise<Row> => {
  const { host, port, stop } = await open();
  try {
    const verdict = await verdictOn(host, port);
    if (!PROMISES.has(verdict)) return { id, verdict, freerdp: "not asked" };
    const { through, error } = await client.connect(host, port);
    return { id, verdict, freerdp: through ?? `fails: ${error}` };
  } finally {
    await stop();
  }
};

/** A few at once, in the order of the table. */
const rowsOf = async (subjects: readonly Subject[], client: FreeRdpClient): Promise<readonly Row[]> => {
  const rows = new Map<string, Row>();
  const waiting = [...subjects];
  const work = async (): Promise<void> => {
    for (let subject = waiting.shift(); subject !== undefined; subject = waiting.shift()) {
      rows.set(subject.id, await rowOf(subject, client));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return subjects.flatMap(({ id }) => rows.get(id) ?? []);
};

const holdsFor = async (subjects: readonly Subject[], leastPromises: number): Promise<void> => {
  const client = await startFreeRdpClient(["/tls-seclevel:0"]);
  try {
    const promised = (await rowsOf(subjects, client)).filter(({ verdict }) => PROMISES.has(verdict));
    const disagreements = promised.filter(({ freerdp }) => freerdp !== "HYBRID" && freerdp !== "SSL");
    expect(disagreements.filter(({ id }) => !(id in EXCEPTIONS))).toEqual([]);
    const ids = new Set(subjects.map(({ id }) => id));
    const due = Object.keys(EXCEPTIONS).filter((id) => ids.has(id));
    expect(disagreements.map(({ id }) => id).sort(), "an exception that is none any more").toEqual(
      due.sort(),
    );
    expect(promised.length).toBeGreaterThanOrEqual(leastPromises);
  } finally {
    await client.stop();
  }
};

const where = (...conditions: readonly Availability[]) =>
  describeWhere(allAvailable(xfreerdpAvailable(), ...conditions));

where()(
  "law of an independent client: FreeRDP comes past TLS where the verdict is ok or nla-required",
  () => {
    it(
      "in every scenario of the lab",
      async () => {
        const lab = await startLab({ host: "127.0.0.1", basePort: 0 });
        try {
          await holdsFor(lab.listeners.map(ofLab), 30);
        } finally {
          await lab.close();
        }
      },
      TEST_TIMEOUT_MS,
    );
  },
);

where(
  xrdpAvailable(),
  shadowAvailable(),
  certificatesAvailable(),
)("law of an independent client: xrdp and FreeRDP's shadow", () => {
  it(
    "in every configuration",
    async () => {
      const certificates = await makeCertificates();
      try {
        const subjects = REAL_CONFIGURATIONS.map(
          ({ id, start }): Subject => ({ id, open: (): Promise<RealServer> => start(certificates) }),
        );
        await holdsFor(subjects, 8);
      } finally {
        certificates.remove();
      }
    },
    TEST_TIMEOUT_MS,
  );
});

where(westonAvailable())("law of an independent client: weston", () => {
  it(
    "with TLS and without",
    async () => {
      const subjects = (["tls", "rdp"] as const).map(
        (security): Subject => ({
          id: `weston-${security}`,
          open: (): Promise<RealServer> => startWeston({ security }),
        }),
      );
      await holdsFor(subjects, 1);
    },
    TEST_TIMEOUT_MS,
  );
});
