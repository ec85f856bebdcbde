import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Lab, startLab } from "../../../src/lab/lab.ts";
import { probeAddress } from "../../../src/scan/one/probe-address.ts";
import {
  type ClientProfile,
  clientProfile,
  DEFAULT_CLIENT_ID,
} from "../../../src/tls/profiles/client-profiles.ts";
import { DEFAULT_EXPIRY } from "../../../src/verdict/findings/certificate-findings.ts";
import type { Result } from "../../../src/verdict/result/result.ts";

/** A client without TLS 1.0, to which a server of TLS 1.0 alone is a failure. */
const MODERN_ID = "win11-26H1";

/** The failure shape that a scenario plays, the cause that must be named first, and for which client. */
const SHAPES: readonly (readonly [scenario: string, cause: string, client?: string])[] = [
  ["key-unreadable", "private-key-unreadable"],
  ["reset-after-hello", "private-key-unreadable"],
  ["closed-after-hello", "private-key-unreadable"],
  ["tls13-intolerant", "tls13-intolerant"],
  ["ssl3-only", "tls-version-policy"],
  ["tls10-only", "tls-version-policy", MODERN_ID],
  ["tls10-hello-only", "tls-version-policy", MODERN_ID],
  ["3des-only", "cipher-policy"],
  ["3des-only-alert", "cipher-policy"],
  ["rc4-only", "cipher-policy"],
  ["export-only", "cipher-policy"],
  ["dhe-only", "cipher-policy"],
  ["anon-only", "anonymous-suites-only"],
  ["null-only", "null-suites-only"],
  ["ed25519-certificate", "signature-policy"],
  ["ecdsa-suites-with-rsa-certificate", "suites-do-not-fit-certificate"],
  ["big-hello-dropped", "middlebox-hello-size"],
  ["big-hello-reset", "middlebox-hello-size"],
  ["content-filter", "middlebox-hello-content"],
  ["first-hello-reset", "intermittent"],
  ["flight-lost", "path-mtu"],
  ["flight-cut", "path-mtu"],
  ["silent-after-hello", "server-hangs"],
  ["tls10-hello-only", "none"],
  ["tls-without-nla", "none"],
  ["nla-required", "none"],
];

const CASES = SHAPES.map(([id, expected, client = DEFAULT_CLIENT_ID]) => ({ id, expected, client }));

let lab: Lab;

beforeAll(async () => {
  lab = await startLab({ host: "127.0.0.1", basePort: 0, scenarios: [...new Set(SHAPES.map(([id]) => id))] });
});

afterAll(() => lab.close());

const referenceOf = (id: string): ClientProfile => {
  const profile = clientProfile(id);
  if (profile === null) throw new Error(`no client ${id}`);
  return profile;
};

const probe = (id: string, client: string): Promise<Result> => {
  const listener = lab.listeners.find(({ scenario }) => scenario.id === id);
  if (listener === undefined) throw new Error(`no scenario ${id}`);
  const { host, port } = listener;
  return probeAddress(
    { input: host, host, endpoint: { address: host, port, family: 4 }, resolution: null },
    {
      depth: "standard",
      pauseMs: 50,
      timeoutMs: 3000,
      deadlineMs: 20_000,
      routing: { kind: "cookie", identity: "rdprobe" },
      reference: referenceOf(client),
      expiry: DEFAULT_EXPIRY,
    },
  );
};

const named: {
  readonly scenario: string;
  readonly client: string;
  readonly expected: string;
  readonly named: string;
  readonly connections: number;
}[] = [];

describe("the cause that is named first", () => {
  it.each(CASES)("$id for $client: $expected", async ({ id, expected, client }) => {
    const { verdict, connections } = await probe(id, client);
    const first = verdict.causes[0]?.code ?? "none";
    named.push({ scenario: id, client, expected, named: first, connections });
    expect(first).toBe(expected);
    expect(connections).toBeLessThanOrEqual(8);
  });

  it("is the right one for every shape: the matrix has nothing beside its diagonal", async () => {
    const causes = [...new Set(SHAPES.map(([, cause]) => cause))];
    const rows = causes.map((cause) => {
      const cells = causes.map(
        (other) => named.filter((row) => row.expected === cause && row.named === other).length,
      );
      return `| ${cause} | ${cells.map((count) => (count === 0 ? "" : count)).join(" | ")} |`;
    });
    const scenarios = named.map(
      ({ scenario, client, expected, named: code, connections }) =>
        `| ${scenario} | ${client} | ${expected} | ${code} | ${connections} |`,
    );
    const document = [
      "# Which cause is named for which failure",
      "",
      "Every row is a failure that the lab plays, every column the cause that rdprobe names first. Written by",
      "`npx vitest run test/e2e/scan/confusion-matrix.test.ts -u`; the suite fails when it is not as it says here.",
      "The shapes are the lab's own: what Windows itself sends in each of these cases is inferred.",
      "",
      `| is \\ named | ${causes.join(" | ")} |`,
      `| --- | ${causes.map(() => "---").join(" | ")} |`,
      ...rows,
      "",
      "| scenario (`rdprobe lab <scenario>`) | client (`--client`) | cause played | cause named first | connections |",
      "| --- | --- | --- | --- | --- |",
      ...scenarios,
      "",
    ].join("\n");
    process.stdout.write(`${document}\n`);
    await expect(document).toMatchFileSnapshot("../../../docs/confusion-matrix.md");
  });
});
