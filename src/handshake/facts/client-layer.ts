/** TLS as our own client goes through it. */
import { createTlsClient, type TlsClient, type TlsClientOptions } from "../../tls/client/tls-client.ts";
import { createServerFlightReader, type ServerFlight } from "../../tls/wire/server-flight.ts";
import { TLS_VERSION } from "../../tls/tables/versions.ts";
import { negotiatedVersion } from "../../tls/wire/server-hello.ts";
import { GrowingBytes } from "../../bytes/growing-bytes.ts";
import { groupOf } from "./hello-layer.ts";
import type { TlsLayer, TlsLayerFacts, TlsState, TlsWords } from "./tls-layer.ts";

const CLOSE_NOTIFY = 0;

export class ClientLayer implements TlsLayer {
  readonly #client: TlsClient;
  readonly #sealed = new GrowingBytes();
  readonly #opened = new GrowingBytes();
  /** The handshake's bytes: where it stops, what is in the clear is read to its end. */
  #received: Uint8Array[] = [];
  #clear: ServerFlight | null = null;
  #state: TlsState | null = null;

  constructor(options: TlsClientOptions) {
    this.#client = createTlsClient(options);
  }

  /** Our own bytes are known already. */
  sent(): void {}

  received(bytes: Uint8Array): void {
    if (this.state.kind === "unfinished") this.#received.push(bytes);
    this.#client.receive(bytes);
    this.#state = null;
    const opened = this.#client.opened();
    if (opened !== null) this.#opened.append(opened);
  }

  /** What is to be sent now, or null. */
  output(): Uint8Array | null {
    return this.#client.output();
  }

  /** One record of application data. @throws RangeError where the session does not stand. */
  seal(bytes: Uint8Array): Uint8Array {
    this.#sealed.append(bytes);
    return this.#client.seal(bytes);
  }

  /** close_notify. */
  close(): Uint8Array {
    return this.#client.close();
  }

  get state(): TlsState {
    this.#state ??= stateOf(this.#client);
    return this.#state;
  }

  /** The server has refused by an alert, or broke the session: no more will come. After close_notify comes its FIN. */
  get isOver(): boolean {
    if (this.state.kind !== "established") return true;
    const { sessionAlert, sessionFault } = this.#client.reading();
    return sessionFault !== null || (sessionAlert !== null && sessionAlert.description !== CLOSE_NOTIFY);
  }

  /** The handshake stands for us, and the server may still refuse that we sent no certificate. */
  get mayBeRefusedYet(): boolean {
    const { flight } = this.#client.reading();
    const { hello, certificateRequest } = flight;
    return certificateRequest !== null && hello !== null && negotiatedVersion(hello) >= TLS_VERSION.tls13;
  }

  get words(): TlsWords {
    const serverSpoke = this.#opened.size > 0;
    return { clientSpoke: this.#sealed.size > 0, serverSpoke, clientWentOn: false, isReadable: true };
  }

  get serverSizeBytes(): number {
    return this.#client.reading().flight.sizeBytes;
  }

  get sealed(): Uint8Array {
    return this.#sealed.bytes;
  }

  get opened(): Uint8Array {
    return this.#opened.bytes;
  }

  facts(): TlsLayerFacts {
    const { offered, flight, group, sessionAlert, sessionFault } = this.#client.reading();
    const common = { offered, state: this.state, sessionAlert, sessionFault, clientAlert: null };
    const { kind } = this.state;
    if (kind !== "fault" && kind !== "limit") return { ...common, flight, group };
    const clear = this.#clearFlight();
    const { certificates, certificateRequest, alert } = flight;
    return {
      ...common,
      flight: {
        ...clear,
        certificates: clear.certificates ?? certificates,
        certificateRequest: clear.certificateRequest ?? certificateRequest,
        alert: clear.alert ?? alert,
      },
      group: groupOf(clear),
    };
  }

  /** What is wrong with a part does not void the others. */
  #clearFlight(): ServerFlight {
    if (this.#clear === null) {
      const reader = createServerFlightReader();
      for (const bytes of this.#received) reader.receive(bytes);
      this.#clear = reader.flight();
      this.#received = [];
    }
    return this.#clear;
  }
}

const stateOf = (client: TlsClient): TlsState => {
  const { outcome } = client.reading();
  switch (outcome.kind) {
    case "handshaking":
      return { kind: "unfinished", owes: "server", awaits: outcome.awaits };
    case "alert":
      return { kind: "alert", alert: outcome.alert };
    default:
      return outcome;
  }
};
