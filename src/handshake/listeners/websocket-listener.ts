/**
 * The WebSocket listeners, TCP 3387 and 3392: http.sys passes `/rdp/` to Remote Desktop Services there, for web
 * clients. mstsc never uses them, whatever their firewall rules are called.
 */
import { createHash } from "node:crypto";
import { encodeBase64 } from "../../http/base64.ts";
import { fieldValues } from "../../http/message-head.ts";
import { encodeHttpRequest } from "../../http/request.ts";
import type { ResponseHead } from "../../http/response.ts";
import type { HttpPlan } from "../conversation/http-conversation.ts";
import {
  type HttpExchangeFacts,
  readConnectFailure,
  somethingElse,
  withoutHttp,
} from "../facts/http-exchange-facts.ts";
import { describeHead, httpReport, isHttpSys } from "./http-report.ts";
import {
  LISTENERS,
  type ListenerReport,
  listenerCertificate,
  portName,
  report,
  type WebListenerReport,
} from "./listener-report.ts";

export type WebSocketId = "websocket3387" | "websocket3392";

/** 3392 is the one inside TLS. */
const isWebSocketTls = (id: WebSocketId): boolean => id === "websocket3392";

export interface WebSocketQuestion {
  readonly id: WebSocketId;
  readonly host: string;
  readonly port: number;
  /** 16 random bytes for Sec-WebSocket-Key. */
  readonly key: Uint8Array;
}

/** One opening handshake of RFC 6455 4.1 on the path of the listener. */
export const webSocketPlan = (question: WebSocketQuestion): HttpPlan => {
  const { id, host, port, key } = question;
  const isTls = isWebSocketTls(id);
  const fields = [
    { name: "Connection", value: "Upgrade" },
    { name: "Upgrade", value: "websocket" },
    { name: "Sec-WebSocket-Version", value: "13" },
    { name: "Sec-WebSocket-Key", value: encodeBase64(key) },
    { name: "User-Agent", value: "rdprobe" },
  ];
  const request = { method: "GET", target: PATH, host, port, defaultPort: isTls ? 443 : 80, fields };
  return { isTls, request: encodeHttpRequest(request), followUp: () => null };
};

/** Reads what came of `webSocketPlan`. */
export const readWebSocketListener = (
  question: WebSocketQuestion,
  facts: HttpExchangeFacts,
): WebListenerReport => {
  const { id, host, port } = question;
  const [head] = facts.heads;
  return {
    ...(readConnectFailure(id, port, facts) ??
      (head === undefined ? readSilence(question, facts) : readHead(question, head))),
    http: head === undefined ? null : httpReport(head),
    certificate: listenerCertificate(facts.chain, host),
  };
};

const PATH = "/rdp/";
/** RFC 6455 1.3. */
const ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/** What http.sys and its service say to an upgrade that they will not take as it is. */
const REFUSED_UPGRADE: ReadonlySet<number> = new Set([400, 401, 403, 426]);

const readHead = (question: WebSocketQuestion, head: ResponseHead): ListenerReport => {
  const { id, port } = question;
  const isWindows = isHttpSys(head);
  if (head.status === 101 && isAccepted(question, head)) {
    return open(id, port, isWindows ? "observed" : "inferred");
  }
  if (isWindows && REFUSED_UPGRADE.has(head.status)) return open(id, port, "inferred");
  const but =
    isWindows && head.status === 404
      ? `http.sys answers, and has nothing at ${PATH}`
      : `it answers ${describeHead(head)}`;
  return somethingElse(id, port, isWindows ? "http.sys" : "http", but);
};

const open = (id: WebSocketId, port: number, confidence: "observed" | "inferred"): ListenerReport =>
  report(id, port, {
    state: "open",
    what: LISTENERS[id].name,
    confidence,
    summary: `${portName(id, port)} is ${LISTENERS[id].name}: for the web client, mstsc does not use it`,
  });

const isAccepted = ({ key }: WebSocketQuestion, head: ResponseHead): boolean => {
  const digest = createHash("sha1")
    .update(`${encodeBase64(key)}${ACCEPT_SUFFIX}`)
    .digest();
  return fieldValues(head, "Sec-WebSocket-Accept")[0] === encodeBase64(digest);
};

/** http.sys without a certificate bound to its port ends a connection at the ClientHello. */
const readSilence = ({ id, port }: WebSocketQuestion, facts: HttpExchangeFacts): ListenerReport => {
  const isTls = isWebSocketTls(id);
  const isUnbound = isTls && !facts.isSecured && (facts.end === "rst" || facts.end === "fin");
  const but = withoutHttp(facts, isTls);
  return somethingElse(
    id,
    port,
    facts.foreign,
    isUnbound && !facts.hasAnswered ? `${but}, as http.sys does without a certificate for the port` : but,
  );
};
