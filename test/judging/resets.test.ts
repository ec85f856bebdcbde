import { describe, expect, it } from "vitest";
import { concatBytes } from "../../src/bytes/concat-bytes.ts";
import type { Result } from "../../src/verdict/result/result.ts";
import {
  captureOf as captureOfSegments,
  data,
  handshake,
  type Segment,
} from "../capture/support/conversation.ts";
import { saidIn } from "./conversations.ts";
import { judged } from "./judged.ts";

const [REQUEST, CONFIRM, HELLO] = saidIn("fixtures/lab/reset-after-hello.pcap").map(({ bytes }) => bytes);
const EMPTY = new Uint8Array(0);
const request = REQUEST ?? EMPTY;
const confirm = CONFIRM ?? EMPTY;
const hello = HELLO ?? EMPTY;

const serverAt = (seq: number, facts: Partial<Segment>): Segment => ({
  ...data("server", seq, "", 1 + request.length),
  hopLimit: 120,
  ...facts,
});

/** Up to the ClientHello; the server's packets have the hop limit 120. */
const OPENING: readonly Segment[] = [
  ...handshake.map((segment) => (segment.from === "server" ? { ...segment, hopLimit: 120 } : segment)),
  { ...data("client", 1, "", 1), payload: request },
  serverAt(1, { payload: confirm }),
  { ...data("client", 1 + request.length, "", 1 + confirm.length), payload: hello },
];

const rst = (facts: Partial<Segment>): Segment => ({
  from: "server",
  flags: "RA",
  seq: 1 + confirm.length,
  ack: 1 + request.length + hello.length,
  window: 0,
  hopLimit: 120,
  ...facts,
});

const judgedSegments = (...more: readonly Segment[]): Result => {
  const [result] = judged(captureOfSegments([...OPENING, ...more])).results;
  if (result === undefined) throw new Error("no result");
  return result;
};

/** Who is thought to have sent it; the other causes of a reset are the table's. */
const sendersOf = ({ verdict }: Result) =>
  verdict.causes
    .filter(({ code }) => code.startsWith("reset-"))
    .map(({ code, likelihood }) => `${code} ${likelihood}`);

describe("a reset in a capture", () => {
  it("that looks like the server's is likely the server's", () => {
    const result = judgedSegments(rst({}));
    expect(result.verdict).toMatchObject({ code: "reset", stage: "tls" });
    expect(sendersOf(result)).toEqual(["reset-by-server likely", "reset-on-the-way unlikely"]);
    expect(result.verdict.evidence).toMatchObject({
      resetHopLimit: 120,
      dataHopLimit: 120,
      sequenceDistance: 0,
    });
  });

  it("that has come fewer hops is likely a device's, and it is the device's remedy that comes first", () => {
    const result = judgedSegments(rst({ hopLimit: 254, seq: confirm.length }));
    expect(sendersOf(result)).toEqual(["reset-on-the-way likely", "reset-by-server unlikely"]);
    expect(result.verdict.causes[0]?.why).toMatch(
      /its hop limit is 254, where the server's packets have 120/,
    );
    expect(result.remedies[0]?.id).toBe("exempt-from-inspection");
  });

  it("several that guess the sequence number are likely a device's", () => {
    const result = judgedSegments(
      ...[1460, 2920, 0].map((ahead) => rst({ seq: 1 + confirm.length + ahead })),
    );
    expect(sendersOf(result)[0]).toBe("reset-on-the-way likely");
  });

  it("after which the server sends on has no effect, and is told as a forgery", () => {
    const goingOn = saidIn("fixtures/lab/failure-5.pcap")[1]?.bytes ?? EMPTY;
    const forged: readonly Segment[] = [
      ...handshake,
      { ...data("client", 1, "", 1), payload: request },
      { ...rst({ hopLimit: 250 }), seq: 1, ack: 1 + request.length },
      serverAt(1, { payload: goingOn }),
    ];
    const [result] = judged(captureOfSegments(forged)).results;
    expect(result?.verdict.code).toBe("nla-required");
    expect(result?.findings.map(({ code }) => code)).toContain("reset-without-effect");
  });

  it("behind a finished handshake is no verdict", () => {
    const said = saidIn("fixtures/xrdp/tls-1.2-only.pcap");
    const record = Uint8Array.from([23, 3, 3, 0, 1, 0]);
    const sent = { client: 1, server: 1 };
    const segments: Segment[] = [...handshake];
    for (const { from, bytes } of [
      ...said.slice(0, 6),
      { from: "client" as const, bytes: record },
      { from: "server" as const, bytes: record },
    ]) {
      const other = from === "client" ? "server" : "client";
      // Less than what an IP packet holds.
      segments.push({ from, flags: "PA", seq: sent[from], ack: sent[other], payload: concatBytes(bytes) });
      sent[from] += bytes.length;
    }
    segments.push({ from: "server", flags: "R", seq: sent.server });
    const [result] = judged(captureOfSegments(segments)).results;
    expect(result?.verdict.code).not.toBe("reset");
    expect(result?.stages.find(({ name }) => name === "tls")?.status).toBe("ok");
    expect(result === undefined ? ["none"] : sendersOf(result)).toEqual([]);
  });
});
