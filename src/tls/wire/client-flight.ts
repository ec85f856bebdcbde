/** What a client sends in the clear: its ClientHello, a second one after a HelloRetryRequest, an alert. */
import type { DecodeFault } from "../../bytes/decoded.ts";
import { type Alert, decodeAlert } from "./alert.ts";
import { type ClientHello, decodeClientHello } from "./client-hello.ts";
import { decodeHandshakeMessage, HANDSHAKE_HEADER_SIZE_BYTES, HANDSHAKE_TYPE } from "./handshake-message.ts";
import { HandshakeStream } from "./handshake-stream.ts";
import { CONTENT_TYPE } from "./record.ts";
import { type PlacedRecord, RecordStream } from "./record-stream.ts";

export interface ClientFlight {
  /** The first ClientHello. */
  readonly hello: ClientHello | null;
  /** All of them: two where the server asked for another. */
  readonly hellos: readonly ClientHello[];
  /** The first alert in the clear. */
  readonly alert: Alert | null;
  /** What broke the protocol first, its offset counted in the client's TLS bytes. */
  readonly fault: DecodeFault | null;
}

/** Reads until the bytes end, break the protocol, or are encrypted. */
export const readClientFlight = (bytes: Uint8Array): ClientFlight => {
  const records = new RecordStream();
  const messages = new HandshakeStream();
  records.append(bytes);
  let state: State = { hellos: [], alert: null, fault: null, changedCipherSpec: false, isOver: false };
  while (!state.isOver) {
    const record = records.next();
    if (record.status === "need") break;
    state =
      record.status === "bad" ? failed(state, record.fault) : afterRecord(state, record.value, messages);
  }
  const { hellos, alert, fault } = state;
  return { hello: hellos[0] ?? null, hellos, alert, fault };
};

interface State {
  readonly hellos: readonly ClientHello[];
  readonly alert: Alert | null;
  readonly fault: DecodeFault | null;
  readonly changedCipherSpec: boolean;
  /** Nothing more can be read. */
  readonly isOver: boolean;
}

const MAX_HELLOS = 2;

const failed = (state: State, fault: DecodeFault): State => ({ ...state, fault, isOver: true });

const afterRecord = (state: State, record: PlacedRecord, messages: HandshakeStream): State => {
  switch (record.contentType) {
    case CONTENT_TYPE.changeCipherSpec:
      return { ...state, changedCipherSpec: true };
    case CONTENT_TYPE.applicationData:
      return { ...state, isOver: true };
    case CONTENT_TYPE.alert:
      return state.changedCipherSpec ? { ...state, isOver: true } : afterAlert(state, record);
    case CONTENT_TYPE.handshake:
      if (state.changedCipherSpec && !isClientHelloAlone(record.fragment)) return { ...state, isOver: true };
      messages.append(record);
      return afterMessages(state, messages);
    default:
      return state;
  }
};

/**
 * Behind a ChangeCipherSpec a TLS 1.3 client may send its second ClientHello in the clear, an older one only
 * ciphertext; from this side nothing else tells the two apart.
 */
const isClientHelloAlone = (fragment: Uint8Array): boolean => {
  const message = decodeHandshakeMessage(fragment);
  return (
    message.status === "done" &&
    message.value.type === HANDSHAKE_TYPE.clientHello &&
    decodeClientHello(message.value.body).status === "done"
  );
};

const afterAlert = (state: State, record: PlacedRecord): State => {
  const decoded = decodeAlert(record.fragment);
  if (decoded.status === "done") return { ...state, alert: state.alert ?? decoded.value };
  const reason = `${record.fragment.length} bytes are no alert`;
  return failed(state, { field: "alert", offset: record.fragmentOffset, reason });
};

const afterMessages = (state: State, messages: HandshakeStream): State => {
  let known = state;
  while (!known.isOver) {
    const message = messages.next();
    if (message.status === "need") break;
    if (message.status === "bad") return failed(known, message.fault);
    if (message.value.type !== HANDSHAKE_TYPE.clientHello) continue;
    const { body, placed } = message.value;
    const hello = decodeClientHello(body);
    if (hello.status === "bad") return failed(known, placed(hello.fault));
    if (hello.status !== "done") break;
    if (known.hellos.length === MAX_HELLOS) {
      const reason = `more than ${MAX_HELLOS} came`;
      return failed(
        known,
        placed({ field: "handshake.client_hello", offset: -HANDSHAKE_HEADER_SIZE_BYTES, reason }),
      );
    }
    known = { ...known, hellos: [...known.hellos, hello.value] };
  }
  return known;
};
