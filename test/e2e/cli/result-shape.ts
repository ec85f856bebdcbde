/** The JSON of a live probe's result, as scripts rely on it: every field with its type and its unit. */
import { VERDICTS } from "../../../src/verdict/verdicts.ts";
import {
  boolean,
  count,
  hex,
  listOf,
  mapOf,
  nothing,
  nullable,
  number,
  object,
  oneOf,
  pattern,
  type Shape,
  text,
  time,
} from "./shape.ts";

const STAGES = ["dns", "tcp", "negotiation", "tls", "certificate", "credssp", "mcs"] as const;
const layer = oneOf("accepted", "refused", "unknown");
const protocol = oneOf("rdp", "ssl", "hybrid", "rdstls", "hybrid-ex", "rdsaad");
const nullableText = nullable(text);
const scalar: Shape = (value, path) =>
  ["string", "number", "boolean"].includes(typeof value) ? [] : nothing(value, path);

const verdict = object({
  code: oneOf(...Object.keys(VERDICTS)),
  stage: oneOf(...STAGES, "done"),
  severity: oneOf("ok", "warning", "critical"),
  confidence: oneOf("observed", "inferred"),
  summary: text,
  mstsc: nullable(
    object({
      code: pattern(/^0x[0-9a-f]+$/),
      decimal: count,
      name: text,
      extended: nullable(pattern(/^0x[0-9a-f]+$/)),
      confidence: oneOf("observed", "inferred"),
    }),
  ),
  causes: listOf(
    object({
      code: text,
      title: text,
      likelihood: oneOf("certain", "likely", "possible", "unlikely"),
      why: text,
      remedies: listOf(text),
    }),
  ),
});

const finding = object({
  code: text,
  severity: oneOf("info", "warning", "critical"),
  stage: oneOf(...STAGES, "done"),
  summary: text,
  evidence: mapOf(scalar),
  remedies: listOf(text),
});

const remedy = object({
  id: text,
  title: text,
  where: oneOf("server", "client", "network", "azure"),
  shell: oneOf("powershell", "cmd", "bash"),
  risk: oneOf("low", "medium", "high"),
  steps: listOf(text),
  commands: listOf(text),
  undo: text,
  confirm: listOf(text),
});

const stage = object({
  name: oneOf(...STAGES),
  status: oneOf("ok", "failed", "skipped"),
  durationMs: nullable(number),
  note: text,
});

const negotiation = object({
  requested: listOf(protocol),
  selected: nullable(protocol),
  failure: nullable(object({ code: count, name: nullableText })),
  flags: listOf(text),
  flagsRaw: nullable(count),
  raw: hex,
});

const security = object({
  rdp: layer,
  ssl: layer,
  hybrid: layer,
  "hybrid-ex": layer,
  rdstls: layer,
  rdsaad: layer,
  nla: oneOf("required", "optional", "unsupported", "unknown"),
});

const tls = object({
  version: nullable(pattern(/^(ssl3|1\.[0-3]|0x[0-9a-f]{4})$/)),
  cipher: nullable(object({ name: text, openssl: nullableText, code: pattern(/^0x[0-9a-f]{4}$/) })),
  group: nullableText,
  alert: nullable(object({ level: oneOf("warning", "fatal", "unknown"), code: count, name: nullableText })),
  offeredAs: text,
});

const certificate = object(
  {
    subject: nullableText,
    commonName: nullableText,
    issuer: nullableText,
    serial: nullable(hex),
    notBefore: nullable(time),
    notAfter: nullable(time),
    daysLeft: nullable(number),
    selfSigned: nullable(boolean),
    subjectAltNames: listOf(text),
    key: nullable(object({ type: text, bits: nullable(count), curve: nullableText })),
    keySha256: nullable(pattern(/^[0-9a-f]{64}$/)),
    signature: nullableText,
    extendedKeyUsage: nullable(listOf(text)),
    sha1: pattern(/^[0-9a-f]{40}$/),
    sha256: pattern(/^[0-9a-f]{64}$/),
    matchesTarget: nullable(boolean),
    chain: listOf(
      object({
        subject: nullableText,
        issuer: nullableText,
        notAfter: nullable(time),
        sha256: pattern(/^[0-9a-f]{64}$/),
      }),
    ),
  },
  { unread: listOf(object({ field: text, reason: text })), der: hex },
);

const ntlm = object(
  {
    targetName: nullableText,
    netbiosComputer: nullableText,
    netbiosDomain: nullableText,
    dnsComputer: nullableText,
    dnsDomain: nullableText,
    dnsTree: nullableText,
    osVersion: nullable(pattern(/^\d+\.\d+\.\d+$/)),
    os: listOf(text),
    serverTime: nullable(time),
    clockSkewMs: nullable(number),
  },
  { unread: listOf(object({ field: text, reason: text })) },
);

const spread = { min: number, median: number, p95: number, max: number } as const;

const repeat = object({
  count,
  connections: count,
  verdicts: mapOf(count),
  lossPercent: number,
  loss: object({ repeatedSyns: count, brokenOff: count, lowPercent: number, highPercent: number }),
  latencyMs: nullable(object(spread)),
  jitterMs: nullable(number),
  stages: mapOf(object({ count, ...spread, jitterMs: nullable(number) })),
  certificates: listOf(pattern(/^[0-9a-f]{64}$/)),
  members: listOf(
    object({
      certificate: text,
      subject: nullableText,
      computer: nullableText,
      count,
      verdicts: mapOf(count),
      bad: boolean,
    }),
  ),
  probes: listOf(
    object({
      code: text,
      stage: text,
      severity: text,
      atMs: number,
      pauseMs: nullable(number),
      durationMs: number,
      stageMs: mapOf(number),
      certificate: nullable(object({ sha256: text, subject: nullableText })),
      computer: nullableText,
    }),
  ),
});

const resolution = object({
  addresses: listOf(object({ address: text, from: oneOf("given", "hosts", "dns", "unknown") })),
  hosts: listOf(text),
  dns: nullable(listOf(text)),
  aliases: listOf(text),
});

const required: Readonly<Record<string, Shape>> = {
  schema: oneOf("rdprobe.result/1"),
  source: object({ kind: oneOf("live") }, { proxy: text }),
  target: object({
    input: text,
    host: text,
    address: nullableText,
    port: count,
    family: oneOf(4, 6, null),
  }),
  startedAt: time,
  durationMs: number,
  connections: count,
  severity: oneOf("ok", "warning", "critical"),
  server: nullable(
    object({
      implementation: oneOf("windows", "xrdp", "freerdp", "virtualbox", "unknown"),
      version: nullableText,
      confidence: oneOf("observed", "inferred"),
      evidence: listOf(text),
    }),
  ),
  verdict,
  findings: listOf(finding),
  remedies: listOf(remedy),
  stages: listOf(stage),
  negotiation: nullable(negotiation),
  security,
  tls: nullable(tls),
  certificate: nullable(certificate),
  credssp: nullable(object({ version: count, errorCode: nullable(count) })),
  ntlm: nullable(ntlm),
  rdp: nullable(
    object({ version: nullableText, encryptionMethods: listOf(text), encryptionLevel: nullableText }),
  ),
  error: nullableText,
};

export const resultShape: Shape = object(required, { repeat, resolution });
