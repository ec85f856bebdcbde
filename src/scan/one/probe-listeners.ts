/** The listeners beside RDP on one address, asked one after the other: UDP, WebSocket, RD Gateway, Hyper-V. */
import { randomBytes, randomUUID } from "node:crypto";
import {
  gatewayPlan,
  gatewaySecondPlan,
  readGatewayListener,
} from "../../handshake/listeners/gateway-listener.ts";
import {
  createHttpConversation,
  createSilentConversation,
  type HttpPlan,
  type ListenerConversation,
} from "../../handshake/conversation/http-conversation.ts";
import { type HttpExchangeFacts, readHttpExchange } from "../../handshake/facts/http-exchange-facts.ts";
import { readHypervListener } from "../../handshake/listeners/hyperv-listener.ts";
import {
  type DtlsListenerReport,
  type GatewayListenerReport,
  LISTENERS,
  type ListenerId,
  type ListenerReport,
  type ListenerReports,
  type RdpeudpListenerReport,
  type WebListenerReport,
} from "../../handshake/listeners/listener-report.ts";
import {
  gatewayUdpProbe,
  rdpeudpProbe,
  readGatewayUdpListener,
  readRdpeudpListener,
} from "../../handshake/listeners/udp-listeners.ts";
import {
  readWebSocketListener,
  type WebSocketId,
  webSocketPlan,
} from "../../handshake/listeners/websocket-listener.ts";
import { type Clock, startClock } from "../../transport/clock.ts";
import { type ExchangeOptions, holdExchange } from "../../transport/listener-exchange.ts";
import type { SocksProxy } from "../../transport/proxy/socks-proxy.ts";
import type { Dial } from "../../transport/tcp-connection.ts";
import { type DatagramTraffic, exchangeDatagram } from "../../transport/udp-exchange.ts";

export interface ListenerTarget {
  /** As the user asked for it: for SNI, the Host field and the certificate's name. */
  readonly host: string;
  readonly address: string;
  readonly family: 4 | 6;
  /** What TCP goes through; UDP is not asked then. */
  readonly proxy?: SocksProxy;
  /** Opens the TCP connections; UDP is not asked then. */
  readonly dial?: Dial;
}

export interface ListenerOptions {
  /** For one stage of one listener, milliseconds. */
  readonly timeoutMs: number;
  /** For all listeners together, milliseconds; those that are not reached by then are not asked. */
  readonly deadlineMs: number;
  /** Where a listener is looked for elsewhere than at its own port. */
  readonly ports?: Partial<Record<ListenerId, number>>;
  /** Takes the traffic of the TCP connections. */
  readonly onTraffic?: ExchangeOptions["onTraffic"];
  /** Waited for before each TCP connection. */
  readonly admit?: () => Promise<void>;
  /** Once aborted, the next TCP connection rejects instead. */
  readonly signal?: AbortSignal;
  /** Takes the datagrams. */
  readonly onDatagrams?: (traffic: DatagramTraffic) => void;
}

/**
 * Asks every listener. Datagrams go one at a time beside the TCP connections, of which never more than one is
 * open. What a peer does is a report, whatever it is; null stands for a listener that was not asked, since the
 * deadline had passed.
 * @throws LocalResourceError when this machine cannot open a socket.
 */
export const probeListeners = async (
  target: ListenerTarget,
  options: ListenerOptions,
): Promise<ListenerReports> => {
  const asker: Asker = { target, options, startedAt: new Date(), clock: startClock() };
  const [udp, tcp] = await Promise.all([probeUdp(asker), probeTcp(asker)]);
  return { ...udp, ...tcp };
};

/**
 * Asks an RD Gateway alone, at the port of `ports`.
 * @throws LocalResourceError when this machine cannot open a socket.
 */
export const probeGatewayListener = (
  target: ListenerTarget,
  options: ListenerOptions,
): Promise<GatewayListenerReport> =>
  askGateway({ target, options, startedAt: new Date(), clock: startClock() });

/** How many TCP connections that takes at most: for a dry run. */
export const MAX_LISTENER_CONNECTIONS = 5;

interface Asker {
  readonly target: ListenerTarget;
  readonly options: ListenerOptions;
  readonly startedAt: Date;
  readonly clock: Clock;
}

type UdpReports = Pick<ListenerReports, "udp3389" | "udp3391">;

const probeUdp = async (asker: Asker): Promise<UdpReports> =>
  asker.target.proxy === undefined && asker.target.dial === undefined
    ? {
        udp3389: await inTime(asker, () => askRdpeudp(asker)),
        udp3391: await inTime(asker, () => askGatewayUdp(asker)),
      }
    : { udp3389: null, udp3391: null };

const probeTcp = async (asker: Asker): Promise<Omit<ListenerReports, keyof UdpReports>> => ({
  websocket3387: await inTime(asker, () => askWebSocket(asker, "websocket3387")),
  websocket3392: await inTime(asker, () => askWebSocket(asker, "websocket3392")),
  gateway443: await inTime(asker, () => askGateway(asker)),
  hyperv2179: await inTime(asker, () => askHyperv(asker)),
});

/** A question that has less time than this is not asked: its silence would say nothing of the peer. */
const FAIR_WAIT_MS = 1_000;

const inTime = async <T>(asker: Asker, ask: () => Promise<T>): Promise<T | null> =>
  leftMs(asker) >= Math.min(asker.options.timeoutMs, FAIR_WAIT_MS) ? ask() : null;

const askRdpeudp = async (asker: Asker): Promise<RdpeudpListenerReport> => {
  const initialSequenceNumber = randomBytes(4).readUInt32BE();
  const outcome = await askDatagram(asker, "udp3389", rdpeudpProbe(initialSequenceNumber));
  return readRdpeudpListener(portOf(asker, "udp3389"), outcome, initialSequenceNumber);
};

const askGatewayUdp = async (asker: Asker): Promise<DtlsListenerReport> => {
  const outcome = await askDatagram(asker, "udp3391", gatewayUdpProbe(randomBytes(32)));
  return readGatewayUdpListener(portOf(asker, "udp3391"), outcome);
};

const askWebSocket = async (asker: Asker, id: WebSocketId): Promise<WebListenerReport> => {
  const { host } = asker.target;
  const question = { id, host, port: portOf(asker, id), key: randomBytes(16) };
  return readWebSocketListener(question, await askHttp(asker, question.port, webSocketPlan(question)));
};

const askGateway = async (asker: Asker): Promise<GatewayListenerReport> => {
  const { target, startedAt } = asker;
  const port = portOf(asker, "gateway443");
  const question = { host: target.host, port, connectionId: randomUUID() };
  const first = await askHttp(asker, port, gatewayPlan(question));
  const plan = gatewaySecondPlan(question, first);
  const second = plan === null ? null : await inTime(asker, () => askHttp(asker, port, plan));
  return readGatewayListener(question, { first, second, startedAt });
};

const askHyperv = async (asker: Asker): Promise<ListenerReport> => {
  const port = portOf(asker, "hyperv2179");
  return readHypervListener(port, await converse(asker, port, createSilentConversation(), false));
};

const askHttp = (asker: Asker, port: number, plan: HttpPlan): Promise<HttpExchangeFacts> =>
  converse(asker, port, createHttpConversation(plan), plan.isTls);

const converse = async (
  { target, options, clock }: Asker,
  port: number,
  conversation: ListenerConversation,
  isTls: boolean,
): Promise<HttpExchangeFacts> => {
  const { host, ...at } = target;
  const { timeoutMs, deadlineMs: deadlineAtMs } = options;
  const endpoint = { ...at, port };
  options.signal?.throwIfAborted();
  await options.admit?.();
  const transcript = await holdExchange(conversation, {
    ...{ endpoint, host, clock, timeoutMs, deadlineAtMs },
    ...(options.onTraffic === undefined ? {} : { onTraffic: options.onTraffic }),
  });
  return readHttpExchange(transcript, isTls);
};

const askDatagram = (asker: Asker, id: "udp3389" | "udp3391", bytes: Uint8Array) => {
  const { address, family } = asker.target;
  const waitMs = Math.min(asker.options.timeoutMs, leftMs(asker));
  return exchangeDatagram(
    { address, port: portOf(asker, id), family },
    bytes,
    waitMs,
    asker.options.onDatagrams,
  );
};

const portOf = ({ options }: Asker, id: ListenerId): number => options.ports?.[id] ?? LISTENERS[id].port;

const leftMs = ({ options, clock }: Asker): number => options.deadlineMs - clock.nowMs();
