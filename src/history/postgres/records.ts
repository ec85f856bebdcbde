/** Certificates between their table and a row. */
import type { CertificateRow } from "../../audit/result-row.ts";
import { copyBytes, type CopyValue } from "../model/copy-text.ts";
import type { StoredCertificate } from "../model/stored-row.ts";

/** As the table has it; all null where there is none. */
export interface CertificateRecord {
  readonly sha256: Uint8Array | null;
  readonly subject: string | null;
  readonly issuer: string | null;
  readonly not_before: Date | null;
  readonly not_after: Date | null;
  readonly self_signed: boolean | null;
  readonly key_type: string | null;
  readonly key_bits: number | null;
  readonly key_curve: string | null;
  readonly signature: string | null;
  readonly sha1: Uint8Array | null;
  readonly key_sha256: Uint8Array | null;
}

export const certificateOf = (record: CertificateRecord): StoredCertificate | null => {
  if (record.sha256 === null) return null;
  const { key_type: type, key_bits: bits, key_curve: curve } = record;
  return {
    subject: record.subject,
    issuer: record.issuer,
    notBefore: timeText(record.not_before),
    notAfter: timeText(record.not_after),
    selfSigned: record.self_signed,
    key: type === null ? null : { type, bits, curve },
    keySha256: hexText(record.key_sha256),
    signature: record.signature,
    sha1: hexText(record.sha1),
    sha256: hexText(record.sha256),
  };
};

/** In the order of the table, without the id. */
export const certificateColumns = (one: CertificateRow): readonly CopyValue[] => [
  ...[copyBytes(one.sha256), one.subject, one.issuer, one.notBefore, one.notAfter, one.selfSigned],
  ...[one.key?.type ?? null, one.key?.bits ?? null, one.key?.curve ?? null, one.signature],
  ...[copyBytes(one.sha1), copyBytes(one.keySha256)],
];

export const timeText = (date: Date | null): string | null => date?.toISOString() ?? null;

const hexText = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
