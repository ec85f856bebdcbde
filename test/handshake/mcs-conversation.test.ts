import { afterEach, describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { connectionRequestAsking } from "../../src/handshake/plan/connection-requests.ts";
import {
  type Action,
  type Conversation,
  type ConversationInputs,
  createConversation,
} from "../../src/handshake/conversation/conversation.ts";
import type { WireEvent } from "../../src/handshake/conversation/transcript.ts";
import { decodeConnectInitial } from "../../src/mcs/connect-initial.ts";
import { TLS_ENTROPY } from "../../src/transport/entropy/tls-entropy.ts";
import { SPECIFIED_CONNECT_RESPONSE } from "../mcs/examples.ts";
import { makeIdentity } from "../tls/identity.ts";
import { REFERENCE } from "../verdict/transcripts.ts";
import { createTlsPeer, type TlsPeer } from "./tls-peer.ts";

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

const CONFIRM_RDP = fromHex("030000130ed000001234 00021f0800 00000000");
const CONFIRM_WITHOUT_DATA = fromHex("0300000b06d00000123400");
const CONFIRM_SSL = fromHex("030000130ed000001234 00021f0800 01000000");
const CONFIRM_HYBRID = fromHex("030000130ed000001234 00021f0800 02000000");
const CONFIRM_RDSTLS = fromHex("030000130ed000001234 00021f0800 04000000");
const DISCONNECT = fromHex("0300000902f0802180");
const FAREWELL = "0300000902f0802180";
const METHODS = 0x1b;

const received = (bytes: Uint8Array): WireEvent => ({ kind: "received", atMs: 2, bytes });

/** After the Connection Request, which asked for these protocols. */
const begun = (requestedProtocols: number, encryptionMethods = METHODS): Conversation => {
  const conversation = createConversation(
    {
      request: connectionRequestAsking(requestedProtocols, null),
      tls: { kind: "handshake", profile: REFERENCE },
      after: { kind: "mcs", encryptionMethods },
    },
    INPUTS,
  );
  conversation.receive({ kind: "connected", atMs: 1 });
  conversation.next();
  return conversation;
};

const offerIn = (
  action: Action,
): { kind: string; selected: number | undefined; methods: number | undefined } => {
  const bytes = action.kind === "send" ? action.bytes : new Uint8Array(0);
  return { kind: action.kind, ...offerOf(bytes) };
};

const offerOf = (bytes: Uint8Array): { selected: number | undefined; methods: number | undefined } => {
  const decoded = decodeConnectInitial(bytes);
  const blocks = decoded.status === "done" ? decoded.value.blocks : [];
  return {
    selected: blocks.find((block) => block.kind === "core")?.serverSelectedProtocol,
    methods: blocks.find((block) => block.kind === "security")?.encryptionMethods,
  };
};

describe("MCS after the negotiation ([MS-RDPBCGR] 1.3.1.1)", () => {
  it.each([
    ["PROTOCOL_RDP", CONFIRM_RDP],
    ["no negotiation data", CONFIRM_WITHOUT_DATA],
  ])("%s: the Connect-Initial goes in the clear and offers the plan's methods, once", (_name, confirm) => {
    const conversation = begun(0);
    conversation.receive(received(confirm));
    expect(offerIn(conversation.next())).toEqual({ kind: "send", selected: 0, methods: METHODS });
    expect(conversation.next()).toEqual({ kind: "need-data", stage: "mcs" });
  });

  it("a server that was asked for TLS and selects PROTOCOL_RDP is answered in the clear", () => {
    const conversation = begun(1);
    conversation.receive(received(CONFIRM_RDP));
    expect(offerIn(conversation.next())).toMatchObject({ kind: "send", selected: 0, methods: METHODS });
  });

  it.each([0x01, 0x02, 0x08, 0x10])("method 0x%s alone can be offered", (method) => {
    const conversation = begun(0, method);
    conversation.receive(received(CONFIRM_RDP));
    expect(offerIn(conversation.next()).methods).toBe(method);
  });
});

describe("MCS inside TLS, with a server of Node's own", () => {
  let peer: TlsPeer;

  afterEach(() => peer.close());

  const talk = async (conversation: Conversation): Promise<Action> => {
    for (let round = 0; round < 8; round += 1) {
      let action = conversation.next();
      for (; action.kind === "send"; action = conversation.next()) peer.receive(action.bytes);
      const answer = await peer.answer();
      if (action.kind !== "need-data" || answer.length === 0) return action;
      conversation.receive(received(answer));
    }
    throw new Error("the conversation does not end");
  };

  const start = (requested: number, confirm: Uint8Array): Conversation => {
    const { key, cert } = makeIdentity();
    peer = createTlsPeer({ key, cert });
    const conversation = begun(requested);
    conversation.receive(received(confirm));
    return conversation;
  };

  it("PROTOCOL_SSL: the Connect-Initial echoes the selection and offers no method, and ends politely", async () => {
    const conversation = start(1, CONFIRM_SSL);
    expect(await talk(conversation)).toEqual({ kind: "need-data", stage: "mcs" });
    expect(offerOf(peer.heard())).toEqual({ selected: 1, methods: 0 });
    const initialBytes = peer.heard().length;
    peer.say(SPECIFIED_CONNECT_RESPONSE);
    conversation.receive(received(await peer.answer()));
    expect(await talk(conversation)).toMatchObject({ kind: "done" });
    expect(toHex(peer.heard().subarray(initialBytes))).toBe(FAREWELL);
    expect(conversation.facts(0).mcs).toMatchObject({ answer: { kind: "response" } });
  });

  it.each([
    ["CredSSP", 0x03, CONFIRM_HYBRID],
    ["RDSTLS", 0x05, CONFIRM_RDSTLS],
  ])("%s needs credentials: nothing is said after TLS", async (_name, requested, confirm) => {
    const conversation = start(requested, confirm);
    expect(await talk(conversation)).toMatchObject({ kind: "done" });
    expect(peer.heard()).toHaveLength(0);
  });
});

describe("the answer to the Connect-Initial ([MS-RDPBCGR] 2.2.1.4)", () => {
  const asked = (): Conversation => {
    const conversation = begun(0);
    conversation.receive(received(CONFIRM_RDP));
    const action = conversation.next();
    if (action.kind === "send") conversation.receive({ kind: "sent", atMs: 3, bytes: action.bytes });
    return conversation;
  };

  it("a whole one is taken, however it is cut, and answered by a polite end", () => {
    for (let cut = 1; cut < SPECIFIED_CONNECT_RESPONSE.length; cut += 1) {
      const conversation = asked();
      conversation.receive(received(SPECIFIED_CONNECT_RESPONSE.subarray(0, cut)));
      expect(conversation.next()).toEqual({ kind: "need-data", stage: "mcs" });
      conversation.receive(received(SPECIFIED_CONNECT_RESPONSE.subarray(cut)));
      const farewell = conversation.next();
      expect("bytes" in farewell ? toHex(farewell.bytes) : "").toBe(FAREWELL);
      expect(conversation.next()).toMatchObject({ kind: "done" });
    }
  });

  it.each([
    ["a Disconnect Provider Ultimatum", DISCONNECT],
    ["what is no MCS", fromHex("485454502f312e31")],
    ["a Connect-Response that ends before it begins", fromHex("0300000902f0807f66")],
  ])("%s ends it without a farewell", (_name, bytes) => {
    const conversation = asked();
    conversation.receive(received(bytes));
    expect(conversation.next()).toMatchObject({ kind: "done" });
  });

  it.each([
    { kind: "fin", atMs: 9 },
    { kind: "rst", atMs: 9 },
    { kind: "timeout", atMs: 9 },
  ] satisfies WireEvent[])("$kind ends it", (event) => {
    const conversation = asked();
    conversation.receive(event);
    expect(conversation.next()).toMatchObject({ kind: "done" });
  });
});
