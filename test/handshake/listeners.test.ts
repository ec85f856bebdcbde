import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { DatagramOutcome } from "../../src/handshake/facts/datagram-outcome.ts";
import { gatewaySecondPlan, readGatewayListener } from "../../src/handshake/listeners/gateway-listener.ts";
import { type HttpExchangeFacts, readHttpExchange } from "../../src/handshake/facts/http-exchange-facts.ts";
import { readHypervListener } from "../../src/handshake/listeners/hyperv-listener.ts";
import type { ListenerTranscript } from "../../src/handshake/conversation/http-conversation.ts";
import { readGatewayUdpListener, readRdpeudpListener } from "../../src/handshake/listeners/udp-listeners.ts";
import { readWebSocketListener } from "../../src/handshake/listeners/websocket-listener.ts";
import { decodeRdpeudpDatagram } from "../../src/rdpeudp/datagram.ts";
import { readCapture } from "../capture/support/read-capture.ts";
import { latin1 } from "../http/latin1.ts";

const FOLDER = "../shared/pcaps/udp";
const isHere = existsSync(FOLDER);
if (!isHere) process.stderr.write(`notice: ${FOLDER} is absent; captures of others are not read\n`);

const answer = (bytes: Uint8Array): DatagramOutcome => ({ kind: "answer", bytes, roundTripMs: 1.234 });

describe.skipIf(!isHere)("UDP 3389 in captures of other projects", () => {
  const payloads = (name: string) =>
    readCapture(readFileSync(join(FOLDER, name))).datagrams.map(({ payload }) => payload);

  it("answered: version 2 is read from what the Windows server said", () => {
    const [syn = new Uint8Array(), synAck = new Uint8Array()] = payloads(
      "zeek__rdpeudp-handshake-success.pcap",
    );
    const asked = decodeRdpeudpDatagram(syn);
    if (asked.status !== "done" || asked.value.syn === null) throw new Error("no SYN");
    const { initialSequenceNumber } = asked.value.syn;
    expect(readRdpeudpListener(3389, answer(synAck), initialSequenceNumber)).toEqual({
      port: 3389,
      protocol: "udp",
      state: "open",
      what: "MS-RDPEUDP version 2",
      confidence: "observed",
      summary: "UDP 3389 answers as MS-RDPEUDP version 2: sessions can use UDP",
      rdpeudp: {
        version: "2",
        receiveWindow: 64,
        upStreamMtuBytes: 1232,
        downStreamMtuBytes: 1232,
        roundTripMs: 1.2,
      },
    });
    expect(readRdpeudpListener(3389, answer(synAck), initialSequenceNumber + 1).state).toBe("other");
  });

  it("unanswered: a SYN is no answer to itself, nor is the silence a closed port", () => {
    const [syn = new Uint8Array()] = payloads("zeek__rdpeudp-handshake-fail.pcap");
    expect(readRdpeudpListener(3389, answer(syn), 0xee4071dc).state).toBe("other");
    expect(readRdpeudpListener(3389, { kind: "silence" }, 0xee4071dc).state).toBe("no-answer");
  });
});

describe("A UDP listener's state", () => {
  it.each<[DatagramOutcome, string, RegExp]>([
    [{ kind: "silence" }, "no-answer", /^no answer on UDP \d+: filtered, lost, or nothing there; RD/],
    [{ kind: "port-unreachable" }, "closed", /^UDP \d+ is closed \(ICMP port unreachable\); RD/],
    [{ kind: "unreachable", detail: "EHOSTUNREACH" }, "filtered", /unreachable \(EHOSTUNREACH\); RD/],
  ])("after %j is %s", (outcome, state, summary) => {
    for (const report of [readRdpeudpListener(3389, outcome, 1), readGatewayUdpListener(3391, outcome)]) {
      expect(report).toMatchObject({ state, what: null, confidence: null });
      expect(report.summary).toMatch(summary);
    }
  });

  it("keeps the numbers of versions that have no name", () => {
    const synAck = Uint8Array.from([0, 0, 0, 1, 0, 64, 0x10, 5, 0, 0, 0, 9, 4, 208, 4, 208, 0, 1, 2, 0]);
    expect(readRdpeudpListener(3389, answer(synAck), 1)).toMatchObject({
      what: "MS-RDPEUDP version 0x0200",
      rdpeudp: { version: "0x0200" },
    });
    const dtls = Uint8Array.from([21, 0xfe, 0xfc, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 40]);
    expect(readGatewayUdpListener(3391, answer(dtls))).toMatchObject({
      dtls: { version: "0xfefc", message: "alert" },
    });
  });
});

const exchange = (events: ListenerTranscript, isTls = false): HttpExchangeFacts =>
  readHttpExchange(events, isTls);
const CONNECTED = { kind: "connected", atMs: 1 } as const;
const SENT = { kind: "sent", atMs: 2, bytes: latin1("GET") } as const;
const received = (text: string, atMs = 3) => ({ kind: "received", atMs, bytes: latin1(text) }) as const;
const question = { id: "websocket3387", host: "h", port: 3387, key: new Uint8Array(16) } as const;
const gateway = { host: "h", port: 443, connectionId: "0" } as const;

describe("A TCP listener's state", () => {
  it.each<[string, ListenerTranscript, string, string]>([
    [
      "a refused SYN",
      [{ kind: "connect-failed", atMs: 1, reason: "refused", detail: "ECONNREFUSED" }],
      "closed",
      "closed",
    ],
    ["a SYN without an answer", [{ kind: "timeout", atMs: 9 }], "filtered", "filtered: no answer to the SYN"],
    [
      "an unreachable host",
      [{ kind: "connect-failed", atMs: 1, reason: "unreachable", detail: "EHOSTUNREACH" }],
      "filtered",
      "filtered or unreachable (EHOSTUNREACH)",
    ],
  ])("after %s is the same for all of them", (_, events, state, words) => {
    const facts = exchange(events);
    const startedAt = new Date(0);
    const reports = [
      readWebSocketListener(question, facts),
      readGatewayListener(gateway, { first: facts, second: null, startedAt }),
      readHypervListener(2179, facts),
    ];
    for (const report of reports) {
      expect(report).toMatchObject({ state, what: null, confidence: null });
      expect(report.summary).toBe(`TCP ${report.port} is ${words}`);
    }
  });

  it.each([
    [{ kind: "rst", atMs: 4 } as const, "it reset the connection"],
    [{ kind: "overflow", atMs: 4, limitBytes: 9 } as const, "more bytes than any answer has"],
  ])("after %j says how it ended", (end, why) => {
    expect(readWebSocketListener(question, exchange([CONNECTED, SENT, end])).summary).toContain(`(${why})`);
  });
});

describe("The facts of an exchange", () => {
  it("hold both answers, the content between them passed over", () => {
    const facts = exchange([
      CONNECTED,
      SENT,
      received("HTTP/1.1 401 X\r\nContent-Length: 4\r\n\r\npa"),
      received("ge", 4),
      { ...SENT, atMs: 5 },
      received("HTTP/1.1 200 OK\r\n\r\n", 8),
      { kind: "ended", atMs: 9 },
    ]);
    expect(facts.heads.map(({ status }) => status)).toEqual([401, 200]);
    expect(facts).toMatchObject({ end: "ours", fault: null, lastSentAtMs: 5, lastAnsweredAtMs: 8 });
  });

  it("hold what TLS opened, not what came on the wire, and that also behind the peer's FIN", () => {
    const facts = exchange(
      [
        CONNECTED,
        received("\x16\x03\x03"),
        { kind: "secured", atMs: 4, chain: [] },
        { kind: "sealed", atMs: 5, bytes: latin1("GET") },
        { kind: "fin", atMs: 6 },
        { kind: "opened", atMs: 7, bytes: latin1("HTTP/1.1 404 Not Found\r\n\r\n") },
        { kind: "ended", atMs: 8 },
      ],
      true,
    );
    expect(facts.heads.map(({ status }) => status)).toEqual([404]);
    expect(facts).toMatchObject({ isSecured: true, foreign: null, end: "fin" });
  });
});

describe("RD Gateway's second question", () => {
  const CHALLENGED =
    "HTTP/1.1 401 X\r\nConnection: close\r\nContent-Length: 0\r\nWWW-Authenticate: NTLM\r\n\r\n";
  const planAfter = (...texts: readonly string[]) =>
    gatewaySecondPlan(gateway, exchange([CONNECTED, SENT, ...texts.map((text) => received(text))]));

  it("goes on a connection of its own where the first one could not carry it", () => {
    const plan = planAfter(CHALLENGED);
    expect(String.fromCharCode(...(plan?.request ?? []))).toMatch(/\r\nAuthorization: NTLM TlRMTVNTUAAB/);
  });

  it.each([
    ["there is an answer to it", [CHALLENGED, CHALLENGED]],
    [
      "the first answer offers nothing that it could use",
      ["HTTP/1.1 401 X\r\nWWW-Authenticate: PAA\r\n\r\n"],
    ],
    ["the first answer is no 401", ["HTTP/1.1 403 X\r\nWWW-Authenticate: NTLM\r\n\r\n"]],
    ["what follows the first answer is broken", [CHALLENGED, "garbage"]],
    ["there is no answer", []],
  ])("is not asked where %s", (_, texts) => {
    expect(planAfter(...texts)).toBeNull();
  });
});
