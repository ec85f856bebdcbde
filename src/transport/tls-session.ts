/**
 * A TLS session of our own over a tapped socket: it finishes the handshake, which shows what TLS 1.3
 * encrypts. What the session says of a failure never decides anything; the tap does.
 */
import { connect, createSecureContext, type SecureContext, type TLSSocket } from "node:tls";
import type { SessionView } from "../handshake/transcript.ts";
import { alertCode } from "../tls/alert.ts";
import type { ClientProfile } from "../tls/client-profile.ts";
import { errorCode } from "./error-code.ts";
import { sessionOffer } from "./session-offer.ts";
import type { TappedSocket } from "./tapped-socket.ts";

/** Servers without secure renegotiation (RFC 5746) are shown, not refused. */
const SSL_OP_LEGACY_SERVER_CONNECT = 0x4;

/** Longest chain that is walked; a peer's chain may point at itself. */
const MAX_CHAIN = 32;

/**
 * Starts TLS with what the profile's client offers; `secured` or `session-failed` goes to the tap when it is
 * over.
 * @param serverName SNI, or null for none: an address is never sent (RFC 6066 3).
 * @param onSecret takes each line of the session's key log, for who records it.
 */
export const startTlsSession = (
  tap: TappedSocket,
  profile: ClientProfile,
  serverName: string | null,
  onSecret: ((line: string) => void) | null = null,
): TLSSocket => {
  const socket = connect({
    socket: tap.stream(),
    ...(serverName === null ? {} : { servername: serverName }),
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    secureContext: sessionContext(profile),
  });
  if (onSecret !== null) socket.on("keylog", (line) => onSecret(line.toString("latin1")));
  socket.once("secureConnect", () => tap.secured(viewOf(socket)));
  socket.on("data", (bytes: Buffer) => tap.opened(bytes));
  socket.on("error", (error) => tap.sessionFailed(error.message, alertOf(error)));
  return socket;
};

/** Gathers a session's key log where somebody wants it, and else has it thrown away. */
export const keepSecrets = (
  isWanted: boolean,
): { readonly onSecret: ((line: string) => void) | null; keyLog(): string } => {
  let lines = "";
  const onSecret = (line: string): void => {
    lines += line;
  };
  return { onSecret: isWanted ? onSecret : null, keyLog: () => lines };
};

const contexts = new Map<string, SecureContext>();

/** What all sessions of a profile share; worth making ahead, while the network takes its time. */
export const sessionContext = (profile: ClientProfile): SecureContext => {
  const known = contexts.get(profile.id);
  if (known !== undefined) return known;
  const context = createSecureContext({
    ...sessionOffer(profile),
    secureOptions: SSL_OP_LEGACY_SERVER_CONNECT,
  });
  contexts.set(profile.id, context);
  return context;
};

const viewOf = (socket: TLSSocket): SessionView => {
  const key = socket.getEphemeralKeyInfo();
  const group = key !== null && "name" in key && typeof key.name === "string" ? key.name : null;
  return { chain: chainOf(socket), group };
};

const chainOf = (socket: TLSSocket): readonly Uint8Array[] => {
  const chain: Uint8Array[] = [];
  let certificate = socket.getPeerX509Certificate();
  while (certificate !== undefined && chain.length < MAX_CHAIN) {
    chain.push(certificate.raw);
    certificate = certificate.issuerCertificate;
  }
  return chain;
};

/** OpenSSL's name of an alert that the peer sent, `ERR_SSL_TLSV1_ALERT_ACCESS_DENIED`, as its number. */
const alertOf = (error: Error): number | null => {
  const name = /^ERR_SSL_(?:SSLV3|TLSV1|TLSV13)_ALERT_(\w+)$/.exec(errorCode(error) ?? "")?.[1];
  return name === undefined ? null : alertCode(name.toLowerCase());
};
