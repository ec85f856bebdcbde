import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { connectionRequestAsking } from "../../src/handshake/connection-requests.ts";
import { type Action, type Conversation, createConversation } from "../../src/handshake/conversation.ts";
import type { WireEvent } from "../../src/handshake/transcript.ts";
import { decodeConnectInitial } from "../../src/mcs/connect-initial.ts";
import type { HelloIngredients } from "../../src/tls/hello-of-profile.ts";
import { SPECIFIED_CONNECT_RESPONSE } from "../mcs/examples.ts";
import { REFERENCE } from "../verdict/transcripts.ts";

const INGREDIENTS: HelloIngredients = {
  serverName: "rdp.example",
  isAddress: false,
  random: new Uint8Array(32),
  sessionId: new Uint8Array(32),
  keyShares: () => new Uint8Array(32),
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
const opened = (bytes: Uint8Array): WireEvent => ({ kind: "opened", atMs: 4, bytes });
const SECURED: WireEvent = { kind: "secured", atMs: 3, session: { chain: [], group: null } };

/** After the Connection Request, which asked for these protocols. */
const begun = (requestedProtocols: number, encryptionMethods = METHODS): Conversation => {
  const conversation = createConversation(
    {
      request: connectionRequestAsking(requestedProtocols, null),
      tls: { kind: "session", profile: REFERENCE },
      after: { kind: "mcs", encryptionMethods },
    },
    INGREDIENTS,
  );
  conversation.receive({ kind: "connected", atMs: 1 });
  conversation.next();
  return conversation;
};

const offerIn = (
  action: Action,
): { kind: string; selected: number | undefined; methods: number | undefined } => {
  const bytes = action.kind === "send" || action.kind === "send-sealed" ? action.bytes : new Uint8Array(0);
  const decoded = decodeConnectInitial(bytes);
  const blocks = decoded.status === "done" ? decoded.value.blocks : [];
  return {
    kind: action.kind,
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

  it("PROTOCOL_SSL: it goes through TLS, echoes the selection and offers no method", () => {
    const conversation = begun(1);
    conversation.receive(received(CONFIRM_SSL));
    expect(conversation.next().kind).toBe("start-tls");
    expect(conversation.next()).toEqual({ kind: "need-data", stage: "tls" });
    conversation.receive(SECURED);
    expect(offerIn(conversation.next())).toEqual({ kind: "send-sealed", selected: 1, methods: 0 });
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

  it.each([
    ["CredSSP", 0x03, CONFIRM_HYBRID],
    ["RDSTLS", 0x05, CONFIRM_RDSTLS],
  ])("%s needs credentials: nothing is said after TLS", (_name, requested, confirm) => {
    const conversation = begun(requested);
    conversation.receive(received(confirm));
    conversation.next();
    conversation.receive(SECURED);
    expect(conversation.next()).toEqual({ kind: "done" });
  });

  it("bytes behind the Connection Confirm end it: they are no answer to what was not said", () => {
    const conversation = begun(0);
    conversation.receive(received(Uint8Array.from([...CONFIRM_RDP, ...DISCONNECT])));
    expect(conversation.next()).toEqual({ kind: "done" });
  });
});

describe("the answer to the Connect-Initial ([MS-RDPBCGR] 2.2.1.4)", () => {
  const asked = (channel: "clear" | "tls"): Conversation => {
    const conversation = begun(channel === "tls" ? 1 : 0);
    conversation.receive(received(channel === "tls" ? CONFIRM_SSL : CONFIRM_RDP));
    if (channel === "tls") {
      conversation.next();
      conversation.receive(SECURED);
    }
    conversation.next();
    return conversation;
  };

  it.each([
    ["clear", received, "send"],
    ["tls", opened, "send-sealed"],
  ] as const)(
    "%s: a whole one is taken, however it is cut, and answered by a polite end",
    (channel, event, kind) => {
      for (let cut = 1; cut < SPECIFIED_CONNECT_RESPONSE.length; cut += 1) {
        const conversation = asked(channel);
        conversation.receive(event(SPECIFIED_CONNECT_RESPONSE.subarray(0, cut)));
        expect(conversation.next()).toEqual({ kind: "need-data", stage: "mcs" });
        conversation.receive(event(SPECIFIED_CONNECT_RESPONSE.subarray(cut)));
        const farewell = conversation.next();
        expect(farewell.kind).toBe(kind);
        expect("bytes" in farewell ? toHex(farewell.bytes) : "").toBe(FAREWELL);
        expect(conversation.next()).toEqual({ kind: "done" });
      }
    },
  );

  it("over TLS, records of the handshake are no answer", () => {
    const conversation = asked("tls");
    conversation.receive(received(SPECIFIED_CONNECT_RESPONSE));
    expect(conversation.next()).toEqual({ kind: "need-data", stage: "mcs" });
  });

  it.each([
    ["a Disconnect Provider Ultimatum", DISCONNECT],
    ["what is no MCS", fromHex("485454502f312e31")],
    ["a Connect-Response that ends before it begins", fromHex("0300000902f0807f66")],
  ])("%s ends it without a farewell", (_name, bytes) => {
    const conversation = asked("clear");
    conversation.receive(received(bytes));
    expect(conversation.next()).toEqual({ kind: "done" });
  });

  it.each([
    { kind: "fin", atMs: 9 },
    { kind: "rst", atMs: 9 },
    { kind: "timeout", atMs: 9 },
  ] satisfies WireEvent[])("$kind ends it", (event) => {
    const conversation = asked("clear");
    conversation.receive(event);
    expect(conversation.next()).toEqual({ kind: "done" });
  });
});
