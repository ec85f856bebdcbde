import { describe, expect, it } from "vitest";
import { LINK_TYPE } from "../../src/capture/link/link-layer.ts";
import type { TimedPacket } from "../../src/capture/write/pcapng-writer.ts";
import type { Result } from "../../src/verdict/result/result.ts";
import { type Captured, pcapFile } from "../capture/support/capture-files.ts";
import {
  captureOf,
  client,
  connected,
  ends,
  play,
  type Said,
  type Step,
  saidIn,
  server,
} from "./conversations.ts";
import { judged } from "./judged.ts";

const WORD = Uint8Array.of(23, 3, 3, 0, 4, 1, 2, 3, 4);

interface Session {
  readonly name: string;
  readonly said: readonly Said[];
}

/** Handshakes that work, with a word of both sides behind them. */
const SESSIONS: readonly Session[] = [
  {
    name: "TLS 1.2",
    said: [
      ...saidIn("fixtures/xrdp/tls-1.2-only.pcap").slice(0, 6),
      client(WORD),
      server(WORD),
      client(WORD),
      server(WORD),
    ],
  },
  { name: "TLS 1.3 with CredSSP", said: saidIn("fixtures/lab/nla-required.pcap") },
  { name: "Standard RDP Security", said: saidIn("fixtures/freerdp-shadow/shadow-rdp.pcap", 10) },
];

const SERVERS_END: readonly Step[] = [ends("server", "rst")];
const CLIENTS_END: readonly Step[] = [ends("client", "fin"), ends("server", "fin")];

const packetsOf = ({ said }: Session, end: readonly Step[] = CLIENTS_END): readonly TimedPacket[] =>
  play([...connected, ...said, ...end]);

const resultOf = (packets: readonly TimedPacket[]): Result | undefined =>
  judged(captureOf(packets)).results[0];

const CLIENT_ADDRESS = [192, 0, 2, 10];

/** Where the source address stands in a packet of raw IPv4. */
const isOfClient = ({ bytes }: TimedPacket): boolean =>
  CLIENT_ADDRESS.every((byte, index) => bytes[12 + index] === byte);

const LITTLE = { littleEndian: true, nanoseconds: false };

const cutTo = ({ bytes, timeMs }: TimedPacket, kept: number): Captured => ({
  bytes: bytes.slice(0, kept),
  timeMs,
  wireLength: bytes.length,
});

/** What may be said where something is missing: nothing against the server. */
const SPARING: readonly string[] = ["ok", "inconclusive"];

/** The Connection Request's place among the packets: SYN, SYN-ACK and ACK come before. */
const REQUEST = 4;

const gapOf = (result: Result | undefined) =>
  result?.findings.find(({ code }) => code === "capture-gap")?.evidence["from"];

describe.each(SESSIONS)("a capture of a session with $name that misses something", (session) => {
  const packets = packetsOf(session);

  it("one packet, whichever: nothing is called a failure", () => {
    packets.forEach((_, missing) => {
      const result = resultOf(packets.filter((_packet, index) => index !== missing));
      expect(SPARING, `without packet ${missing + 1}`).toContain(result?.verdict.code ?? "inconclusive");
    });
  });

  it("one packet in the middle, and the server resets the session in the end: neither", () => {
    const reset = packetsOf(session, SERVERS_END);
    // Behind the negotiation, and so that both sides have something to say after it.
    for (let missing = 7; missing < reset.length - 8; missing += 1) {
      const { verdict } = resultOf(reset.filter((_, index) => index !== missing)) ?? {};
      expect(SPARING, `without packet ${missing + 1}`).toContain(verdict?.code);
    }
  });

  it("its first packets: what is left says the same of the server", () => {
    const whole = resultOf(packets);
    for (let first = 1; first <= 4; first += 1) {
      const result = resultOf(packets.slice(first));
      // Without the request nobody knows what was asked for.
      const code = first < REQUEST ? whole?.verdict.code : "inconclusive";
      expect(result?.verdict.code, `from packet ${first + 1}`).toBe(code);
      expect(result?.negotiation?.raw).toBe(whole?.negotiation?.raw);
      expect(result?.tls?.version).toBe(whole?.tls?.version);
    }
  });

  it("the Connection Request: the server's answer is read all the same", () => {
    const request = session.said[0];
    const later = play([...connected, ...session.said.slice(1), ...CLIENTS_END]).slice(3);
    expect(request?.from).toBe("client");
    const result = resultOf(later);
    expect(result?.verdict.code).toBe("inconclusive");
    expect(result?.negotiation?.raw).toBe(resultOf(packets)?.negotiation?.raw);
    expect(result?.tls?.version).toBe(resultOf(packets)?.tls?.version);
    expect(result?.findings.map(({ code }) => code)).toContain("capture-starts-late");
  });

  it.each([54, 60, 68, 96, 128])(
    "all behind %i bytes of each packet: nothing is called a failure",
    (kept) => {
      const file = pcapFile(
        LITTLE,
        LINK_TYPE.raw,
        packets.map((packet) => cutTo(packet, kept)),
      );
      const [result] = judged(file).results;
      expect(SPARING).toContain(result?.verdict.code);
      if (kept < 96) expect(result?.verdict.code).toBe("inconclusive");
    },
  );

  it("one side: nothing is said against the other", () => {
    const ofClient = resultOf(packets.filter(isOfClient));
    expect(ofClient?.verdict.code).toBe("inconclusive");
    expect(gapOf(ofClient)).toBe("server");
    const ofServer = resultOf(packets.filter((packet) => !isOfClient(packet)));
    expect(ofServer?.verdict.code).toBe("inconclusive");
    expect(ofServer?.tls?.version).toBe(resultOf(packets)?.tls?.version);
    expect(gapOf(ofServer)).toBe("client");
  });

  it("its end, wherever: nothing is called a failure", () => {
    for (let size = 4; size < packets.length; size += 1) {
      const result = resultOf(packets.slice(0, size));
      expect(SPARING, `${size} packets`).toContain(result?.verdict.code ?? "inconclusive");
    }
  });
});

describe("a reset behind bytes that the capture misses", () => {
  const [SESSION] = SESSIONS;
  const said = SESSION?.said ?? [];

  it("is a reset, and inferred: the server may have said why", () => {
    const packets = play([...connected, ...said.slice(0, 4), ends("server", "rst")]);
    const longest = packets.findIndex(({ bytes }) => bytes.length > 900);
    const result = resultOf(packets.filter((_, index) => index !== longest));
    expect(result?.verdict).toMatchObject({ code: "reset", stage: "tls", confidence: "inferred" });
  });

  it("is observed where the capture misses nothing", () => {
    const result = resultOf(play([...connected, ...said.slice(0, 4), ends("server", "rst")]));
    expect(result?.verdict).toMatchObject({ code: "reset", stage: "tls", confidence: "observed" });
  });
});
