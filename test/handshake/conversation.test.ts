import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { encodeTsRequest } from "../../src/credssp/ts-request.ts";
import { readConnection } from "../../src/handshake/connection-facts.ts";
import { connectionRequestFor } from "../../src/handshake/connection-requests.ts";
import {
  type Conversation,
  type CredSspToken,
  createConversation,
} from "../../src/handshake/conversation.ts";
import type { WireEvent } from "../../src/handshake/transcript.ts";
import { encodeCertificate } from "../../src/tls/certificate.ts";
import { encodeHandshakeMessage, HANDSHAKE_TYPE } from "../../src/tls/handshake-message.ts";
import type { HelloIngredients } from "../../src/tls/hello-of-profile.ts";
import { CONTENT_TYPE, encodeRecord } from "../../src/tls/record.ts";
import { encodeServerHello } from "../../src/tls/server-hello.ts";
import { TLS_VERSION } from "../../src/tls/versions.ts";
import { anyBytes, anyServerHello } from "../tls/arbitraries.ts";
import { REFERENCE } from "../verdict/transcripts.ts";

const REQUEST = connectionRequestFor("offer-all", { kind: "cookie", identity: "rdprobe" });
const CONFIRM_HYBRID_EX = fromHex("030000130ed000001234 00021f0800 08000000");
const CONFIRM_RDP_ONLY = fromHex("0300000b06d00000123400");
const CONFIRM_SSL = fromHex("030000130ed000001234 00020008 00 01000000");
const TS_REQUEST = encodeTsRequest({ version: 6, negoTokens: [new Uint8Array(80)] });
const SECURED: WireEvent = { kind: "secured", atMs: 3, session: { chain: [], group: null } };
const CREDSSP = { kind: "credssp", token: "ntlm" } as const;
const FAILURE_5 = fromHex("030000130ed000001234 0003000800 05000000");

const INGREDIENTS: HelloIngredients = {
  serverName: "rdp.example",
  isAddress: false,
  random: new Uint8Array(32),
  sessionId: new Uint8Array(32),
  keyShares: () => new Uint8Array(32),
};

const connected: WireEvent = { kind: "connected", atMs: 1 };
const received = (bytes: Uint8Array): WireEvent => ({ kind: "received", atMs: 2, bytes });

const begun = (tls: "none" | "session" = "session", token: CredSspToken = "ntlm"): Conversation => {
  const conversation = createConversation(
    {
      request: REQUEST,
      tls: tls === "none" ? { kind: tls } : { kind: tls, profile: REFERENCE },
      after: { kind: "credssp", token },
    },
    INGREDIENTS,
  );
  conversation.receive(connected);
  conversation.next();
  return conversation;
};

describe("the conversation of an RDP handshake", () => {
  it("waits for the TCP connection before it says anything", () => {
    const conversation = createConversation(
      { request: REQUEST, tls: { kind: "session", profile: REFERENCE }, after: CREDSSP },
      INGREDIENTS,
    );
    expect(conversation.next()).toEqual({ kind: "need-data", stage: "tcp" });
  });

  it("sends one Connection Request with cookie and RDP_NEG_REQ, once", () => {
    const conversation = createConversation(
      { request: REQUEST, tls: { kind: "session", profile: REFERENCE }, after: CREDSSP },
      INGREDIENTS,
    );
    conversation.receive(connected);
    const action = conversation.next();
    expect(action.kind === "send" ? toHex(action.bytes) : "").toBe(
      "0300002d28e00000000000436f6f6b69653a206d737473686173683d726470726f62650d0a010008000b000000",
    );
    expect(conversation.next()).toEqual({ kind: "need-data", stage: "negotiation" });
  });

  it("starts TLS once the whole Connection Confirm is there, however it is cut", () => {
    for (let cut = 1; cut < CONFIRM_HYBRID_EX.length; cut += 1) {
      const conversation = begun();
      conversation.receive(received(CONFIRM_HYBRID_EX.subarray(0, cut)));
      expect(conversation.next()).toEqual({ kind: "need-data", stage: "negotiation" });
      conversation.receive(received(CONFIRM_HYBRID_EX.subarray(cut)));
      expect(conversation.next()).toEqual({ kind: "start-tls", profile: REFERENCE });
      expect(conversation.next()).toEqual({ kind: "need-data", stage: "tls" });
    }
  });

  it("is done when the TLS session stands and CredSSP was not selected", () => {
    const conversation = begun();
    conversation.receive(received(CONFIRM_SSL));
    conversation.next();
    conversation.receive(SECURED);
    expect(conversation.next()).toEqual({ kind: "done" });
  });

  it.each([
    ["ntlm", "3037a003020106a130302e302ca02a0428"],
    ["spnego", "3059a003020106a1523050304ea04c044a"],
  ] as const)(
    "asks for the NTLM challenge with a %s token, once, where CredSSP was selected",
    (token, start) => {
      const conversation = begun("session", token);
      conversation.receive(received(CONFIRM_HYBRID_EX));
      conversation.next();
      conversation.receive(SECURED);
      const action = conversation.next();
      expect(action.kind === "send-sealed" ? toHex(action.bytes) : "").toMatch(new RegExp(`^${start}`));
      expect(conversation.next()).toEqual({ kind: "need-data", stage: "credssp" });
    },
  );

  it("is done with one TSRequest of the server, and never sends an AUTHENTICATE_MESSAGE", () => {
    for (let cut = 1; cut < TS_REQUEST.length; cut += 1) {
      const conversation = begun();
      conversation.receive(received(CONFIRM_HYBRID_EX));
      conversation.next();
      conversation.receive(SECURED);
      conversation.next();
      conversation.receive({ kind: "opened", atMs: 4, bytes: TS_REQUEST.subarray(0, cut) });
      expect(conversation.next()).toEqual({ kind: "need-data", stage: "credssp" });
      conversation.receive({ kind: "opened", atMs: 5, bytes: TS_REQUEST.subarray(cut) });
      expect(conversation.next()).toEqual({ kind: "done" });
    }
  });

  it.each([
    ["a plan without TLS has its answer", "none", CONFIRM_HYBRID_EX],
    ["the server has no negotiation data", "session", CONFIRM_RDP_ONLY],
    ["the server sends a failure code", "session", FAILURE_5],
    ["the answer is no TPKT", "session", fromHex("485454502f312e31")],
    [
      "bytes follow the Connection Confirm",
      "session",
      fromHex("030000130ed000001234 00021f0800 08000000 00"),
    ],
  ] as const)("is done when %s", (_when, tls, answer) => {
    const conversation = begun(tls);
    conversation.receive(received(answer));
    expect(conversation.next()).toEqual({ kind: "done" });
  });

  it.each([
    { kind: "fin", atMs: 2 },
    { kind: "rst", atMs: 2 },
    { kind: "timeout", atMs: 2 },
    { kind: "overflow", atMs: 2, limitBytes: 1 },
    { kind: "connect-failed", atMs: 2, reason: "refused", detail: "ECONNREFUSED" },
    { kind: "session-failed", atMs: 2, detail: "no", alert: null },
  ] satisfies WireEvent[])("is done after $kind in every state", (event) => {
    const early = createConversation(
      { request: REQUEST, tls: { kind: "session", profile: REFERENCE }, after: CREDSSP },
      INGREDIENTS,
    );
    early.receive(event);
    expect(early.next()).toEqual({ kind: "done" });
    const later = begun();
    later.receive(event);
    expect(later.next()).toEqual({ kind: "done" });
  });
});

describe("the conversation that sends one ClientHello", () => {
  const record = (contentType: number, fragment: Uint8Array): Uint8Array =>
    encodeRecord({ contentType, version: TLS_VERSION.tls12, fragment });
  const message = (type: number, body: Uint8Array): Uint8Array =>
    record(CONTENT_TYPE.handshake, encodeHandshakeMessage({ type, body }));

  const anyRecord = fc.oneof(
    anyServerHello.map((hello) => message(HANDSHAKE_TYPE.serverHello, encodeServerHello(hello))),
    anyBytes(60).map((der) => message(HANDSHAKE_TYPE.certificate, encodeCertificate({ chain: [der] }))),
    anyBytes(60).map((body) => message(HANDSHAKE_TYPE.serverKeyExchange, body)),
    fc.constant(message(HANDSHAKE_TYPE.serverHelloDone, new Uint8Array(0))),
    fc.constantFrom(1, 2).map((level) => record(CONTENT_TYPE.alert, Uint8Array.of(level, 40))),
    anyBytes(8),
  );

  it("has read the server's flight as whoever reads the transcript again, however it is cut", () => {
    const anyFlight = fc.array(anyRecord, { maxLength: 6 }).map((parts) => Buffer.concat(parts));
    fc.assert(
      fc.property(
        anyFlight,
        fc.array(fc.nat(80), { maxLength: 12 }),
        fc.boolean(),
        (flight, sizes, isLate) => {
          const conversation = createConversation(
            {
              request: REQUEST,
              tls: { kind: "hello", hello: { profile: REFERENCE, minSizeBytes: 0, split: false } },
              after: { kind: "nothing" },
            },
            INGREDIENTS,
          );
          const transcript: WireEvent[] = [];
          const tell = (event: WireEvent): void => {
            transcript.push(event);
            conversation.receive(event);
          };
          const act = (): boolean => {
            for (let action = conversation.next(); ; action = conversation.next()) {
              if (action.kind === "send") transcript.push({ kind: "sent", atMs: 1, bytes: action.bytes });
              else return action.kind !== "done";
            }
          };
          tell(connected);
          act();
          tell(received(CONFIRM_SSL));
          let isListening = act();
          let at = 0;
          for (const size of [...sizes, flight.length]) {
            const bytes = Uint8Array.from(flight.subarray(at, at + size));
            at += bytes.length;
            if (bytes.length === 0) continue;
            if (isListening) tell(received(bytes));
            // What came in the meantime stands in the transcript, and nobody asked the conversation.
            else if (isLate) transcript.push(received(bytes));
            isListening = isListening && act();
          }
          expect(readConnection(transcript, 0, conversation.serverFlight())).toEqual(
            readConnection(transcript, 0),
          );
        },
      ),
      { numRuns: 500 },
    );
  });
});
