/** The driver of the conversations with listeners beside RDP: a real socket, within deadlines. */
import { ClientLayer } from "../handshake/facts/client-layer.ts";
import type {
  ListenerConversation,
  ListenerEvent,
  ListenerStage,
  ListenerTranscript,
} from "../handshake/conversation/http-conversation.ts";
import { WIDEST_PROFILE } from "../tls/profiles/profile-variants.ts";
import type { ConverseOptions } from "./converse.ts";
import { helloIngredients } from "./entropy/hello-ingredients.ts";
import { type KeptSecrets, keepSecrets } from "./entropy/key-log-lines.ts";
import { stageDeadlines } from "./stage-deadlines.ts";
import { TcpConnection } from "./tcp-connection.ts";
import { TLS_ENTROPY } from "./entropy/tls-entropy.ts";

export type ExchangeOptions = Omit<ConverseOptions, "connectTimeoutMs">;

/**
 * Holds one conversation on one new TCP connection, ends it politely, and comes back when the connection is
 * closed on both sides or dropped, so that the next one is the only one. What the peer does stands in the
 * transcript.
 * @throws LocalResourceError when this machine cannot open a connection.
 */
export const holdExchange = async (
  conversation: ListenerConversation,
  options: ExchangeOptions,
): Promise<ListenerTranscript> => {
  const { clock, endpoint, timeoutMs, deadlineAtMs } = options;
  const startedAtMs = clock.nowMs();
  const tap = new TcpConnection(endpoint, clock, options.onTraffic !== undefined);
  const secrets = keepSecrets(options.onTraffic !== undefined);
  const deadlineOf = stageDeadlines<ListenerStage>(clock, deadlineAtMs, (stage) =>
    Math.min(timeoutMs, SHORT_STAGES_MS[stage] ?? timeoutMs),
  );
  const transcript: ListenerEvent[] = [];
  const tell = (event: ListenerEvent): void => {
    transcript.push(event);
    conversation.receive(event);
  };
  let session: TlsSession | null = null;
  for (;;) {
    const action = conversation.next();
    switch (action.kind) {
      case "send":
        tell(tap.send(action.bytes));
        break;
      case "start-tls":
        session = new TlsSession(options.host, secrets, tap, tell);
        break;
      case "send-sealed":
        session?.seal(action.bytes, clock.nowMs());
        break;
      case "need-data": {
        const event = await tap.nextEvent(deadlineOf(action.stage));
        tell(event);
        if (event.kind === "received") session?.receive(event.bytes, event.atMs);
        break;
      }
      case "done":
        session?.close();
        tap.end();
        transcript.push({ kind: "ended", atMs: clock.nowMs() });
        await tap.closed;
        options.onTraffic?.({
          transcript: tap.transcript,
          startedAtMs,
          local: tap.local,
          remote: endpoint,
          keyLog: secrets.keyLog(),
        });
        return transcript;
    }
  }
};

/** Stages that wait for what should be there already, or for what never has to come. */
const SHORT_STAGES_MS: Readonly<Partial<Record<ListenerStage, number>>> = {
  "first-word": 1_000,
  "last-words": 100,
};

/** TLS on one connection: it tells what the wire hides. */
class TlsSession {
  readonly #layer: ClientLayer;
  readonly #tap: TcpConnection;
  readonly #tell: (event: ListenerEvent) => void;
  #openedBytes = 0;
  #isSecured = false;

  constructor(host: string, secrets: KeptSecrets, tap: TcpConnection, tell: (event: ListenerEvent) => void) {
    const { serverName, isAddress } = helloIngredients(host);
    const { onSecret } = secrets;
    this.#layer = new ClientLayer({
      profile: WIDEST_PROFILE,
      serverName,
      isAddress,
      entropy: TLS_ENTROPY,
      onSecret,
    });
    this.#tap = tap;
    this.#tell = tell;
    this.#flush();
  }

  receive(bytes: Uint8Array, atMs: number): void {
    const layer = this.#layer;
    layer.received(bytes);
    this.#flush();
    const { state } = layer;
    if (state.kind === "established") {
      if (!this.#isSecured) {
        this.#isSecured = true;
        this.#tell({ kind: "secured", atMs, chain: layer.facts().flight.certificates ?? [] });
      }
    } else if (state.kind !== "unfinished") this.#tell({ kind: "session-failed", atMs });
    const { opened } = layer;
    if (opened.length > this.#openedBytes) {
      const added = opened.subarray(this.#openedBytes);
      this.#openedBytes = opened.length;
      this.#tell({ kind: "opened", atMs, bytes: added });
    }
  }

  seal(bytes: Uint8Array, atMs: number): void {
    this.#tell({ kind: "sealed", atMs, bytes });
    this.#tap.send(this.#layer.seal(bytes));
  }

  /** close_notify, where the session stands. */
  close(): void {
    if (this.#isSecured && !this.#layer.isOver) this.#tap.send(this.#layer.close());
  }

  #flush(): void {
    const output = this.#layer.output();
    if (output !== null) this.#tap.send(output);
  }
}
