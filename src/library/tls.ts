/** `rdprobe/tls`: records, hellos, certificates and alerts as codecs, and the clients' profiles. Re-exports only. */
export type { Decoded, DecodeFault } from "../bytes/decoded.ts";
export { ALERT_LEVEL, ALERTS, type Alert, alertName, decodeAlert, encodeAlert } from "../tls/wire/alert.ts";
export {
  type CertificateMessage,
  type CertificateMessage13,
  decodeCertificate,
  decodeCertificate13,
  encodeCertificate,
  encodeCertificate13,
} from "../tls/wire/certificate.ts";
export {
  type CipherSuite,
  cipherSuite,
  cipherSuiteByName,
  cipherSuites,
} from "../tls/tables/cipher-suites.ts";
export {
  type ClientHello,
  decodeClientHello,
  encodeClientHello,
  encodeClientHelloRecord,
  offeredVersions,
  serverName,
} from "../tls/wire/client-hello.ts";
export {
  CLIENT_PROFILES,
  type ClientProfile,
  type ClientProfileId,
  clientProfile,
} from "../tls/profiles/client-profiles.ts";
export {
  decodeHandshakeMessage,
  encodeHandshakeMessage,
  HANDSHAKE_TYPE,
  type HandshakeMessage,
} from "../tls/wire/handshake-message.ts";
export { clientHelloOf, type HelloIngredients } from "../tls/profiles/hello-of-profile.ts";
export { profileOfHello, recogniseClient } from "../tls/profiles/profile-of-hello.ts";
export {
  CONTENT_TYPE,
  decodeRecord,
  encodeRecord,
  encodeRecords,
  type TlsRecord,
} from "../tls/wire/record.ts";
export {
  decodeServerHello,
  encodeServerHello,
  isHelloRetryRequest,
  negotiatedVersion,
  type ServerHello,
  selectedGroup,
} from "../tls/wire/server-hello.ts";
export {
  TLS_VERSION,
  TLS_VERSIONS,
  type TlsVersionName,
  tlsVersionCode,
  tlsVersionName,
} from "../tls/tables/versions.ts";
