import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { CertificateReport, NegotiationReport, Result, TlsReport } from "../../src/verdict/result.ts";
import { hasTshark, tshark } from "../capture/support/tshark.ts";
import { judged } from "./judged.ts";

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
      expect(first?.verdict).toMatchObject({ code: verdict, stage: rdprobe.stage });
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

describe.skipIf(!hasTshark)("captures of our own, against tshark", () => {
  it.each(fixtures)("%s: the negotiation of every stream", { timeout: 30_000 }, (name) => {
    const filter = "rdp.neg_type == 2 || rdp.neg_type == 3";
    const fields = ["tcp.stream", "rdp.negReq.selectedProtocol", "rdp.negFailure.failureCode"];
    const ours = judgedFixture(name)
      .filter(({ negotiation }) => negotiation?.flagsRaw != null)
      .map((result) => [
        tokenOf(streamOf(result)),
        tokenOf(result.negotiation?.selectedRaw),
        tokenOf(result.negotiation?.failure?.code),
      ]);
    const theirs = rowsOf(name, filter, fields).map(([stream, selected, failure]) => [
      stream,
      selected === "" ? "" : tokenOf(Number(selected)),
      failure === "" ? "" : tokenOf(Number(failure)),
    ]);
    expect(ours).toEqual(theirs);
  });

  it.each(fixtures)("%s: version and cipher of every ServerHello", { timeout: 30_000 }, (name) => {
    const fields = [
      "tcp.stream",
      "tls.handshake.ciphersuite",
      "tls.handshake.extensions.supported_version",
      "tls.handshake.version",
    ];
    const rows = rowsOf(name, "tls.handshake.type == 2", fields, ["-d", "tcp.port==3389,tls"]);
    const theirs = new Map(
      rows.map(([stream, cipher, selected, version]) => [
        tokenOf(stream),
        [Number(cipher), Number(selected === "" ? version : selected)],
      ]),
    );
    const ours = new Map(
      judgedFixture(name).flatMap((result) => {
        const { tls } = result;
        if (tls?.cipher == null || tls.version === null) return [];
        return [[tokenOf(streamOf(result)), [Number(tls.cipher.code), VERSIONS[tls.version]]]];
      }),
    );
    expect(ours).toEqual(theirs);
  });
});
