/**
 * Whole conversations: a probe against a server whose bytes are changed on their way, without a socket. The servers are
 * those of the lab, which said the same to a client with the same random numbers; so a handshake that was changed and
 * still counts as whole is a fault: Finished covers every message.
 */
import { once } from "node:events";
import { connect } from "node:net";
import { type Conversation, createConversation } from "../../../src/handshake/conversation/conversation.ts";
import { nextConnection, type ProbeConnection } from "../../../src/handshake/plan/probe-plan.ts";
import type { WireEvent } from "../../../src/handshake/conversation/transcript.ts";
import { startLab } from "../../../src/lab/lab.ts";
import { jsonLine } from "../../../src/report/json/json.ts";
import { ladder } from "../../../src/report/text/ladder.ts";
import { helloIngredients } from "../../../src/transport/entropy/hello-ingredients.ts";
import { DEFAULT_EXPIRY } from "../../../src/verdict/findings/certificate-findings.ts";
import { judge } from "../../../src/verdict/rules/judge.ts";
import type { Result } from "../../../src/verdict/result/result.ts";
import { VERDICTS } from "../../../src/verdict/verdicts.ts";
import { sameEntropy } from "../../laws/pieces/conversation-streams.ts";
import { joined } from "../../laws/pieces/wire.ts";
import { REFERENCE } from "../../verdict/transcripts.ts";
import { expectThat, type FuzzTarget } from "../target.ts";
import { UNSAFE } from "../unsafe.ts";

const SCENARIOS = ["nla-optional", "tls-without-nla", "nla-required", "tls13-only", "tls10-only"] as const;
const OFFER = { depth: "standard", routing: null, reference: REFERENCE } as const;

/** Connection Request, ClientHello, and what ends with Finished. */
const HANDSHAKE_SENDS = 3;

/** What a server said on each connection, turn by turn, and what the client said on the first. */
interface Script {
  readonly turns: readonly (readonly Uint8Array[])[];
  readonly sent: Uint8Array;
  readonly isWhole: boolean;
  readonly entropy: ReturnType<typeof sameEntropy>;
}

const inputsOf = (entropy: Script["entropy"]) => ({
  hello: { ...helloIngredients("127.0.0.1"), random: new Uint8Array(32), sessionId: new Uint8Array(32) },
  entropy,
  onSecret: null,
});

/** Where the conversation's answers come from. */
type Answer = (sent: readonly Uint8Array[]) => Promise<WireEvent> | WireEvent;

/** More turns than any probe takes. */
const MAX_STEPS = 5000;

const converse = async (conversation: Conversation, answer: Answer): Promise<readonly Uint8Array[]> => {
  const sent: Uint8Array[] = [];
  conversation.receive({ kind: "connected", atMs: 0 });
  for (let step = 0; ; step += 1) {
    expectThat(step < MAX_STEPS, "a conversation without an end");
    const action = conversation.next();
    if (action.kind === "done") return sent;
    if (action.kind === "send") {
      sent.push(action.bytes);
      conversation.receive({ kind: "sent", bytes: action.bytes, atMs: step });
    }
    if (action.kind !== "need-data") continue;
    const event = answer(sent);
    conversation.receive(event instanceof Promise ? await event : event);
  }
};

const judged = (connections: readonly ProbeConnection[]): Result =>
  judge({
    target: { input: "127.0.0.1", host: "127.0.0.1", address: "127.0.0.1", port: 3389, family: 4 },
    ...{ resolution: null, connections, reference: REFERENCE, expiry: DEFAULT_EXPIRY },
    ...{ startedAt: new Date(), durationMs: 1 },
  });

const recorded = async (port: number): Promise<Script> => {
  const entropy = sameEntropy();
  const connections: ProbeConnection[] = [];
  const turns: Uint8Array[][] = [];
  let first: Uint8Array | null = null;
  for (let next = nextConnection([], OFFER); next !== null; next = nextConnection(connections, OFFER)) {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true }).on("error", () => {});
    await once(socket, "connect");
    const chunks = socket[Symbol.asyncIterator]();
    const said: Uint8Array[] = [];
    let written = 0;
    const conversation = createConversation(next.plan, inputsOf(entropy));
    const sent = await converse(conversation, async (all) => {
      for (; written < all.length; written += 1) socket.write(all[written] ?? new Uint8Array(0));
      const chunk = await chunks.next().catch(() => ({ done: true, value: undefined }));
      if (chunk.done === true) return { kind: "fin", atMs: 1 };
      const bytes = Uint8Array.from(chunk.value);
      said.push(bytes);
      return { kind: "received", bytes, atMs: 1 };
    });
    socket.destroy();
    first ??= joined(sent.slice(0, HANDSHAKE_SENDS));
    turns.push(said);
    connections.push({ purpose: next.purpose, facts: conversation.facts(0) });
  }
  const isWhole = tlsIsOk(judged(connections));
  return { turns, sent: first ?? new Uint8Array(0), isWhole, entropy };
};

const tlsIsOk = ({ stages }: Result): boolean =>
  stages.some(({ name, status }) => name === "tls" && status === "ok");

const recordAll = async (): Promise<readonly Script[]> => {
  const lab = await startLab({ host: "127.0.0.1", basePort: 0, scenarios: [...SCENARIOS] });
  const scripts: Script[] = [];
  for (const { port } of lab.listeners) scripts.push(await recorded(port));
  await lab.close();
  return scripts;
};

let recording: Promise<readonly Script[]> | null = null;
const allScripts = (): Promise<readonly Script[]> => {
  recording ??= recordAll();
  return recording;
};

const END = [
  { kind: "fin", atMs: 9 },
  { kind: "rst", atMs: 9 },
  { kind: "timeout", atMs: 9 },
] as const satisfies readonly WireEvent[];

/** Its first three bytes say which server, how it ends, and how large its pieces are; the rest is what it says first. */
const HEAD_BYTES = 3;

export const PROBE_TARGET: FuzzTarget = {
  ...{
    name: "probe",
    source: "src/handshake/conversation/conversation.ts",
    form: "records",
    maxBytes: 32_768,
  },
  seeds: async () =>
    (await allScripts()).flatMap(({ turns }, number) => {
      const said = joined(turns[0] ?? []);
      return [0, 1, 2].map((end) => joined([Uint8Array.of(number, end, 255), said]));
    }),
  run: async (input) => {
    const [number = 0, ending = 0, pieceSize = 0] = input;
    const scripts = await allScripts();
    const script = scripts[number % scripts.length];
    if (script === undefined) return;
    const end: WireEvent = END[ending % END.length] ?? END[0];
    const connections: ProbeConnection[] = [];
    let first = new Uint8Array(0);
    for (let next = nextConnection([], OFFER); next !== null; next = nextConnection(connections, OFFER)) {
      expectThat(connections.length < 12, "more connections than a probe makes");
      const index = connections.length;
      let left = index === 0 ? input.subarray(HEAD_BYTES) : joined(script.turns[index] ?? []);
      // The server speaks when it was spoken to: a piece a turn.
      const size = pieceSize === 255 ? 16_384 : 1 + pieceSize * 8;
      const conversation = createConversation(next.plan, inputsOf(script.entropy));
      const sent = await converse(conversation, () => {
        if (left.length === 0) return end;
        const bytes = left.slice(0, size);
        left = left.subarray(size);
        return { kind: "received", bytes, atMs: 2 };
      });
      if (index === 0) first = Uint8Array.from(joined(sent.slice(0, HANDSHAKE_SENDS)));
      connections.push({ purpose: next.purpose, facts: conversation.facts(0) });
    }
    const result = judged(connections);
    expectThat(Object.hasOwn(VERDICTS, result.verdict.code), "a verdict that is in no table");
    const words = wordsOf(result);
    if (!said.has(words)) {
      const shown = ladder(result, { color: false, verbose: true, columns: 100 }) + jsonLine(result);
      expectThat(!UNSAFE.test(shown), "text that moves the cursor");
      said.add(words);
    }
    if (!tlsIsOk(result)) return;
    // A key serves several connections: the whole flight of another server is whole here as well.
    const isOwn = scripts.some(({ isWhole, sent }) => isWhole && isStartOf(first, sent));
    expectThat(isOwn, "ok for a handshake that was changed");
  },
};

/** What was said of a connection once is not written out again: that takes half of an execution's time. */
const said = new Set<string>();

const wordsOf = ({ verdict, findings }: Result): string =>
  [verdict.code, verdict.summary, ...findings.map(({ code, summary }) => `${code} ${summary}`)].join("\n");

/** Whether one of them begins as the other is. */
const isStartOf = (first: Uint8Array, second: Uint8Array): boolean => {
  const common = Math.min(first.length, second.length);
  return Buffer.compare(first.subarray(0, common), second.subarray(0, common)) === 0;
};
