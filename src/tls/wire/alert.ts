/** The alert protocol: a level and a description (RFC 8446 6, RFC 5246 7.2). */
import { type Decoded, done, need } from "../../bytes/decoded.ts";
import { Writer } from "../../bytes/writer.ts";

export const ALERT_LEVEL = { warning: 1, fatal: 2 } as const;

/** IANA's TLS Alerts registry, with the names of reserved codes as their RFCs spelled them. */
export const ALERTS = [
  { code: 0, name: "close_notify" },
  { code: 1, name: "end_of_early_data" },
  { code: 10, name: "unexpected_message" },
  { code: 20, name: "bad_record_mac" },
  { code: 21, name: "decryption_failed" },
  { code: 22, name: "record_overflow" },
  { code: 30, name: "decompression_failure" },
  { code: 40, name: "handshake_failure" },
  { code: 41, name: "no_certificate" },
  { code: 42, name: "bad_certificate" },
  { code: 43, name: "unsupported_certificate" },
  { code: 44, name: "certificate_revoked" },
  { code: 45, name: "certificate_expired" },
  { code: 46, name: "certificate_unknown" },
  { code: 47, name: "illegal_parameter" },
  { code: 48, name: "unknown_ca" },
  { code: 49, name: "access_denied" },
  { code: 50, name: "decode_error" },
  { code: 51, name: "decrypt_error" },
  { code: 52, name: "too_many_cids_requested" },
  { code: 60, name: "export_restriction" },
  { code: 70, name: "protocol_version" },
  { code: 71, name: "insufficient_security" },
  { code: 80, name: "internal_error" },
  { code: 86, name: "inappropriate_fallback" },
  { code: 90, name: "user_canceled" },
  { code: 100, name: "no_renegotiation" },
  { code: 109, name: "missing_extension" },
  { code: 110, name: "unsupported_extension" },
  { code: 111, name: "certificate_unobtainable" },
  { code: 112, name: "unrecognized_name" },
  { code: 113, name: "bad_certificate_status_response" },
  { code: 114, name: "bad_certificate_hash_value" },
  { code: 115, name: "unknown_psk_identity" },
  { code: 116, name: "certificate_required" },
  { code: 117, name: "general_error" },
  { code: 120, name: "no_application_protocol" },
  { code: 121, name: "ech_required" },
] as const;

export interface Alert {
  /** One of ALERT_LEVEL, or a number that it does not know. */
  readonly level: number;
  /** One of ALERTS, or a number that it does not know. */
  readonly description: number;
}

/** The registered name in snake case, `handshake_failure`, or null. */
export const alertName = (code: number): string | null =>
  ALERTS.find((alert) => alert.code === code)?.name ?? null;

/** Reads the alert at the start of an alert record's fragment. */
export const decodeAlert = (bytes: Uint8Array): Decoded<Alert> => {
  const [level, description] = bytes;
  if (level === undefined || description === undefined) return need(2 - bytes.length);
  return done({ level, description }, 2);
};

/** @throws RangeError when a number does not fit a byte. */
export const encodeAlert = (alert: Alert): Uint8Array =>
  new Writer().u8(alert.level).u8(alert.description).finish();
