/** The listeners beside RDP as the lab plays them: RDP-UDP, RD Gateway on UDP and HTTPS, WebSocket, VMConnect. */
import { createHash, randomBytes } from "node:crypto";
import { textAvPair, timestampAvPair } from "../credssp/av-pair.ts";
import { dateToFiletime } from "../credssp/filetime.ts";
import { challengeMessage, encodeChallengeMessage } from "../credssp/ntlm-challenge.ts";
import { encodeSpnego, negTokenResp } from "../credssp/spnego.ts";
import { authenticateChallenges } from "../http/authenticate.ts";
import { encodeBase64 } from "../http/base64.ts";
import {
  decodeMessageHead,
  encodeMessageHead,
  fieldValues,
  type HeaderField,
  type MessageHead,
} from "../http/message-head.ts";
import { decodeRdpeudpDatagram } from "../rdpeudp/datagram.ts";
import { hasRdpudpFlags } from "../rdpeudp/flags.ts";
import { synAckDatagram } from "../rdpeudp/syn-datagram.ts";
import { DTLS_VERSION, decodeDtlsRecord, dtlsHandshakeRecord } from "../tls/wire/dtls-record.ts";
import { HANDSHAKE_TYPE } from "../tls/wire/handshake-message.ts";
import type { AcceptedConnection, TlsServerOptions } from "../transport/accepted-connection.ts";
import { type Listener, listen } from "../transport/listener.ts";
import { listenUdp, type UdpListener } from "../transport/udp-listener.ts";
import { HTTP_CHALLENGE_FLAGS, SERVER_2022, LAB_NAMES } from "./credssp-steps.ts";
import { CLIENT_LIMITS, CONNECTION_LIFETIME_MS } from "./steps.ts";

/** Where a responder listens. */
export interface ResponderAddress {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

/** Answers each SYN with one SYN+ACK, up to a version. A Windows server would repeat it three times. */
export const respondRdpeudp = (
  address: ResponderAddress,
  { version }: { readonly version: number },
): Promise<UdpListener> =>
  listenUdp({
    ...address,
    answer: (datagram) => {
      const syn = decodeRdpeudpDatagram(datagram);
      if (syn.status !== "done" || !hasRdpudpFlags(syn.value.flags, "syn")) return [];
      if (hasRdpudpFlags(syn.value.flags, "ack")) return [];
      const initialSequenceNumber = randomBytes(4).readUInt32BE();
      return [synAckDatagram(syn.value, { initialSequenceNumber, version })];
    },
  });

/** Answers each ClientHello with a HelloVerifyRequest, as a DTLS server does that keeps no state for strangers. */
export const respondGatewayUdp = (address: ResponderAddress): Promise<UdpListener> =>
  listenUdp({
    ...address,
    answer: (datagram) =>
      decodeDtlsRecord(datagram).status === "done" ? [helloVerifyRequest(randomBytes(20))] : [],
  });

export interface WebSocketPolicy {
  /** Null: plain, as on 3387. */
  readonly identity: TlsServerOptions | null;
  /** What an upgrade is answered with; 101 accepts it. */
  readonly status: number;
}

/** http.sys in front of Remote Desktop's WebSocket listener. */
export const respondWebSocket = (address: ResponderAddress, policy: WebSocketPolicy): Promise<Listener> =>
  serve(address, async (connection) => {
    if (policy.identity !== null && !(await connection.startTls(policy.identity))) return;
    const request = await connection.receive(decodeMessageHead, CLIENT_LIMITS);
    if (request === null) return;
    const isServed = / \/rdp\/ /.test(request.startLine);
    await connection.write(
      policy.status === 101 && isServed
        ? response(101, "Switching Protocols", upgradeFields(request))
        : response(isServed ? policy.status : 404, isServed ? "Refused" : "Not Found", [], NO_CONTENT_PAGE),
    );
    await connection.drain(CONNECTION_LIFETIME_MS);
  });

export interface GatewayPolicy {
  readonly identity: TlsServerOptions;
  /** In the order of WWW-Authenticate. */
  readonly schemes: readonly string[];
  /** Each answer closes its connection, as behind some proxies. */
  readonly isClosing?: boolean;
  /** How far the server's clock is ahead, ms. */
  readonly clockAheadMs?: number;
}

export interface GatewayResponder extends Listener {
  /** The heads of all requests so far. */
  readonly requests: readonly MessageHead[];
}

/** RD Gateway up to its NTLM challenge: [MS-TSGU] 3.3.5.1, [MS-NTHT] 4.1. */
export const respondGateway = async (
  address: ResponderAddress,
  policy: GatewayPolicy,
): Promise<GatewayResponder> => {
  const requests: MessageHead[] = [];
  const listener = await serve(address, async (connection) => {
    if (!(await connection.startTls(policy.identity))) return;
    for (let turn = 0; turn < MAX_REQUESTS; turn += 1) {
      const request = await connection.receive(decodeMessageHead, CLIENT_LIMITS);
      if (request === null) return;
      requests.push(request);
      await connection.write(gatewayAnswer(request, policy));
      if (policy.isClosing === true) return connection.end();
    }
  });
  return { ...listener, requests };
};

/** Hyper-V's listener: waits for the id of a virtual machine, which never comes. */
export const respondHyperv = (address: ResponderAddress): Promise<Listener> =>
  serve(address, (connection) => connection.drain(CONNECTION_LIFETIME_MS));

/** A request is answered with a challenge, or asked for one; nobody needs more turns. */
const MAX_REQUESTS = 8;
/** RFC 6455 1.3. */
const ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const UNAUTHORIZED_PAGE = "<HTML><HEAD><TITLE>Not Authorized</TITLE></HEAD></HTML>\r\n";
const NO_CONTENT_PAGE = "<HTML><HEAD><TITLE>Bad Request</TITLE></HEAD></HTML>\r\n";
const SERVER: HeaderField = { name: "Server", value: "Microsoft-HTTPAPI/2.0" };

const serve = (
  address: ResponderAddress,
  play: (connection: AcceptedConnection) => Promise<void>,
): Promise<Listener> => listen({ ...address, lifetimeMs: CONNECTION_LIFETIME_MS, serve: play });

/** RFC 6347 4.2.1: a version and a cookie. */
const helloVerifyRequest = (cookie: Uint8Array): Uint8Array =>
  dtlsHandshakeRecord(
    DTLS_VERSION.dtls10,
    HANDSHAKE_TYPE.helloVerifyRequest,
    Uint8Array.of(DTLS_VERSION.dtls10 >> 8, DTLS_VERSION.dtls10 & 0xff, cookie.length, ...cookie),
  );

const response = (
  status: number,
  reason: string,
  fields: readonly HeaderField[],
  content = "",
): Uint8Array => {
  const length = status === 101 ? [] : [{ name: "Content-Length", value: String(content.length) }];
  const head = encodeMessageHead({
    startLine: `HTTP/1.1 ${status} ${reason}`,
    fields: [SERVER, ...fields, ...length],
  });
  return Uint8Array.from([...head, ...new TextEncoder().encode(content)]);
};

const upgradeFields = (request: MessageHead): readonly HeaderField[] => {
  const key = fieldValues(request, "Sec-WebSocket-Key")[0] ?? "";
  const accept = createHash("sha1").update(`${key}${ACCEPT_SUFFIX}`).digest();
  return [
    { name: "Upgrade", value: "websocket" },
    { name: "Connection", value: "Upgrade" },
    { name: "Sec-WebSocket-Accept", value: encodeBase64(accept) },
  ];
};

const gatewayAnswer = (request: MessageHead, policy: GatewayPolicy): Uint8Array => {
  if (!request.startLine.startsWith("RDG_OUT_DATA /remoteDesktopGateway/ ")) {
    return response(404, "Not Found", []);
  }
  const [asked] = authenticateChallenges(fieldValues(request, "Authorization"));
  const challenges =
    asked === undefined
      ? policy.schemes
      : [`${asked.scheme} ${encodeBase64(challengeFor(asked.scheme, policy.clockAheadMs ?? 0))}`];
  const fields = [
    ...challenges.map((value) => ({ name: "WWW-Authenticate", value })),
    ...(policy.isClosing === true ? [{ name: "Connection", value: "close" }] : []),
  ];
  return response(401, "Unauthorized", fields, UNAUTHORIZED_PAGE);
};

/** A CHALLENGE_MESSAGE, bare for NTLM and wrapped for Negotiate. */
const challengeFor = (scheme: string, clockAheadMs: number): Uint8Array => {
  const { computer, domain, dnsDomain } = LAB_NAMES;
  const message = encodeChallengeMessage(
    challengeMessage({
      targetName: domain,
      flags: HTTP_CHALLENGE_FLAGS,
      serverChallenge: randomBytes(8),
      version: SERVER_2022,
      avPairs: [
        textAvPair("NbDomainName", domain),
        textAvPair("NbComputerName", computer),
        textAvPair("DnsDomainName", dnsDomain),
        textAvPair("DnsComputerName", `${computer.toLowerCase()}.${dnsDomain}`),
        textAvPair("DnsTreeName", dnsDomain),
        timestampAvPair(dateToFiletime(new Date(Date.now() + clockAheadMs))),
      ],
    }),
  );
  return scheme === "NTLM" ? message : encodeSpnego(negTokenResp(message));
};
