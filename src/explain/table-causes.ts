/** Causes and remedies of rdprobe's own tables, as an explanation names them. */
import type { CauseRow } from "../verdict/causes/cause.ts";
import { CAUSES } from "../verdict/causes/causes.ts";
import { remedyRow, remedyRows } from "../verdict/remedies/remedies.ts";
import { NOTHING_TO_UNDO } from "../verdict/remedies/remedy.ts";
import type { Likelihood } from "../verdict/result/result.ts";
import type { Meaning } from "./meaning.ts";

/**
 * What 0x904 can come from, in the order in which it is worth looking; where the handshake fails in TLS the first
 * ones, elsewhere those behind.
 */
export const CAUSES_OF_A_CLOSED_SOCKET: readonly string[] = [
  "private-key-unreadable",
  "certificate-renewal-fails",
  "tls-policy-leaves-nothing",
  "cipher-policy",
  "tls-version-policy",
  "tls13-intolerant",
  "bound-certificate-key-unreadable",
  "bound-thumbprint-gone",
  "security-device",
  "middlebox-hello-size",
  "middlebox-hello-content",
  "computer-renamed",
  "path-mtu",
  "intermittent",
  "unstable-network",
  "connection-throttling",
  "routing-token-missing",
  "other-program-on-port",
  "security-layer-mismatch",
  "name-leads-elsewhere",
  "clock-wrong",
  "credssp-broken",
  "session-software",
];

/** What 0x204 can come from, most frequent first: the port is shut, filtered, or nobody is there. */
export const CAUSES_OF_NO_CONNECTION: readonly string[] = [
  "rdp-disabled",
  "firewall-blocks-port",
  "host-down",
  "service-not-running",
  "other-port",
  "public-profile",
  "no-route",
  "client-network-permission",
  "connection-throttling",
];

/** The causes of these codes, in their order; a code that the table lacks is left out. */
export const causesNamed = (codes: readonly string[]): Meaning["causes"] =>
  codes.flatMap((code) => CAUSES.filter((row) => row.code === code)).map(named);

/** The causes that are thought of for a verdict (`reset`, or `reset at tls`), those that are its own first. */
export const causesOfVerdict = (place: string): Meaning["causes"] =>
  CAUSES.map((row) => ({ row, rank: rankOf(row, place) }))
    .filter(({ rank }) => rank >= 0)
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ row }) => named(row));

/** The causes of a finding. */
export const causesOfFinding = (code: string): Meaning["causes"] =>
  CAUSES.flatMap((row) =>
    row.findings.filter((sign) => sign.code === code).map(({ likelihood }) => ({ row, likelihood })),
  )
    .toSorted((a, b) => LIKELIHOODS.indexOf(a.likelihood) - LIKELIHOODS.indexOf(b.likelihood))
    .map(({ row }) => named(row));

/** The likeliest first. */
const LIKELIHOODS: readonly Likelihood[] = ["certain", "likely", "possible", "unlikely"];

/** With the remedies of its causes. */
export const caused = (causes: Meaning["causes"]): Pick<Meaning, "causes" | "remedies"> => ({
  causes,
  remedies: remediesOfThese(causes),
});

/** What only looks first; then the first remedy of each cause, and the others, by their risk. */
const remediesOfThese = (causes: Meaning["causes"]): Meaning["remedies"] => {
  const rows = causes.flatMap(({ code }) => CAUSES.filter((row) => row.code === code));
  const all = rows.flatMap(({ remedies }) => remedies);
  const ids = [
    ...all.filter((id) => weightOf(id) === 0),
    ...rows.flatMap(({ remedies }) => remedies.slice(0, 1)),
    ...all,
  ];
  return remediesNamed([...new Set(ids)].toSorted((a, b) => weightOf(a) - weightOf(b)));
};

const RISKS = { low: 1, medium: 2, high: 3 } as const;

/** 0 for what changes nothing. */
const weightOf = (id: string): number => {
  const row = remedyRow(id);
  return row === null || row.undo === NOTHING_TO_UNDO ? 0 : RISKS[row.risk];
};

/** The remedies of these ids, in their order. */
export const remediesNamed = (ids: readonly string[]): Meaning["remedies"] =>
  remedyRows(ids).map(({ id, title }) => ({ id, title }));

const named = ({ code, title }: Pick<CauseRow, "code" | "title">) => ({ code, title });

const rankOf = ({ verdicts }: Pick<CauseRow, "verdicts">, place: string): number =>
  verdicts.findIndex(
    (own) => own === place || own.startsWith(`${place} at `) || place.startsWith(`${own} at `),
  );
