/** What two rows of the same target are compared by. */
import type { Snapshot } from "../verdict/result-snapshot.ts";
import { PROTOCOLS } from "../x224/protocols.ts";
import type { ResultRow } from "./result-row.ts";

/** What the row does not say is not in it, so that a file that knows less shows no change. */
export const snapshotOfRow = (row: ResultRow): Snapshot => {
  const { host, address, port, verdict, stage, certificate } = row;
  const fields: readonly (readonly [string, string | null])[] = [
    ["nla", row.nla === "unknown" ? null : row.nla],
    ...PROTOCOLS.map(({ id }) => [`layer-${id}`, row.layers[id] ?? null] as const),
    ["tls-version", row.tlsVersion],
    ["cipher", row.cipher],
    ["certificate", certificate?.sha256 ?? null],
    ["certificate-subject", certificate?.subject ?? null],
    ["certificate-not-after", certificate?.notAfter ?? null],
    ["computer", row.dnsName ?? row.computerName],
    ["domain", row.domain],
    ["os-version", row.osVersion],
  ];
  return {
    host,
    address,
    port,
    verdict: stage === null || stage === "done" ? verdict : `${verdict} at ${stage}`,
    seen: new Map(fields.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]))),
  };
};
