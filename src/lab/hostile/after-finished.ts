/** A TLS 1.3 server that says, behind its Finished, what a client takes at any time, and never stops. */
import { Writer } from "../../bytes/writer.ts";
import { encodeHandshakeMessage, HANDSHAKE_TYPE } from "../../tls/wire/handshake-message.ts";
import { TLS_VERSION } from "../../tls/tables/versions.ts";
import type { ApplicationProtection } from "../flight/handshake-secrets-13.ts";
import { answerHelloBy } from "../hello-steps.ts";
import { SERVER_2022 } from "../policies/windows-policies.ts";
import type { Step } from "../steps.ts";

/** RFC 8446 4.6.1: for two hours, with a ticket of 64 bytes. */
const TICKET = encodeHandshakeMessage({
  type: HANDSHAKE_TYPE.newSessionTicket,
  body: new Writer()
    .u32(7200)
    .u32(0)
    .prefixed(1, (writer) => writer.u8(0))
    .prefixed(2, (writer) => writer.bytes(new Uint8Array(64).fill(0x42)))
    .prefixed(2, () => {})
    .finish(),
});
/** RFC 8446 4.6.3: the client's keys stay as they are, or are to be renewed as well. */
const keyUpdate = (isAsked: boolean): Uint8Array =>
  encodeHandshakeMessage({ type: HANDSHAKE_TYPE.keyUpdate, body: Uint8Array.of(isAsked ? 1 : 0) });

const forEver =
  (say: (application: ApplicationProtection) => Uint8Array): Step =>
  (visit) =>
    answerHelloBy(
      { ...SERVER_2022, versions: [TLS_VERSION.tls13] },
      { behind: (connection, application) => connection.flood(() => say(application)) },
    )(visit);

/** NewSessionTicket without end. */
export const ticketsForEver = forEver(({ seal }) => seal(TICKET));

/** KeyUpdate without end, each with the next keys. */
export const keyUpdatesForEver = (isAsked: boolean): Step =>
  forEver(({ seal, update }) => {
    const record = seal(keyUpdate(isAsked));
    update();
    return record;
  });
