import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type {
  CertificateReport,
  NegotiationReport,
  Result,
  TlsReport,
} from "../../../src/verdict/result/result.ts";
import { hasTshark, tshark } from "../capture/support/tshark.ts";
import { judged } from "../../judging/judged.ts";

const FOLDER = "fixtures";

interface Expected {
  readonly truth: {
    readonly confirms?: Readonly<Record<string, { readonly raw: string }>>;
  };
  /** What the probe that was captured said, on its first connection and all others. */
  readonly rdprobe?: {
    readonly verdict: string;
    readonly stage: string;
    readonly connections: number;
    readonly negotiation: NegotiationReport | null;
    readonly tls: TlsReport | null;
    readonly certificate: Pick<CertificateReport, "subject" | "sha256" | "notAfter"> | null;
  };
}

const isExpected = (value: unknown): value is Expected =>
  typeof value === "object" && value !== null && "truth" in value;

const expectedOf = (name: string): Expected => {
  const value: unknown = JSON.parse(readFileSync(join(FOLDER, `${name}.expected.json`), "utf8"));
  if (!isExpected(value)) throw new Error(`${name}: no truth`);
  return value;
};

const fixtures = readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".pcap"))
  .map((name) => name.replace(/\.pcap$/, ""))
  .sort();

const judgedFixture = (name: string): readonly Result[] => {
  const { results, faults } = judged(readFileSync(join(FOLDER, `${name}.pcap`)), { chunkBytes: 10_000 });
  expect(faults).toEqual([]);
  return results;
};

const streamOf = ({ source }: Result): number => (source.kind === "pcap" ? source.stream : -1);

const VERSIONS: Readonly<Record<string, number>> = {
  ssl3: 0x0300,
  "1.0": 0x0301,
  "1.1": 0x0302,
  "1.2": 0x0303,
  "1.3": 0x0304,
};

const METHODS: Readonly<Record<number, string>> = {
  0: "none",
  1: "40-bit",
  2: "128-bit",
  8: "56-bit",
  16: "fips",
};
const LEVELS = ["none", "low", "client-compatible", "high", "fips"] as const;

const BITS = { rdp: 0, ssl: 1, hybrid: 2, rdstls: 4, "hybrid-ex": 8, rdsaad: 16 } as const;

const maskOf = ({ requested }: NegotiationReport): string => {
  const mask = requested.reduce((bits, id) => bits | BITS[id], 0);
  return `0x${mask.toString(16).padStart(2, "0")}`;
};

describe("captures of our own, against what the probe said that was captured", () => {
  it.each(fixtures)("%s: the first connection", (name) => {
    const { rdprobe } = expectedOf(name);
    const [first] = judgedFixture(name);
    if (rdprobe === undefined) {
      expect(first).toBeDefined();
      return;
    }
    const { negotiation, tls, certificate, verdict } = rdprobe;
    if (negotiation === null) expect(first?.negotiation).toBeNull();
    else {
      const { raw, requested, selectedRaw } = negotiation;
      expect(first?.negotiation).toMatchObject({ raw, requested, selectedRaw });
    }
    if (tls !== null) {
      expect(first?.tls).toMatchObject({ version: tls.version, cipher: tls.cipher, alert: tls.alert });
    }
    // From TLS 1.3 on the certificate is sealed, and these captures have no keys.
    const isSealed = tls?.version === "1.3";
    if (certificate !== null && !isSealed) expect(first?.certificate).toMatchObject(certificate);
    // One connection says all that the probe saw, unless the certificate was in it.
    if (rdprobe.connections === 1 && !(isSealed && rdprobe.stage === "certificate")) {
      // Without keys nobody sees whether a client that leaves was content.
      const isHidden = verdict === "ok" && first?.verdict.code === "inconclusive";
      if (isHidden) expect(first?.tls?.version).toBe(tls?.version);
      else expect(first?.verdict).toMatchObject({ code: verdict, stage: rdprobe.stage });
    }
  });

  it.each(fixtures.filter((name) => expectedOf(name).truth.confirms !== undefined))(
    "%s: each Connection Confirm is the server's own",
    (name) => {
      const { confirms = {} } = expectedOf(name).truth;
      for (const { negotiation } of judgedFixture(name)) {
        if (negotiation === null) continue;
        const mask = maskOf(negotiation);
        const known = [confirms[mask]?.raw, mask === "0x00" ? confirms["none"]?.raw : undefined].filter(
          (raw) => raw !== undefined,
        );
        if (known.length === 0) continue;
        // What the truth has behind it is the server's farewell.
        expect(known.some((raw) => raw.startsWith(negotiation.raw))).toBe(true);
      }
    },
  );
});

/** The rows of tshark for these fields, tab between them. */
const rowsOf = (name: string, filter: string, fields: readonly string[], more: readonly string[] = []) =>
  tshark(
    join(FOLDER, `${name}.pcap`),
    ...more,
    "-Y",
    filter,
    "-T",
    "fields",
    "-E",
    "occurrence=f",
    ...fields.flatMap((field) => ["-e", field]),
  )
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split("\t"));

const tokenOf = (value: string | number | null | undefined): string => (value == null ? "" : `${value}`);

/** The first row of each stream whose field at `index` is there. */
const firstOf = (rows: readonly (readonly string[])[], index: number): Map<string, readonly string[]> =>
  new Map(
    rows
      .filter((row) => (row[index] ?? "") !== "")
      .map((row) => [tokenOf(row[0]), row] as const)
      .toReversed(),
  );

/** What we say of the streams, for those where it is not null. */
const saidOf = <T>(name: string, say: (result: Result) => T | null): Map<string, T> =>
  new Map(
    judgedFixture(name).flatMap((result) => {
      const said = say(result);
      return said === null ? [] : [[tokenOf(streamOf(result)), said] as const];
    }),
  );

const mapped = <T>(
  rows: Map<string, readonly string[]>,
  read: (row: readonly string[]) => T,
): Map<string, T> => new Map([...rows].map(([stream, row]) => [stream, read(row)]));

const sha256 = (hex: string): string => createHash("sha256").update(Buffer.from(hex, "hex")).digest("hex");

const TPKT = ["-d", "tcp.port==3389,tpkt"];
const TLS = ["-d", "tcp.port==3389,tls"];

describe.skipIf(!hasTshark)("captures of our own, against tshark", () => {
  it.each(fixtures)("%s: the request and the answer of every stream", { timeout: 30_000 }, (name) => {
    const fields = [
      ...["tcp.stream", "rdp.negReq.requestedProtocols", "rdp.rt_cookie"],
      ...["rdp.negReq.selectedProtocol", "rdp.negRsp.flags", "rdp.negFailure.failureCode"],
      ...["rdp.encryptionMethod", "rdp.encryptionLevel", "rdp.serverCertLen"],
    ];
    const rows = rowsOf(name, "rdp.neg_type || rdp.encryptionMethod", fields, TPKT);
    const asked = saidOf(name, ({ negotiation }) =>
      negotiation === null || negotiation.requested.length === 0
        ? null
        : [Number(maskOf(negotiation)), negotiation.routing?.text ?? ""],
    );
    const theirAsked = mapped(firstOf(rows, 1), ([, requested, cookie = ""]) => [
      Number(requested),
      cookie.replace("Cookie: mstshash=", ""),
    ]);
    // What nobody answered has no negotiation to report.
    expect(theirAsked.size).toBeGreaterThanOrEqual(asked.size > 0 ? 1 : 0);
    for (const [stream, request] of asked) {
      // A request without negotiation data has no such field.
      if (theirAsked.has(stream)) expect(request, `stream ${stream}`).toEqual(theirAsked.get(stream));
    }
    const selected = saidOf(name, ({ negotiation }) =>
      negotiation?.failure == null && negotiation?.flagsRaw != null
        ? [negotiation.selectedRaw, negotiation.flagsRaw]
        : null,
    );
    expect(selected).toEqual(mapped(firstOf(rows, 3), (row) => [Number(row[3]), Number(row[4])]));
    const failed = saidOf(name, ({ negotiation }) => negotiation?.failure?.code ?? null);
    expect(failed).toEqual(mapped(firstOf(rows, 5), (row) => Number(row[5])));
    const encrypted = saidOf(name, ({ rdp }) =>
      rdp?.encryptionLevel == null
        ? null
        : [rdp.encryptionMethods[0] ?? "none", rdp.encryptionLevel, rdp.certificate !== null],
    );
    expect(encrypted).toEqual(
      mapped(firstOf(rows, 6), (row) => [
        METHODS[Number(row[6])],
        LEVELS[Number(row[7])],
        Number(row[8]) > 0,
      ]),
    );
  });

  it.each(fixtures)(
    "%s: version, cipher, certificate and alert of every stream",
    { timeout: 30_000 },
    (name) => {
      const fields = [
        ...["tcp.stream", "tcp.srcport", "tls.handshake.ciphersuite"],
        ...["tls.handshake.extensions.supported_version", "tls.handshake.version"],
        ...["tls.handshake.certificate", "tls.alert_message.desc"],
      ];
      const filter =
        "tcp.srcport == 3389 && (tls.handshake.type == 2 || tls.handshake.type == 11 || tls.alert_message)";
      const rows = rowsOf(name, filter, fields, TLS);
      const theirs = mapped(firstOf(rows, 2), ([, , cipher, chosen, version]) => [
        Number(cipher),
        Number(chosen === "" ? version : chosen),
      ]);
      const ours = saidOf(name, ({ tls }) =>
        tls?.cipher == null || tls.version === null ? null : [Number(tls.cipher.code), VERSIONS[tls.version]],
      );
      expect(ours).toEqual(theirs);
      const certificates = saidOf(name, ({ certificate }) => certificate?.sha256 ?? null);
      expect(certificates).toEqual(mapped(firstOf(rows, 5), (row) => sha256(row[5] ?? "")));
      const alerts = saidOf(name, ({ tls }) => tls?.alert?.code ?? null);
      const theirAlerts = mapped(firstOf(rows, 6), (row) => Number(row[6]));
      for (const [stream, alert] of alerts) expect(alert, `stream ${stream}`).toBe(theirAlerts.get(stream));
    },
  );
});
