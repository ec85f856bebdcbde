/**
 * Law 1, damage: a server's handshake that is damaged on its way is never called ok where OpenSSL's client fails,
 * and never blamed on TLS where it connects.
 */
import type { Depth } from "../../../src/handshake/plan/probe-plan.ts";
import { probeAddress } from "../../../src/scan/one/probe-address.ts";
import type { Listener } from "../../../src/transport/listener.ts";
import { DEFAULT_EXPIRY } from "../../../src/verdict/findings/certificate-findings.ts";
import type { Result } from "../../../src/verdict/result/result.ts";
import { type IndependentOutcome, independentClient } from "../../e2e/lab/independent-client.ts";
import { REFERENCE } from "../../verdict/transcripts.ts";
import { startDamagingFront } from "./front.ts";
import { Random } from "./random.ts";
import { type Damage, type DamageKind, damageOf, describeDamage } from "./rules.ts";
import { SERVER_KINDS, type ServerKind, serverName, startServer } from "./servers.ts";

interface DamageCase {
  readonly number: number;
  readonly server: ServerKind;
  readonly damage: Damage;
  readonly depth: Extract<Depth, "quick" | "standard">;
}

interface Violation {
  readonly kind: "false ok" | "false alarm";
  readonly text: string;
}

interface KindCounts {
  cases: number;
  /** OpenSSL's client failed. */
  failed: number;
  falseOk: number;
  falseAlarm: number;
}

export interface LawReport {
  readonly cases: number;
  /** The rule found no place: nothing was damaged. */
  readonly unapplied: number;
  readonly falseOk: number;
  readonly falseAlarm: number;
  readonly kinds: ReadonlyMap<DamageKind, KindCounts>;
  readonly violations: readonly Violation[];
}

export interface LawOptions {
  readonly cases: number;
  readonly seed: number;
  /** The first case's number. */
  readonly first?: number;
  readonly concurrency?: number;
}

/** Runs so many cases. @throws Error when no server can listen, or no undamaged connection stands. */
export const runDamageLaw = async (options: LawOptions): Promise<LawReport> => {
  const { cases, seed, first = 0, concurrency = CONCURRENCY } = options;
  const servers = new Map<ServerKind, Listener>();
  for (const kind of SERVER_KINDS) servers.set(kind, await startServer(kind));
  const kinds = new Map<DamageKind, KindCounts>();
  const violations: Violation[] = [];
  let unapplied = 0;
  let next = first;
  const work = async (): Promise<void> => {
    while (next < first + cases) {
      const one = caseOf(seed, next);
      next += 1;
      const server = servers.get(one.server);
      if (server === undefined) throw new Error("a server that was not started");
      const seen = await observeTwice(one, server);
      if (!seen.isApplied) unapplied += 1;
      const counts = kinds.get(one.damage.kind) ?? { cases: 0, failed: 0, falseOk: 0, falseAlarm: 0 };
      kinds.set(one.damage.kind, counts);
      counts.cases += 1;
      if (seen.oracle.kind !== "connects") counts.failed += 1;
      const kind = breachOf(seen);
      if (kind === null) continue;
      counts[kind === "false ok" ? "falseOk" : "falseAlarm"] += 1;
      violations.push({ kind, text: describe(one, seen) });
    }
  };
  try {
    await Promise.all(Array.from({ length: concurrency }, work));
  } finally {
    await Promise.all([...servers.values()].map((server) => server.close()));
  }
  const sum = (of: "falseOk" | "falseAlarm") => [...kinds.values()].reduce((all, one) => all + one[of], 0);
  return { cases, unapplied, falseOk: sum("falseOk"), falseAlarm: sum("falseAlarm"), kinds, violations };
};

const CONCURRENCY = 12;

/** The case of a number: the same seed and number give the same case. */
const caseOf = (seed: number, number: number): DamageCase => {
  const random = new Random(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b));
  const server = random.pick(SERVER_KINDS);
  const damage = damageOf(random, server);
  return { number, server, damage, depth: random.pick(["quick", "standard"] as const) };
};

/** What TLS allows on the way: records of any sizes (RFC 8446 5.1). */
export const HARMLESS: ReadonlySet<DamageKind> = new Set<DamageKind>(["none", "merge", "split"]);

/** Patience with one stage and one connection; a breach is looked at again with more: a machine may be busy. */
const PATIENCE_MS = { first: 400, again: 2_500 } as const;
/** A probe of several connections is given so many stages. */
const STAGES = 5;

interface Seen {
  readonly oracle: IndependentOutcome;
  readonly result: Result;
  readonly isApplied: boolean;
}

const observeTwice = async (one: DamageCase, server: Listener): Promise<Seen> => {
  const seen = await observe(one, server, PATIENCE_MS.first);
  const isLate = !seen.isApplied || (HARMLESS.has(one.damage.kind) && seen.oracle.kind !== "connects");
  return breachOf(seen) === null && !isLate ? seen : observe(one, server, PATIENCE_MS.again);
};

const observe = async (
  { server: { flights }, damage, depth }: DamageCase,
  server: Listener,
  patienceMs: number,
): Promise<Seen> => {
  const front = await startDamagingFront(server, damage, flights.flat().length);
  const { host, port } = front;
  try {
    // What follows the handshake is no part of the law: no grace.
    const oracle = await independentClient(front, { patienceMs, graceMs: 0 });
    const isApplied = front.isApplied();
    const result = await probeAddress(
      { input: `${host}:${port}`, host, endpoint: { address: host, port, family: 4 }, resolution: null },
      {
        depth,
        timeoutMs: patienceMs,
        deadlineMs: STAGES * patienceMs,
        pauseMs: 0,
        routing: { kind: "cookie", identity: "damage" },
        reference: REFERENCE,
        expiry: DEFAULT_EXPIRY,
      },
    );
    return { oracle, result, isApplied };
  } finally {
    await front.stop();
  }
};

const breachOf = ({ oracle, result }: Seen): Violation["kind"] | null => {
  if (oracle.kind === "connects") return result.verdict.stage === "tls" ? "false alarm" : null;
  const tls = result.stages.find(({ name }) => name === "tls");
  return result.verdict.severity === "ok" || tls?.status === "ok" ? "false ok" : null;
};

const describe = ({ number, server, damage, depth }: DamageCase, { oracle, result }: Seen): string => {
  const { code, stage, summary } = result.verdict;
  const said = oracle.kind === "fails" ? oracle.code : oracle.kind;
  const place = `${serverName(server)}, ${depth}, ${describeDamage(damage)}`;
  return `case ${number}: ${place}: OpenSSL ${said}, rdprobe ${code} at ${stage} (${summary})`;
};
