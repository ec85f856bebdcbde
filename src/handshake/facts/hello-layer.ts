/** TLS that goes no further than the answer to one ClientHello, as far as that is in the clear. */
import type { DecodeFault } from "../../bytes/decoded.ts";
import type { TlsFault } from "../../tls/client/tls-fault.ts";
import { ALERT_LEVEL } from "../../tls/wire/alert.ts";
import type { ClientHello } from "../../tls/wire/client-hello.ts";
import { clientHelloOf, type HelloIngredients } from "../../tls/profiles/hello-of-profile.ts";
import {
  createServerFlightReader,
  type ServerFlight,
  type ServerFlightReader,
} from "../../tls/wire/server-flight.ts";
import { negotiatedVersion, selectedGroup } from "../../tls/wire/server-hello.ts";
import { TLS_VERSION } from "../../tls/tables/versions.ts";
import { type HelloPlan, helloRecord } from "../plan/hello-plan.ts";
import type { TlsLayer, TlsLayerFacts, TlsState, TlsWords } from "./tls-layer.ts";

const NOTHING = new Uint8Array(0);
const NO_WORDS: TlsWords = { clientSpoke: false, serverSpoke: false, clientWentOn: false, isReadable: true };

export class HelloLayer implements TlsLayer {
  readonly sealed = NOTHING;
  readonly opened = NOTHING;
  readonly words = NO_WORDS;
  /** What is to be sent, segment by segment; empty where no hello is. */
  readonly parts: readonly Uint8Array[];
  readonly #offered: ClientHello | null;
  readonly #reader: ServerFlightReader = createServerFlightReader();

  /** @param plan null where the conversation ends before TLS. */
  constructor(plan: HelloPlan | null, ingredients: HelloIngredients) {
    this.#offered = plan === null ? null : clientHelloOf(plan.profile, ingredients);
    const record = plan === null ? null : helloRecord(plan, ingredients);
    this.parts = record === null ? [] : partsOf(record, plan?.split === true);
  }

  sent(): void {}

  received(bytes: Uint8Array): void {
    this.#reader.receive(bytes);
  }

  get serverSizeBytes(): number {
    return this.#reader.flight().sizeBytes;
  }

  /** Nothing more of the server's flight is to be had in the clear. */
  get saysAll(): boolean {
    return saysAll(this.#reader.flight());
  }

  get state(): TlsState {
    return stateOf(this.#reader.flight());
  }

  facts(): TlsLayerFacts {
    const flight = this.#reader.flight();
    return {
      offered: this.#offered,
      flight,
      group: groupOf(flight),
      state: stateOf(flight),
      sessionAlert: null,
      sessionFault: null,
      clientAlert: null,
    };
  }
}

/** The group that a flight in the clear names. */
export const groupOf = (flight: ServerFlight): number | null => {
  const hello = flight.hello ?? flight.helloRetryRequest;
  const inHello = hello === null ? null : selectedGroup(hello);
  if (inHello !== null) return inHello;
  return flight.keyExchange?.kind === "ecdhe" ? flight.keyExchange.group : null;
};

const partsOf = (record: Uint8Array, isSplit: boolean): readonly Uint8Array[] => {
  const middle = Math.floor(record.length / 2);
  return isSplit ? [record.subarray(0, middle), record.subarray(middle)] : [record];
};

const saysAll = (flight: ServerFlight): boolean =>
  flight.helloDone ||
  flight.encrypted ||
  flight.fault !== null ||
  flight.helloRetryRequest !== null ||
  flight.alert?.level === ALERT_LEVEL.fatal ||
  (flight.hello !== null && negotiatedVersion(flight.hello) >= TLS_VERSION.tls13);

/** What the clear part can say: nothing of it proves that the handshake goes through. */
const stateOf = (flight: ServerFlight): TlsState => {
  const { fault, alert } = flight;
  if (fault !== null) return { kind: "fault", fault: decodeFault(fault) };
  if (alert?.level === ALERT_LEVEL.fatal) return { kind: "alert", alert };
  const owes = saysAll(flight) ? "client" : "server";
  return { kind: "unfinished", owes, awaits: flight.hello === null ? "ServerHello" : "ServerHelloDone" };
};

/** `server_hello.version` and `handshake.length` begin with what they are of. */
export const decodeFault = (fault: DecodeFault): TlsFault => {
  const message = fault.field.split(".", 1)[0] ?? fault.field;
  return { kind: message === "record" ? "record" : "decode", message, ...fault };
};
