/** A scan of a site that nobody has: every host is another, so that nothing in its page is shared by luck. */
import { createHash } from "node:crypto";
import { RESULT_SCHEMA, type Result } from "../../../src/verdict/result/result.ts";
import type { RemedyId } from "../../../src/verdict/remedies/remedies.ts";
import { remediesOf } from "../../../src/verdict/remedies/remedies.ts";
import { severityOf } from "../../../src/verdict/severity.ts";
import { VERDICTS, type VerdictCode, type VerdictStage } from "../../../src/verdict/verdicts.ts";

const DAY_MS = 86_400_000;

/** When the scan was made. */
export const SCANNED_AT = new Date("2026-11-27T20:00:00Z");

interface Kind {
  readonly code: VerdictCode;
  readonly stage: VerdictStage;
  readonly summary: string;
  readonly cause: string | null;
  readonly remedies: readonly RemedyId[];
}

/** Sixteen hosts in turn: most are healthy, as at most sites. */
const KINDS: readonly Kind[] = [
  ...Array.from({ length: 9 }, () => kind("nla-required", "negotiation", "the server requires NLA")),
  ...Array.from({ length: 3 }, () => kind("ok", "done", "the handshake works")),
  kind("reset", "tls", "the connection is reset behind the ClientHello", "private-key-unreadable", [
    "machine-keys-permissions",
    "rebuild-rdp-certificate",
  ]),
  kind("certificate-expired", "certificate", "the certificate expired 40 days ago (2026-10-18)"),
  kind("timeout", "negotiation", "no answer to the Connection Request within 5 s"),
  kind("standard-security-only", "negotiation", "the server takes Standard RDP Security alone"),
];

function kind(
  code: VerdictCode,
  stage: VerdictStage,
  summary: string,
  cause: string | null = null,
  remedies: readonly RemedyId[] = [],
): Kind {
  return { code, stage, summary, cause, remedies };
}

const SYSTEMS = [
  ["10.0.20348", "Windows Server 2022"],
  ["10.0.17763", "Windows Server 2019"],
  ["10.0.14393", "Windows Server 2016"],
  ["10.0.26100", "Windows Server 2025"],
] as const;

const VERSIONS = ["1.3", "1.2", "1.2", "1.2", "1.2", "1.2", "1.0"] as const;

/** The result of the host of this number, of which there are 2^24. */
export const generatedResult = (number: number): Result => {
  const { code, stage, summary, cause, remedies } = KINDS[number % KINDS.length] ?? KINDS[0] ?? never();
  const address = `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
  const [osVersion, os] = SYSTEMS[number % SYSTEMS.length] ?? never();
  const version = VERSIONS[number % VERSIONS.length] ?? null;
  const hasTls = code === "nla-required" || code === "ok" || code === "certificate-expired";
  const name = `srv-${createHash("sha256").update(String(number)).digest("hex").slice(0, 8)}`;
  const target = { host: address, port: 3389 };
  const findings: Result["findings"] =
    number % 50 === 3
      ? [
          {
            code: "clock-skew",
            severity: "warning",
            stage: "credssp",
            summary: `the server's clock is ${number % 3000} s ahead`,
            evidence: {},
            remedies: [],
          },
        ]
      : [];
  const { severity, meaning } = VERDICTS[code];
  return {
    schema: RESULT_SCHEMA,
    source: { kind: "live" },
    target: { input: address, address, family: 4, ...target },
    startedAt: new Date(SCANNED_AT.getTime() + number * 7).toISOString(),
    durationMs: 20 + (number % 977) / 10,
    connections: 2,
    server: { implementation: "windows", version: osVersion, confidence: "observed", evidence: [] },
    severity: severityOf({ severity }, findings),
    verdict: {
      code,
      stage,
      severity,
      confidence: "observed",
      summary,
      meaning,
      mstsc: null,
      evidence: {},
      causes:
        cause === null
          ? []
          : [
              {
                code: cause,
                title: "the server cannot read its private key",
                likelihood: "likely",
                why: `every ClientHello is reset, whatever it offers, within ${number % 90} ms`,
                evidence: {},
                remedies,
              },
            ],
    },
    findings,
    remedies: remediesOf(remedies, target),
    stages: [
      { name: "dns", status: "skipped", durationMs: null, note: "" },
      { name: "tcp", status: "ok", durationMs: (number % 400) / 10, note: "port 3389 is open" },
      {
        name: "negotiation",
        status: stage === "negotiation" && !hasTls ? "failed" : "ok",
        durationMs: (number % 300) / 10,
        note: summary,
      },
      {
        name: "tls",
        status: hasTls ? "ok" : "skipped",
        durationMs: hasTls ? (number % 500) / 10 : null,
        note: hasTls ? `TLS ${version ?? ""}, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384` : "",
      },
      {
        name: "certificate",
        status: hasTls ? "ok" : "skipped",
        durationMs: null,
        note: hasTls ? `CN=${name}.site${number % 5}.example, RSA 2048, ${number % 400} days left` : "",
      },
    ],
    negotiation: {
      ...{ routing: null, requested: ["ssl", "hybrid"], selected: "hybrid", selectedRaw: 2, failure: null },
      ...{ flags: [], flagsRaw: 0, raw: "030000130ed000001234000201080001000000", serverHints: ["windows"] },
    },
    security: {
      ...{ rdp: "refused", ssl: hasTls ? "accepted" : "unknown", hybrid: hasTls ? "accepted" : "unknown" },
      ...{ "hybrid-ex": "unknown", rdstls: "unknown", rdsaad: "unknown" },
      nla: code === "nla-required" ? "required" : code === "ok" ? "optional" : "unknown",
      codes: {},
      flags: null,
    },
    tls: hasTls
      ? {
          version,
          cipher: {
            name: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            openssl: "ECDHE-RSA-AES256-GCM-SHA384",
            code: "0xc030",
          },
          group: "secp384r1",
          alert: null,
          offeredAs: "windows-11",
        }
      : null,
    certificate: hasTls ? certificateOf(number, `${name}.site${number % 5}.example`) : null,
    credssp: null,
    ntlm: hasTls
      ? {
          targetName: `SITE${number % 5}`,
          netbiosComputer: name.toUpperCase(),
          netbiosDomain: `SITE${number % 5}`,
          dnsComputer: `${name}.site${number % 5}.example`,
          dnsDomain: `site${number % 5}.example`,
          dnsTree: "example",
          osVersion,
          os: [os],
          serverTime: null,
          clockSkewMs: number % 1000,
        }
      : null,
    rdp: null,
    error: null,
  };
};

const certificateOf = (number: number, name: string): NonNullable<Result["certificate"]> => {
  // Every hundredth host has the same one, as clones have.
  const own = number % 100 === 0 ? 0 : number;
  const end = new Date(SCANNED_AT.getTime() + ((own % 400) - 20) * DAY_MS + own * 1000);
  return {
    subject: `CN=${own === 0 ? "template.example" : name}`,
    commonName: name,
    issuer: "CN=Site Issuing CA 2, O=Example Site, C=DE",
    serial: "01",
    notBefore: new Date(end.getTime() - 400 * DAY_MS).toISOString(),
    notAfter: end.toISOString(),
    daysLeft: Math.floor((end.getTime() - SCANNED_AT.getTime()) / DAY_MS),
    selfSigned: false,
    subjectAltNames: [`DNS:${name}`],
    key: { type: "rsa", bits: own % 97 === 5 ? 1024 : 2048, curve: null },
    keySha256: null,
    signature: "sha256WithRSAEncryption",
    extendedKeyUsage: ["serverAuth"],
    sha1: digest("sha1", own),
    sha256: digest("sha256", own),
    matchesTarget: false,
    chain: [],
  };
};

const digest = (name: string, number: number): string =>
  createHash(name).update(String(number)).digest("hex");

const never = (): never => {
  throw new Error("the tables above are not empty");
};

/** A page's HTML wants them one by one. */
export function* generatedScan(count: number): Generator<Result> {
  for (let number = 0; number < count; number += 1) yield generatedResult(number);
}
