/** What two results of the same target are compared by, read from the JSON of a result. */
import { RESULT_SCHEMA } from "../result/result.ts";

export interface Snapshot {
  readonly host: string;
  /** Null where the name had no address. */
  readonly address: string | null;
  readonly port: number;
  readonly verdict: string;
  /** What else was seen, by field; what the probe did not come to, or did not learn, is not there. */
  readonly seen: ReadonlyMap<string, string>;
}

/** Each field with where it stands in a result: the first place that has it counts. */
const FIELDS: readonly (readonly [name: string, ...paths: readonly string[]])[] = [
  ["nla", "security.nla"],
  ["layer-rdp", "security.rdp"],
  ["layer-ssl", "security.ssl"],
  ["layer-hybrid", "security.hybrid"],
  ["layer-hybrid-ex", "security.hybrid-ex"],
  ["layer-rdstls", "security.rdstls"],
  ["layer-rdsaad", "security.rdsaad"],
  ["tls-version", "tls.version"],
  ["cipher", "tls.cipher.name"],
  ["certificate", "certificate.sha256"],
  ["certificate-subject", "certificate.subject"],
  ["certificate-not-after", "certificate.notAfter"],
  ["computer", "ntlm.dnsComputer", "ntlm.netbiosComputer"],
  ["domain", "ntlm.dnsDomain", "ntlm.netbiosDomain"],
  ["os-version", "ntlm.osVersion"],
];

/** Null where the value is no result of rdprobe. */
export const snapshotOf = (value: unknown): Snapshot | null => {
  const host = textAt(value, "target.host");
  const port = at(value, "target.port");
  const code = textAt(value, "verdict.code");
  const isResult = textAt(value, "schema") === RESULT_SCHEMA;
  if (!isResult || host === null || typeof port !== "number" || code === null) return null;
  const stage = textAt(value, "verdict.stage");
  return {
    host,
    address: textAt(value, "target.address"),
    port,
    verdict: stage === null || stage === "done" ? code : `${code} at ${stage}`,
    seen: new Map(FIELDS.flatMap(([name, ...paths]) => fieldOf(value, name, paths))),
  };
};

const UNKNOWN = "unknown";

const fieldOf = (
  value: unknown,
  name: string,
  paths: readonly string[],
): readonly (readonly [string, string])[] => {
  const text = paths.map((path) => textAt(value, path)).find((found) => found !== null && found !== UNKNOWN);
  return text === undefined || text === null ? [] : [[name, text]];
};

const textAt = (value: unknown, path: string): string | null => {
  const found = at(value, path);
  return typeof found === "string" ? found : null;
};

const at = (value: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>((inner, name) => (isRecord(inner) ? inner[name] : undefined), value);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;
