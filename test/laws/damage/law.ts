/**
 * Law 1, damage: where OpenSSL's client does not get through a damaged flight, rdprobe does not call TLS ok; where it
 * does, rdprobe does not fail at tls. Both go through the same damage, each on a connection of its own.
 */
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import pLimit from "p-limit";
import { fromHex } from "../../../src/bytes/hex.ts";
import { connectionRequestFor } from "../../../src/handshake/connection-requests.ts";
import { probeAddress } from "../../../src/scan/probe-address.ts";
import type { Listener } from "../../../src/transport/listener.ts";
import { DEFAULT_EXPIRY } from "../../../src/verdict/certificate-findings.ts";
import type { Result } from "../../../src/verdict/result.ts";
import { encodeConnectionRequest } from "../../../src/x224/connection-request.ts";
import { REFERENCE } from "../../verdict/transcripts.ts";
import { sessionOffer } from "./oracle-offer.ts";
import { startProxy } from "./proxy.ts";
import { Random } from "./random.ts";
import { type Damage, type DamageKind, damageOf, describeDamage } from "./rules.ts";
import { SERVER_KINDS, type ServerKind, serverName, startServer } from "./servers.ts";

export interface LawOptions {
  readonly cases: number;
  readonly seed: number;
  readonly onProgress?: (done: number) => void;
}

export interface Breach {
  readonly what: "false ok" | "false alarm";
  readonly case: number;
  readonly server: string;
  readonly damage: string;
  readonly oracle: string;
  readonly rdprobe: string;
}

export interface LawReport {
  readonly cases: number;
  /** Those through which OpenSSL's client got. */
  readonly connected: number;
  readonly kinds: Readonly<Partial<Record<DamageKind, number>>>;
  readonly breaches: readonly Breach[];
}

const TIMEOUT_MS = 900;
const AT_A_TIME = 12;

export const runDamageLaw = async ({ cases, seed, onProgress }: LawOptions): Promise<LawReport> => {
  const servers = await Promise.all(
    SERVER_KINDS.map(async (kind) => ({ kind, listener: await startServer(kind) })),
  );
  const breaches: Breach[] = [];
  const kinds: Partial<Record<DamageKind, number>> = {};
  let connected = 0;
  let done = 0;
  const limit = pLimit(AT_A_TIME);
  try {
    await limit.map(
      Array.from({ length: cases }, (_, index) => index),
      async (index) => {
        const server = servers[index % servers.length];
        if (server === undefined) return;
        const damage = damageOf(new Random(seed + index * 7919), server.kind);
        const outcome = await tryCase(server, damage, index);
        kinds[damage.kind] = (kinds[damage.kind] ?? 0) + 1;
        connected += outcome.isConnected ? 1 : 0;
        if (outcome.breach !== null) breaches.push(outcome.breach);
        done += 1;
        onProgress?.(done);
      },
    );
  } finally {
    await Promise.all(servers.map(({ listener }) => listener.close()));
  }
  return { cases, connected, kinds, breaches };
};

const tryCase = async (
  { kind, listener }: { readonly kind: ServerKind; readonly listener: Listener },
  damage: Damage,
  index: number,
): Promise<{ readonly isConnected: boolean; readonly breach: Breach | null }> => {
  const proxy = await startProxy(listener.port, damage);
  try {
    const oracle = await opensslConnects(proxy.port);
    const result = await probed(proxy.port, index % 3 === 0 ? "quick" : "standard");
    const tls = result.stages.find(({ name }) => name === "tls");
    const isCalledOk =
      tls?.status === "ok" || result.verdict.code === "ok" || result.verdict.code === "nla-required";
    const isConnected = oracle === "connects";
    const what =
      !isConnected && isCalledOk
        ? "false ok"
        : isConnected && result.verdict.stage === "tls"
          ? "false alarm"
          : null;
    if (what === null) return { isConnected, breach: null };
    const rdprobe = `${result.verdict.code} at ${result.verdict.stage}: ${result.verdict.summary}`;
    const breach = {
      what,
      case: index,
      server: serverName(kind),
      damage: describeDamage(damage),
      oracle,
      rdprobe,
    } as const;
    return { isConnected, breach };
  } finally {
    proxy.close();
  }
};

const REQUEST = encodeConnectionRequest(connectionRequestFor("offer-all", null));
const CONFIRM = fromHex("03000013");

/** `connects`, or why OpenSSL's client does not. */
const opensslConnects = (port: number): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const finish = (how: string): void => {
      clearTimeout(timer);
      resolve(how);
      socket.destroy();
    };
    const timer = setTimeout(() => finish("timeout"), TIMEOUT_MS);
    socket.on("error", (error) => finish(error.message)).on("close", () => finish("closed"));
    socket.write(REQUEST);
    socket.once("readable", () => {
      const confirm: Buffer | null = socket.read(19);
      if (confirm === null || !confirm.subarray(0, 4).equals(CONFIRM)) {
        finish("no confirm");
        return;
      }
      const tls = connectTls({
        socket,
        servername: "rdp.example",
        rejectUnauthorized: false,
        checkServerIdentity: () => undefined,
        ...sessionOffer(REFERENCE),
      });
      tls.once("secureConnect", () => finish("connects")).on("error", (error) => finish(error.message));
    });
  });

const probed = (port: number, depth: "quick" | "standard"): Promise<Result> =>
  probeAddress(
    {
      input: `127.0.0.1:${port}`,
      host: "127.0.0.1",
      endpoint: { address: "127.0.0.1", port, family: 4 },
      resolution: null,
    },
    {
      timeoutMs: TIMEOUT_MS,
      deadlineMs: 5000,
      depth,
      pauseMs: 0,
      routing: null,
      reference: REFERENCE,
      expiry: DEFAULT_EXPIRY,
    },
  );
