import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../../src/bytes/hex.ts";
import type { ConnectionFacts } from "../../../src/handshake/facts/connection-facts.ts";
import { connectionRequestAsking } from "../../../src/handshake/plan/connection-requests.ts";
import type { Transcript, WireEvent } from "../../../src/handshake/conversation/transcript.ts";
import { connectInitial } from "../../../src/mcs/client-settings.ts";
import { encodeConnectInitial } from "../../../src/mcs/connect-initial.ts";
import { encodeConnectionRequest } from "../../../src/x224/connection-request.ts";
import { readInSession, readTranscript } from "../read-transcript.ts";
import { SPECIFIED_CONNECT_INITIAL, SPECIFIED_CONNECT_RESPONSE } from "../../mcs/examples.ts";

const CONFIRM_RDP = fromHex("030000130ed000001234 00021f0800 00000000");
const CONFIRM_HYBRID = fromHex("030000130ed000001234 00021f0800 02000000");
const CONFIRM_SSL = fromHex("030000130ed000001234 00021f0800 01000000");
const DISCONNECT = fromHex("0300000902f0802180");

const sent = (atMs: number, bytes: Uint8Array): WireEvent => ({ kind: "sent", atMs, bytes });
const received = (atMs: number, bytes: Uint8Array): WireEvent => ({ kind: "received", atMs, bytes });

/** A connection on which Standard RDP Security was asked for, and what came then. */
const clear = (...events: readonly WireEvent[]): ConnectionFacts => {
  const opening: Transcript = [
    { kind: "connected", atMs: 1 },
    sent(1, encodeConnectionRequest(connectionRequestAsking(0, null))),
    received(2, CONFIRM_RDP),
  ];
  return readTranscript([...opening, ...events], 0);
};

const INITIAL = sent(3, SPECIFIED_CONNECT_INITIAL);

describe("what MCS says in the clear", () => {
  it("is what both sides put into their blocks, and when", () => {
    const { mcs, end } = clear(INITIAL, received(7, SPECIFIED_CONNECT_RESPONSE), sent(8, DISCONNECT), {
      kind: "ended",
      atMs: 9,
    });
    expect(mcs).toMatchObject({ offeredMethods: 0x1b, sentAtMs: 3, answeredAtMs: 7 });
    expect(mcs?.answer).toMatchObject({
      kind: "response",
      rdp: {
        version: { code: 0x00080004 },
        encryptionMethod: 2,
        encryptionLevel: { name: "client-compatible" },
      },
    });
    expect(end).toEqual({ kind: "ours" });
  });

  it("is the same however the answer is cut", () => {
    for (let cut = 1; cut < SPECIFIED_CONNECT_RESPONSE.length; cut += 1) {
      const { mcs } = clear(
        INITIAL,
        received(6, SPECIFIED_CONNECT_RESPONSE.subarray(0, cut)),
        received(7, SPECIFIED_CONNECT_RESPONSE.subarray(cut)),
      );
      expect(mcs).toMatchObject({ answeredAtMs: 7, answer: { kind: "response" } });
    }
  });

  it.each([
    ["none", [], "timeout"],
    ["partial", [received(5, SPECIFIED_CONNECT_RESPONSE.subarray(0, 20))], "rst"],
    ["disconnect", [received(5, DISCONNECT)], "fin"],
    ["malformed", [received(5, fromHex("0300000902f0807f66"))], "fin"],
    ["other", [received(5, fromHex("0300000802f08068"))], "fin"],
    ["other", [received(5, SPECIFIED_CONNECT_INITIAL)], "fin"],
  ] as const)("an answer that is %s, then %s", (kind, events, end) => {
    const facts = clear(INITIAL, ...events, { kind: end, atMs: 9 });
    expect(facts.mcs?.answer.kind).toBe(kind);
    expect(facts.end).toEqual({ kind: end, stage: "mcs" });
  });

  it("a disconnection behind the Connect-Initial answers that; before it, the confirm is taken back", () => {
    expect(clear(INITIAL, received(5, DISCONNECT)).negotiation?.takenBack).toBe(false);
    expect(clear(received(2, DISCONNECT)).negotiation?.takenBack).toBe(true);
    expect(clear(received(2, DISCONNECT)).mcs).toBeNull();
  });

  it("is nothing where the client said nothing more, or something else", () => {
    expect(clear().mcs).toBeNull();
    expect(clear(sent(3, fromHex("160301000100"))).mcs).toBeNull();
  });

  it("a client whose methods stand in extEncryptionMethods has offered those", () => {
    const initial = connectInitial({ serverSelectedProtocol: 0, encryptionMethods: 0 });
    const blocks = initial.blocks.map((block) =>
      block.kind === "security" ? { ...block, extEncryptionMethods: 0x02 } : block,
    );
    const { mcs } = clear(sent(3, encodeConnectInitial({ ...initial, blocks })));
    expect(mcs?.offeredMethods).toBe(0x02);
  });

  it("arbitrary bytes of a peer never throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const { mcs } = clear(INITIAL, received(5, bytes));
        expect(mcs === null ? "none" : mcs.answer.kind).not.toBe("response");
      }),
    );
  });

  it("damage anywhere in a Connect-Response gives facts or a fault, and never throws", () => {
    fc.assert(
      fc.property(fc.nat(SPECIFIED_CONNECT_RESPONSE.length - 1), fc.nat(255), (at, byte) => {
        const damaged = SPECIFIED_CONNECT_RESPONSE.map((old, index) => (index === at ? byte : old));
        expect(clear(INITIAL, received(5, damaged)).mcs).not.toBeNull();
      }),
    );
  });
});

describe("what MCS says inside TLS", () => {
  const overTls = (confirm: Uint8Array, ...events: readonly WireEvent[]): ConnectionFacts =>
    readInSession(
      [
        { kind: "connected", atMs: 1 },
        sent(1, encodeConnectionRequest(connectionRequestAsking(3, null))),
        received(2, confirm),
      ],
      events,
    );
  const INITIAL_OVER_TLS = sent(
    6,
    encodeConnectInitial(connectInitial({ serverSelectedProtocol: 1, encryptionMethods: 0 })),
  );

  it("is read from the application data, and is no CredSSP", () => {
    const facts = overTls(CONFIRM_SSL, INITIAL_OVER_TLS, received(8, SPECIFIED_CONNECT_RESPONSE));
    expect(facts.credssp).toBeNull();
    expect(facts.mcs).toMatchObject({
      offeredMethods: 0,
      serverSelectedProtocol: 1,
      sentAtMs: 6,
      answeredAtMs: 8,
      answer: { kind: "response" },
    });
  });

  it("a TSRequest where CredSSP was selected is CredSSP, and no MCS", () => {
    const facts = overTls(CONFIRM_HYBRID, sent(6, fromHex("3037a003020106")));
    expect(facts.credssp).not.toBeNull();
    expect(facts.mcs).toBeNull();
  });

  it("a connection that ends there ends in the stage mcs", () => {
    expect(overTls(CONFIRM_SSL, INITIAL_OVER_TLS, { kind: "rst", atMs: 8 }).end).toEqual({
      kind: "rst",
      stage: "mcs",
    });
  });
});
