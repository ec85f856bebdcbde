/** A scan of as many hosts as are wanted, made of a number alone: the JSON of results, as `--compact` writes it. */

/** What stands in the JSON, as a script of a user would see it. */
export interface ScannedJson {
  readonly schema: "rdprobe.result/1";
  readonly target: { readonly host: string; readonly address: string; readonly port: number };
  readonly startedAt: string;
  readonly durationMs: number;
  readonly connections: number;
  readonly severity: string;
  readonly verdict: { readonly code: string; readonly stage: string };
  readonly findings?: readonly { readonly code: string; readonly severity: string }[];
  readonly server?: { readonly implementation: string; readonly version?: string };
  readonly security?: Readonly<Record<string, string>>;
  readonly tls?: { readonly version?: string };
  readonly tlsVersions?: Readonly<Record<string, string>>;
  readonly certificate?: {
    readonly subject: string;
    readonly issuer: string;
    readonly notAfter: string;
    readonly daysLeft: number;
    readonly selfSigned: boolean;
    readonly key: { readonly type: string; readonly bits: number | null; readonly curve: string | null };
    readonly keySha256: string;
    readonly signature: string;
    readonly sha256: string;
  };
  readonly ntlm?: { readonly os: readonly string[]; readonly osVersion: string };
}

const SCANNED_MS = Date.parse("2026-11-27T20:00:00.000Z");
/** Build and name. */
type Release = readonly [build: string, name: string];

const DAY_MS = 86_400_000;

const WINDOWS: readonly [Release, ...Release[]] = [
  ["10.0.20348", "Windows Server 2022"],
  ["10.0.17763", "Windows Server 2019"],
  ["6.3.9600", "Windows Server 2012 R2"],
  ["6.1.7601", "Windows Server 2008 R2"],
];

/** @param day how many days later than the first scan: certificates get older, and some hosts change. */
export const generatedScan = (hosts: number, day = 0): readonly ScannedJson[] =>
  Array.from({ length: hosts }, (_, index) => hostOf(index, day));

const hostOf = (index: number, day: number): ScannedJson => {
  const random = randomFrom(index + 1);
  const of = <T>(list: readonly [T, ...T[]]): T => list[Math.floor(random() * list.length)] ?? list[0];
  const host = `10.20.${index >> 8}.${index & 255}`;
  const base = {
    schema: "rdprobe.result/1" as const,
    target: { host, address: host, port: 3389 },
    startedAt: new Date(SCANNED_MS + day * DAY_MS).toISOString(),
    durationMs: Math.round(random() * 900) / 10,
  };
  const isGone = random() < 0.2;
  if (isGone) {
    return {
      ...base,
      connections: 1,
      severity: "critical",
      verdict: { code: of(["port-closed", "port-filtered"]), stage: "tcp" },
    };
  }
  const failed = random();
  if (failed < 0.08) {
    return {
      ...base,
      connections: 4,
      severity: "critical",
      verdict: { code: "reset", stage: "tls" },
      security: { ssl: "accepted" },
    };
  }
  if (failed < 0.13) {
    return {
      ...base,
      connections: 1,
      severity: "warning",
      verdict: { code: "standard-security-only", stage: "negotiation" },
      server: { implementation: "xrdp" },
      security: { rdp: "accepted", ssl: "refused", hybrid: "refused", nla: "unsupported" },
    };
  }
  const nla = of(["required", "required", "required", "optional", "unsupported", "unknown"]);
  const changes = day > 0 && random() < 0.1;
  const [osVersion, os] = of(WINDOWS);
  const isOld = random() < 0.2;
  const daysLeft = Math.round((random() * 400 - 20 - day) * 10) / 10;
  const selfSigned = random() < 0.5;
  const bits = of([1024, 2048, 2048, 4096]);
  const isExpired = daysLeft < 0;
  const findings = [
    ...(bits < 2048 ? [{ code: "certificate-key-short", severity: "warning" }] : []),
    ...(daysLeft >= 0 && daysLeft < 30 ? [{ code: "certificate-expires-soon", severity: "warning" }] : []),
  ];
  const isLinux = random() < 0.2;
  return {
    ...base,
    connections: 2,
    severity: isExpired ? "critical" : findings.length > 0 ? "warning" : "ok",
    verdict: isExpired
      ? { code: "certificate-expired", stage: "certificate" }
      : nla === "required"
        ? { code: "nla-required", stage: "negotiation" }
        : { code: "ok", stage: "done" },
    ...(findings.length === 0 ? {} : { findings }),
    server: isLinux ? { implementation: "xrdp" } : { implementation: "windows", version: osVersion },
    security: {
      ssl: "accepted",
      ...(nla === "unknown" ? {} : { nla: changes && nla === "required" ? "optional" : nla }),
    },
    tls: { version: isOld ? "1.2" : "1.3" },
    ...(random() < 0.7
      ? {
          tlsVersions: {
            ssl3: "refused",
            "1.0": isOld ? "accepted" : "refused",
            "1.1": isOld ? "accepted" : "refused",
            "1.2": "accepted",
            "1.3": isOld ? "refused" : "accepted",
          },
        }
      : {}),
    certificate: {
      subject: `CN=ts${index}`,
      issuer: selfSigned ? `CN=ts${index}` : "CN=Example CA, O=Example",
      notAfter: new Date(SCANNED_MS + day * DAY_MS + daysLeft * DAY_MS).toISOString(),
      daysLeft,
      selfSigned,
      key: { type: "rsa", bits, curve: null },
      /** Every seventeenth host is a clone of the one before. */
      keySha256: digestOf(index % 17 === 16 ? index - 1 : index),
      signature: of(["sha256WithRSAEncryption", "sha256WithRSAEncryption", "sha1WithRSAEncryption"]),
      sha256: digestOf(index),
    },
    ...(isLinux || nla === "unsupported" ? {} : { ntlm: { os: [os], osVersion } }),
  };
};

const digestOf = (index: number): string => index.toString(16).padStart(64, "0");

/** mulberry32: the same numbers from the same seed on every machine. */
const randomFrom = (seed: number): (() => number) => {
  let state = Math.imul(seed, 0x9e3779b1);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

export const scanText = (scan: readonly object[]): string =>
  scan.map((result) => `${JSON.stringify(result)}\n`).join("");
