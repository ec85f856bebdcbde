import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import { encodeTsRequest } from "../../../src/credssp/ts-request.ts";
import { connectionRequestFor } from "../../../src/handshake/plan/connection-requests.ts";
import {
  type Conversation,
  type ConversationInputs,
  type ConversationPlan,
  createConversation,
} from "../../../src/handshake/conversation/conversation.ts";
import type { WireEvent } from "../../../src/handshake/conversation/transcript.ts";
import { makeIdentity } from "../../tls/identity.ts";
import { TLS_ENTROPY } from "../../../src/transport/entropy/tls-entropy.ts";
import { REFERENCE } from "../../verdict/transcripts.ts";
import { createTlsPeer, type TlsPeer } from "../tls-peer.ts";

const REQUEST = connectionRequestFor("offer-all", { kind: "cookie", identity: "rdprobe" });
const CONFIRM_HYBRID_EX = fromHex("030000130ed000001234 00021f0800 08000000");
const CONFIRM_RDP_ONLY = fromHex("0300000b06d00000123400");
const CONFIRM_SSL = fromHex("030000130ed000001234 00020008 00 01000000");
const CONFIRM_TWO_LAYERS = fromHex("030000130ed000001234 00020008 00 03000000");
const FAILURE_5 = fromHex("030000130ed000001234 0003000800 05000000");
const TS_REQUEST = encodeTsRequest({ version: 6, negoTokens: [new Uint8Array(80)] });
const ALERT = fromHex("15030300020228");

const INPUTS: ConversationInputs = {
  hello: {
    serverName: "rdp.example",
    isAddress: false,
    random: new Uint8Array(32),
    sessionId: new Uint8Array(32),
    keyShares: () => new Uint8Array(32),
  },
  entropy: TLS_ENTROPY,
  onSecret: null,
};

const connected: WireEvent = { kind: "connected", atMs: 1 };
const received = (bytes: Uint8Array): WireEvent => ({ kind: "received", atMs: 2, bytes });

const HANDSHAKE = { kind: "handshake", profile: REFERENCE } as const;

const planOf = (plan: Partial<ConversationPlan>): ConversationPlan => ({
  request: REQUEST,
  tls: HANDSHAKE,
  after: { kind: "credssp", token: "ntlm" },
  ...plan,
});

/** After the Connection Request. */
const begun = (plan: Partial<ConversationPlan> = {}): Conversation => {
  const conversation = createConversation(planOf(plan), INPUTS);
  conversation.receive(connected);
  conversation.next();
  return conversation;
};

/** All that it sends now, and what it does then. */
const sendsOf = (conversation: Conversation) => {
  const sent: Uint8Array[] = [];
  for (let action = conversation.next(); ; action = conversation.next()) {
    if (action.kind !== "send") return { sent, next: action };
    sent.push(action.bytes);
    conversation.receive({ kind: "sent", atMs: 2, bytes: action.bytes });
  }
};

describe("the conversation of an RDP handshake", () => {
  it("waits for the TCP connection before it says anything", () => {
    const conversation = createConversation(planOf({}), INPUTS);
    expect(conversation.next()).toEqual({ kind: "need-data", stage: "tcp" });
  });

  it("sends one Connection Request with cookie and RDP_NEG_REQ, once", () => {
    const conversation = createConversation(planOf({}), INPUTS);
    conversation.receive(connected);
    const { sent, next } = sendsOf(conversation);
    expect(sent.map(toHex)).toEqual([
      "0300002d28e00000000000436f6f6b69653a206d737473686173683d726470726f62650d0a010008000b000000",
    ]);
    expect(next).toEqual({ kind: "need-data", stage: "negotiation" });
  });

  it("sends the ClientHello once the whole Connection Confirm is there, however it is cut", () => {
    for (let cut = 1; cut < CONFIRM_HYBRID_EX.length; cut += 1) {
      const conversation = begun();
      conversation.receive(received(CONFIRM_HYBRID_EX.subarray(0, cut)));
      expect(conversation.next()).toEqual({ kind: "need-data", stage: "negotiation" });
      conversation.receive(received(CONFIRM_HYBRID_EX.subarray(cut)));
      const { sent, next } = sendsOf(conversation);
      expect(sent.map((bytes) => toHex(bytes.subarray(0, 6)))).toEqual([
        expect.stringMatching(/^160301....01$/),
      ]);
      expect(next).toEqual({ kind: "need-data", stage: "tls" });
    }
  });

  it.each([
    ["a plan without TLS has its answer", { tls: { kind: "none" } }, CONFIRM_HYBRID_EX, true],
    ["the server has no negotiation data", {}, CONFIRM_RDP_ONLY, false],
    ["the server sends a failure code", {}, FAILURE_5, false],
    ["the server selects two layers at once", {}, CONFIRM_TWO_LAYERS, false],
    ["the answer is no TPKT", {}, fromHex("485454502f312e31"), false],
    [
      "a disconnection follows the Connection Confirm",
      {},
      fromHex(`${toHex(CONFIRM_SSL)}0300000902f0802180`),
      false,
    ],
  ] as const)("is done when %s", (_when, plan, answer, isPeerWaiting) => {
    const conversation = begun(plan);
    conversation.receive(received(answer));
    expect(conversation.next()).toEqual({ kind: "done", isPeerWaiting });
  });

  it("reads a TLS record that follows the Connection Confirm at once as TLS", () => {
    const conversation = begun();
    conversation.receive(received(fromHex(`${toHex(CONFIRM_SSL)}${toHex(ALERT)}`)));
    expect(sendsOf(conversation).next).toMatchObject({ kind: "done" });
    expect(conversation.facts(0).tls).toMatchObject({
      isEarly: true,
      state: { kind: "alert", alert: { description: 40 } },
    });
  });

  it.each([
    { kind: "fin", atMs: 2 },
    { kind: "rst", atMs: 2 },
    { kind: "timeout", atMs: 2 },
    { kind: "overflow", atMs: 2, limitBytes: 1 },
    { kind: "connect-failed", atMs: 2, reason: "refused", detail: "ECONNREFUSED" },
  ] satisfies WireEvent[])("is done after $kind in every state", (event) => {
    const early = createConversation(planOf({}), INPUTS);
    early.receive(event);
    expect(early.next()).toMatchObject({ kind: "done" });
    const later = begun();
    later.receive(event);
    expect(later.next()).toMatchObject({ kind: "done" });
    const inTls = begun();
    inTls.receive(received(CONFIRM_SSL));
    sendsOf(inTls);
    inTls.receive(event);
    expect(inTls.next()).toMatchObject({ kind: "done" });
  });
});

describe.each(["TLSv1.2", "TLSv1.3"] as const)("the conversation with a %s server", (version) => {
  let peer: TlsPeer;
  let identity: { readonly key: string; readonly cert: string };

  beforeAll(() => {
    identity = makeIdentity();
  });

  afterEach(() => peer.close());

  const talk = async (conversation: Conversation) => {
    for (let round = 0; round < 8; round += 1) {
      const { sent, next } = sendsOf(conversation);
      for (const bytes of sent) peer.receive(bytes);
      const answer = await peer.answer();
      if (next.kind !== "need-data" || answer.length === 0) return next;
      conversation.receive(received(answer));
    }
    throw new Error("the conversation does not end");
  };

  const start = (confirm: Uint8Array, plan: Partial<ConversationPlan> = {}): Conversation => {
    peer = createTlsPeer({ ...identity, minVersion: version, maxVersion: version });
    const conversation = begun(plan);
    conversation.receive(received(confirm));
    return conversation;
  };

  it("ends politely once the handshake is through and CredSSP was not selected", async () => {
    const conversation = start(CONFIRM_SSL);
    expect(await talk(conversation)).toEqual({ kind: "done", isPeerWaiting: false });
    const { tls, credssp, end } = conversation.facts(0);
    expect(tls).toMatchObject({ state: { kind: "established", witness: { proof: "verified" } } });
    expect(tls?.chain).toHaveLength(1);
    expect(credssp).toBeNull();
    expect(end).toEqual({ kind: "ours" });
  });

  it.each([
    ["ntlm", "3037a003020106a130302e302ca02a0428"],
    ["spnego", "3059a003020106a1523050304ea04c044a"],
  ] as const)(
    "asks for the NTLM challenge with a %s token, once, and for nothing more",
    async (token, begin) => {
      const conversation = start(CONFIRM_HYBRID_EX, { after: { kind: "credssp", token } });
      expect(await talk(conversation)).toEqual({ kind: "need-data", stage: "credssp" });
      expect(toHex(peer.heard())).toMatch(new RegExp(`^${begin}`));
      const asked = peer.heard().length;
      peer.say(TS_REQUEST);
      conversation.receive(received(await peer.answer()));
      expect(await talk(conversation)).toMatchObject({ kind: "done" });
      expect(peer.heard()).toHaveLength(asked);
      expect(conversation.facts(0).credssp).toMatchObject({ version: 6 });
    },
  );

  it("waits for the whole of a TSRequest that comes byte by byte", async () => {
    const conversation = start(CONFIRM_HYBRID_EX);
    await talk(conversation);
    peer.say(TS_REQUEST);
    const answer = await peer.answer();
    for (const byte of answer.subarray(0, -1)) {
      conversation.receive(received(Uint8Array.of(byte)));
      expect(conversation.next()).toEqual({ kind: "need-data", stage: "credssp" });
    }
    conversation.receive(received(answer.subarray(-1)));
    expect(sendsOf(conversation).next).toMatchObject({ kind: "done" });
  });
});
