/** What the TLS handshake of one connection says. */
import type { Alert } from "../../tls/wire/alert.ts";
import { type CipherSuite, cipherSuite } from "../../tls/tables/cipher-suites.ts";
import type { TlsFault } from "../../tls/client/tls-fault.ts";
import type { ClientHello } from "../../tls/wire/client-hello.ts";
import { groupName } from "../../tls/tables/named-groups.ts";
import { EXTENSION, extensionData } from "../../tls/wire/extension.ts";
import { negotiatedVersion, type ServerHello } from "../../tls/wire/server-hello.ts";
import type { ServerKeyExchange } from "../../tls/wire/server-key-exchange.ts";
import { TLS_VERSION, type TlsVersionName, tlsVersionName } from "../../tls/tables/versions.ts";
import { type CertificateFacts, readCertificate } from "../../x509/certificate-facts.ts";
import type { ClientAlert, TlsLayerFacts, TlsState } from "./tls-layer.ts";

export interface TlsFacts {
  /** Null where a capture does not have the ClientHello. */
  readonly offered: ClientHello | null;
  /** The server's choice; `name` is null for a version that no RFC knows. */
  readonly version: { readonly code: number; readonly name: TlsVersionName | null } | null;
  readonly cipher: { readonly code: number; readonly suite: CipherSuite | null } | null;
  readonly group: string | null;
  readonly groupCode: number | null;
  /** Null where none came in the clear. */
  readonly keyExchange: ServerKeyExchange | null;
  /** The server's last word was a HelloRetryRequest: it wants a key share of another group. */
  readonly retried: boolean;
  /** The ServerHello says that the server knows RFC 5746; null where none came, and in TLS 1.3, which has none. */
  readonly securesRenegotiation: boolean | null;
  /** The server asked for a client certificate. */
  readonly asksForCertificate: boolean;
  /** Leaf first; empty where none was seen. */
  readonly chain: readonly CertificateFacts[];
  /** The server's first readable alert during the handshake. */
  readonly alert: Alert | null;
  /** The server's alert after it. */
  readonly sessionAlert: Alert | null;
  /** What it broke after it. */
  readonly sessionFault: TlsFault | null;
  /** The alert of a capture's client. */
  readonly clientAlert: ClientAlert | null;
  /** The server began before it had the ClientHello. */
  readonly isEarly: boolean;
  /** Bytes that the server sent after its Connection Confirm. */
  readonly serverSizeBytes: number;
  readonly state: TlsState;
}

/** Whether the handshake is proven to be through. */
export const isEstablished = (tls: TlsFacts | null): boolean => tls?.state.kind === "established";

export interface TlsReadingOptions {
  /** Whether a certificate's own signature is verified, which costs most of a millisecond. */
  readonly provesSelfSigned: boolean;
  readonly isEarly: boolean;
}

/** The facts in what a layer has read. */
export const readTls = (layer: TlsLayerFacts, { provesSelfSigned, isEarly }: TlsReadingOptions): TlsFacts => {
  const { offered, flight, group: groupCode, state, sessionAlert, clientAlert } = layer;
  const hello = flight.hello ?? flight.helloRetryRequest;
  const code = hello === null ? null : negotiatedVersion(hello);
  return {
    offered,
    version: code === null ? null : { code, name: tlsVersionName(code) },
    cipher: hello === null ? null : { code: hello.cipherSuite, suite: cipherSuite(hello.cipherSuite) },
    group: groupCode === null ? null : groupName(groupCode),
    groupCode,
    keyExchange: flight.keyExchange,
    retried: flight.helloRetryRequest !== null && flight.hello === null,
    securesRenegotiation: secureRenegotiation(hello, code),
    asksForCertificate: flight.certificateRequest !== null,
    chain: (flight.certificates ?? []).map((der) => readCertificate(der, provesSelfSigned)),
    alert: flight.alert,
    sessionAlert,
    sessionFault: layer.sessionFault,
    clientAlert,
    isEarly,
    serverSizeBytes: flight.sizeBytes,
    state,
  };
};

const secureRenegotiation = (hello: ServerHello | null, version: number | null): boolean | null =>
  hello === null || version === null || version >= TLS_VERSION.tls13
    ? null
    : extensionData(hello.extensions, EXTENSION.renegotiationInfo) !== null;
