import { describe, expect, it } from "vitest";
import {
  createHttpConversation,
  createSilentConversation,
  type HttpPlan,
  type ListenerEvent,
  type ListenerConversation,
} from "../../../src/handshake/conversation/http-conversation.ts";
import { latin1 } from "../../http/latin1.ts";

const CONNECTED: ListenerEvent = { kind: "connected", atMs: 1 };
const SECURED: ListenerEvent = { kind: "secured", atMs: 2, chain: [] };
const FIN: ListenerEvent = { kind: "fin", atMs: 9 };
const FIRST = latin1("first");
const SECOND = latin1("second");
const CHALLENGED = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 4\r\n\r\n";

const received = (text: string): ListenerEvent => ({ kind: "received", atMs: 3, bytes: latin1(text) });
const opened = (text: string): ListenerEvent => ({ kind: "opened", atMs: 3, bytes: latin1(text) });

const plan = (over: Partial<HttpPlan> = {}): HttpPlan => ({
  isTls: false,
  request: FIRST,
  followUp: ({ status }) => (status === 401 ? SECOND : null),
  ...over,
});

/** Goes through the events; what was said before each and after the last. */
const story = (conversation: ListenerConversation, events: readonly ListenerEvent[]): readonly string[] => {
  const said: string[] = [];
  const speak = () => {
    for (;;) {
      const action = conversation.next();
      if (action.kind === "need-data") return void said.push(action.stage);
      if (action.kind === "done") return void said.push("done");
      said.push("bytes" in action ? `${action.kind} ${String.fromCharCode(...action.bytes)}` : action.kind);
    }
  };
  speak();
  for (const event of events) {
    conversation.receive(event);
    speak();
  }
  return said;
};

const http = (events: readonly ListenerEvent[], over: Partial<HttpPlan> = {}): readonly string[] =>
  story(createHttpConversation(plan(over)), events);

describe("A conversation in HTTP", () => {
  it("asks once where the answer calls for nothing more", () => {
    expect(http([CONNECTED, received("HTTP/1.1 404 Not"), received(" Found\r\n\r\n")])).toEqual([
      "tcp",
      "send first",
      "response",
      "response",
      "done",
    ]);
  });

  it("asks through TLS once it stands, and passes over what is TLS's own", () => {
    const events = [
      CONNECTED,
      received("\x16\x03\x03"),
      SECURED,
      received("\x17"),
      opened("HTTP/1.1 200 OK\r\n\r\n"),
    ];
    expect(http(events, { isTls: true })).toEqual([
      "tcp",
      "start-tls",
      "tls",
      "tls",
      "send-sealed first",
      "response",
      "response",
      "done",
    ]);
  });

  it.each([
    ["whole", [`${CHALLENGED}page`, "HTTP/1.1 401 Unauthorized\r\n\r\n"]],
    ["with the content apart", [CHALLENGED, "pa", "ge", "HTTP/1.1 401 Unauthorized\r\n\r\n"]],
    ["byte by byte", [...`${CHALLENGED}page`, ..."HTTP/1.1 401 Unauthorized\r\n\r\n"]],
  ])("follows an answer up on the same connection, %s", (_, texts) => {
    const said = http([CONNECTED, ...texts.map(received)]);
    expect(said.filter((one) => one.startsWith("send"))).toEqual(["send first", "send second"]);
    expect(said.at(-1)).toBe("done");
    expect(said.at(-2)).toBe("second-response");
  });

  it.each([
    ["closes", "HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"],
    ["does not say how long its content is", "HTTP/1.1 401 Unauthorized\r\n\r\n"],
    ["has chunked content", "HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: chunked\r\n\r\n"],
    ["has more content than is passed over", "HTTP/1.1 401 Unauthorized\r\nContent-Length: 65537\r\n\r\n"],
    ["sends more than its content", `${CHALLENGED}pages`],
    ["is no HTTP", "SSH-2.0-x\r\n"],
  ])("does not follow up an answer that %s", (_, text) => {
    expect(http([CONNECTED, received(text)])).toEqual(["tcp", "send first", "response", "done"]);
  });

  it("never asks a third time", () => {
    const events = [CONNECTED, received(`${CHALLENGED}page`), received(`${CHALLENGED}page`)];
    expect(http(events).at(-1)).toBe("done");
  });

  it("waits a moment for what TLS still holds when the peer has ended its side", () => {
    const events = [CONNECTED, SECURED, FIN, opened("HTTP/1.1 404 Not Found\r\n\r\n")];
    expect(http(events, { isTls: true }).slice(-3)).toEqual(["response", "last-words", "done"]);
  });

  it.each([
    ["a FIN", FIN],
    ["a RST", { kind: "rst", atMs: 5 }],
    ["a time-out", { kind: "timeout", atMs: 5 }],
    ["a flood", { kind: "overflow", atMs: 5, limitBytes: 1 }],
    ["a failed session", { kind: "session-failed", atMs: 5 }],
  ] satisfies readonly [string, ListenerEvent][])("ends with %s in any stage", (_, event) => {
    for (const before of [
      [CONNECTED],
      [CONNECTED, received("HTTP/1.1 2")],
      [CONNECTED, received(CHALLENGED)],
    ]) {
      expect(http([...before, event]).at(-1)).toBe("done");
    }
    expect(http([CONNECTED, event], { isTls: true }).at(-1)).toBe("done");
  });

  it("ends where no connection comes to be", () => {
    const failed: ListenerEvent = {
      kind: "connect-failed",
      atMs: 1,
      reason: "refused",
      detail: "ECONNREFUSED",
    };
    expect(http([failed])).toEqual(["tcp", "done"]);
    expect(http([{ kind: "timeout", atMs: 1 }])).toEqual(["tcp", "done"]);
  });
});

describe("A silent conversation", () => {
  it("connects, says nothing, and ends with the first thing that happens", () => {
    expect(story(createSilentConversation(), [CONNECTED, received("x")])).toEqual([
      "tcp",
      "first-word",
      "done",
    ]);
    expect(story(createSilentConversation(), [CONNECTED, FIN])).toEqual(["tcp", "first-word", "done"]);
    expect(story(createSilentConversation(), [{ kind: "timeout", atMs: 1 }])).toEqual(["tcp", "done"]);
  });
});
