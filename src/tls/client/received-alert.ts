/** What an alert means to a connection: its bytes, and whether it ends there (RFC 5246 7.2, RFC 8446 6). */
import { ALERT_LEVEL, type Alert } from "../wire/alert.ts";
import { negotiatedVersion, type ServerHello } from "../wire/server-hello.ts";
import { TLS_VERSION } from "../tables/versions.ts";
import { faultOf, type TlsFault } from "./tls-fault.ts";

const CLOSE_NOTIFY = 0;
const USER_CANCELED = 90;
const NO_RENEGOTIATION = 100;

/** The alert in a record, or what is wrong with it. */
export const alertOf = (
  bytes: Uint8Array,
  offset: number,
): { readonly alert: Alert } | { readonly fault: TlsFault } => {
  const [level, description] = bytes;
  return level === undefined || description === undefined || bytes.length !== 2
    ? { fault: faultOf("decode", "alert", "", `${bytes.length} bytes are no alert`, offset) }
    : { alert: { level, description } };
};

/** In TLS 1.3 every alert is fatal but user_canceled. @param hello null before the ServerHello. */
export const endsConnection = ({ level, description }: Alert, hello: ServerHello | null): boolean => {
  if (description === CLOSE_NOTIFY) return true;
  const is13 = hello !== null && negotiatedVersion(hello) >= TLS_VERSION.tls13;
  if (is13) return description !== USER_CANCELED;
  return level !== ALERT_LEVEL.warning || description === NO_RENEGOTIATION;
};

/** The one that tells more of two: the first, unless a fatal one follows a warning. */
export const graverAlert = (known: Alert | null, next: Alert): Alert =>
  known === null || (known.level !== ALERT_LEVEL.fatal && next.level === ALERT_LEVEL.fatal) ? next : known;
