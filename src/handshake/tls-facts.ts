/** What the TLS handshake of one connection says, read from what each side sent and from our session. */
import type { DecodeFault } from "../bytes/decoded.ts";
import type { Alert } from "../tls/alert.ts";
import { type CipherSuite, cipherSuite } from "../tls/cipher-suites.ts";
import { readClientFlight } from "../tls/client-flight.ts";
import type { ClientHello } from "../tls/client-hello.ts";
import { groupName } from "../tls/named-groups.ts";
import { readServerFlight, type ServerFlight } from "../tls/server-flight.ts";
import { negotiatedVersion, selectedGroup } from "../tls/server-hello.ts";
import type { ServerKeyExchange } from "../tls/server-key-exchange.ts";
import { type TlsVersionName, tlsVersionName } from "../tls/versions.ts";
import { type CertificateFacts, readCertificate } from "../x509/certificate-facts.ts";
import type { SessionView } from "./transcript.ts";

export interface TlsFacts {
  readonly offered: ClientHello | null;
  /** The server's choice; `name` is null for a version that no RFC knows. */
  readonly version: { readonly code: number; readonly name: TlsVersionName | null } | null;
  readonly cipher: { readonly code: number; readonly suite: CipherSuite | null } | null;
  readonly group: string | null;
  /** The group's number where the wire shows it. */
  readonly groupCode: number | null;
  /** Null where none came in the clear. */
  readonly keyExchange: ServerKeyExchange | null;
  /** The server's last word was a HelloRetryRequest: it wants a key share of another group. */
  readonly retried: boolean;
  /** Leaf first; empty where none was seen. */
  readonly chain: readonly CertificateFacts[];
  /** The server's first readable alert. */
  readonly alert: Alert | null;
  readonly fault: DecodeFault | null;
  /** Bytes that the server sent behind its Connection Confirm. */
  readonly serverSizeBytes: number;
  /** Both sides' Finished went through, as far as our session can tell. */
  readonly completed: boolean;
  /** Why our own engine gave up, for people; never what a verdict rests on. */
  readonly localFault: string | null;
}

/** The parts of a transcript that the TLS facts are read from. */
export interface TlsEvidence {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
  /** What was read of `server` as it came; it counts where it has seen all of it. */
  readonly serverFlight?: ServerFlight | null;
  readonly session: SessionView | null;
  readonly localFault: string | null;
}

/** Reads the TLS handshake from the bytes of both sides behind the X.224 negotiation. */
export const readTls = ({
  client,
  server,
  serverFlight = null,
  session,
  localFault,
}: TlsEvidence): TlsFacts => {
  const flight = serverFlight?.sizeBytes === server.length ? serverFlight : readServerFlight(server);
  const hello = flight.hello ?? flight.helloRetryRequest;
  const groupCode = groupOf(flight);
  const code = hello === null ? null : negotiatedVersion(hello);
  return {
    offered: readClientFlight(client).hello,
    version: code === null ? null : { code, name: tlsVersionName(code) },
    cipher: hello === null ? null : { code: hello.cipherSuite, suite: cipherSuite(hello.cipherSuite) },
    group: (groupCode === null ? null : groupName(groupCode)) ?? session?.group ?? null,
    groupCode,
    keyExchange: flight.keyExchange,
    retried: flight.helloRetryRequest !== null && flight.hello === null,
    chain: (flight.certificates ?? session?.chain ?? []).map((der) => readCertificate(der, session !== null)),
    alert: flight.alert,
    fault: flight.fault,
    serverSizeBytes: flight.sizeBytes,
    completed: session !== null,
    localFault,
  };
};

const groupOf = (flight: ServerFlight): number | null => {
  const hello = flight.hello ?? flight.helloRetryRequest;
  const inHello = hello === null ? null : selectedGroup(hello);
  if (inHello !== null) return inHello;
  return flight.keyExchange?.kind === "ecdhe" ? flight.keyExchange.group : null;
};
