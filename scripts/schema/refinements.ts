/** What the types of a document leave open and its tables and units settle, by `Type.property`. */
import { CLIENT_PROFILES } from "../../src/tls/profiles/client-profiles.ts";
import { CAUSES } from "../../src/verdict/causes/causes.ts";
import { FINDING_NOTES } from "../../src/verdict/findings/finding-notes.ts";
import { REFUSED_ADVICE } from "../../src/verdict/remedies/refused-advice.ts";
import { REMEDIES } from "../../src/verdict/remedies/remedies.ts";
import { VERDICT_CODES } from "../../src/verdict/verdicts.ts";
import type { SchemaNode } from "./schema-node.ts";

const codes = (values: Iterable<string>): SchemaNode => ({ enum: [...new Set(values)] });

const FINDINGS = codes(FINDING_NOTES.map(({ code }) => code));
const CAUSE_CODES = codes(CAUSES.map(({ code }) => code));
const REMEDY_IDS = codes(REMEDIES.map(({ id }) => id));
const CLIENTS = codes(CLIENT_PROFILES.map(({ id }) => id));

/** RFC 3339, UTC. */
const TIME: SchemaNode = { pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z$" };
const HEX: SchemaNode = { pattern: "^([0-9a-f]{2})+$" };
const SHA1: SchemaNode = { pattern: "^[0-9a-f]{40}$" };
const SHA256: SchemaNode = { pattern: "^[0-9a-f]{64}$" };
const COUNT: SchemaNode = { type: "integer", minimum: 0 };
const PORT: SchemaNode = { type: "integer", minimum: 1, maximum: 65_535 };
const DURATION: SchemaNode = { minimum: 0 };
const TLS_CODE: SchemaNode = { pattern: "^0x[0-9a-f]{4}$" };
const VERSION: SchemaNode = { pattern: "^(ssl3|1\\.[0-3]|0x[0-9a-f]{4})$" };
const MSTSC_CODE: SchemaNode = { pattern: "^0x[0-9a-f]+$" };

/** `items` is of a list's elements. */
export const REFINEMENTS: Readonly<Record<string, SchemaNode>> = {
  "Result.startedAt": TIME,
  "Result.durationMs": DURATION,
  "Result.connections": COUNT,
  "ResultTarget.port": PORT,
  "Finding.code": FINDINGS,
  "Finding.remedies": { items: { type: "string", ...REMEDY_IDS } },
  "Cause.code": CAUSE_CODES,
  RemedyId: { type: "string", ...REMEDY_IDS },
  "ToldRemedy.id": REMEDY_IDS,
  "RefusedAdvice.id": codes(REFUSED_ADVICE.map(({ id }) => id)),
  "MstscView.code": MSTSC_CODE,
  "MstscView.decimal": COUNT,
  "NegotiationReport.raw": { pattern: "^([0-9a-f]{2})*$" },
  "NegotiationReport.flagsRaw": { minimum: 0, maximum: 255 },
  "FailureReport.code": COUNT,
  "TlsReport.version": VERSION,
  "TlsReport.cipher.code": TLS_CODE,
  "TlsReport.alert.code": { type: "integer", minimum: 0, maximum: 255 },
  "CredSspReport.version": COUNT,
  "NtlmReport.osVersion": { pattern: "^\\d+\\.\\d+\\.\\d+$" },
  "NtlmReport.serverTime": TIME,
  "CertificateReport.serial": HEX,
  "CertificateReport.notBefore": TIME,
  "CertificateReport.notAfter": TIME,
  "CertificateReport.sha1": SHA1,
  "CertificateReport.sha256": SHA256,
  "CertificateReport.der": HEX,
  "RepeatReport.count": COUNT,
  "RepeatReport.connections": COUNT,
  "RepeatReport.certificates": { items: { type: "string", ...SHA256 } },
  "ClientOutcome.id": CLIENTS,
  "ClientListing.id": CLIENTS,
  "ClientsReport.connections": COUNT,
  "LabListing.verdict": codes([...VERDICT_CODES, "any"]),
  "LabListing.port": PORT,
};
