/** Whether a ServerHello or HelloRetryRequest answers a ClientHello (RFC 8446 4.1.3 and 4.1.4, RFC 5246 7.4.1.3). */
import { fromHex } from "../../../bytes/hex.ts";
import { isSameBytes } from "../../../bytes/same-bytes.ts";
import { type CipherSuite, cipherSuite, isSuiteOfVersion } from "../../tables/cipher-suites.ts";
import { EXTENSION, extensionData, extensionName } from "../../wire/extension.ts";
import { decodeEcPointFormats, decodeSelectedVersion, wellFormed } from "../../wire/extension-lists.ts";
import { decodeRenegotiationInfo } from "../../tables/extension-signals.ts";
import { decodeRetryGroup, decodeServerKeyShare } from "../../wire/key-share.ts";
import type { ServerHello } from "../../wire/server-hello.ts";
import { TLS_VERSION } from "../../tables/versions.ts";
import { decodeCookie } from "../cookie.ts";
import type { Offer } from "../offer.ts";
import { checkExtensions } from "../server-extensions.ts";
import { faultOf, type TlsFault, type TlsFaultKind } from "../tls-fault.ts";

/**
 * Checks the ServerHello that ends the negotiation; the suite itself may still be one that nobody finishes.
 * @param retry the HelloRetryRequest before it, or null
 * @param offer of the latest ClientHello
 */
export const checkServerHello = (
  hello: ServerHello,
  offer: Offer,
  retry: ServerHello | null,
): TlsFault | null => {
  const version = selectedVersionOf(hello);
  return (
    checkVersion(hello, offer, version, retry) ??
    (version >= TLS_VERSION.tls13
      ? (checkExtensions(hello.extensions, "hello13", MESSAGE, offer.extensions) ??
        checkEcho(hello, offer) ??
        checkSuite(hello, offer, version, retry) ??
        checkKeyShare(hello, offer))
      : (checkExtensions(hello.extensions, "hello12", MESSAGE, offer.extensions) ??
        checkSuite(hello, offer, version, null) ??
        checkCompression(hello) ??
        checkAnswers12(hello, offer)))
  );
};

/** Checks a HelloRetryRequest against the hello that it answers. */
export const checkHelloRetryRequest = (retry: ServerHello, offer: Offer): TlsFault | null => {
  if (!offer.versions.includes(TLS_VERSION.tls13)) {
    return fault("not-offered", "random", RANDOM_AT, "a HelloRetryRequest to a client without TLS 1.3");
  }
  return (
    checkExtensions(retry.extensions, "retry", MESSAGE, offer.extensions) ??
    checkEcho(retry, offer) ??
    checkRetryVersion(retry) ??
    checkSuite(retry, offer, TLS_VERSION.tls13, null) ??
    checkRetryChange(retry, offer)
  );
};

const MESSAGE = "server_hello";
const RANDOM_AT = 2;
const SESSION_ID_AT = 34;

const fault = (kind: TlsFaultKind, field: string, offset: number, reason: string): TlsFault =>
  faultOf(kind, MESSAGE, field, reason, offset);

const suiteOffset = ({ sessionId }: ServerHello): number => SESSION_ID_AT + 1 + sessionId.length;

const hex = (code: number): string => `0x${code.toString(16).padStart(4, "0")}`;

/** Where a field is in the extensions, from the start of the body. */
const extensionOffset = (hello: ServerHello, type: number): number => {
  let at = suiteOffset(hello) + 2 + 1 + 2;
  for (const extension of hello.extensions ?? []) {
    if (extension.type === type) return at;
    at += 4 + extension.data.length;
  }
  return at;
};

const extensionFault = (hello: ServerHello, kind: TlsFaultKind, type: number, reason: string): TlsFault =>
  fault(kind, `extensions.${extensionName(type) ?? type}`, extensionOffset(hello, type), reason);

/** What supported_versions says, where it is there; it may be no version at all. */
const selectedVersionOf = (hello: ServerHello): number => {
  const data = extensionData(hello.extensions, EXTENSION.supportedVersions);
  return data === null ? hello.version : (wellFormed(data, decodeSelectedVersion) ?? 0);
};

const checkVersion = (
  hello: ServerHello,
  offer: Offer,
  version: number,
  retry: ServerHello | null,
): TlsFault | null => {
  const isListed = extensionData(hello.extensions, EXTENSION.supportedVersions) !== null;
  if (isListed && !offer.extensions.has(EXTENSION.supportedVersions)) {
    return extensionFault(
      hello,
      "not-offered",
      EXTENSION.supportedVersions,
      "the client did not send this extension",
    );
  }
  if (isListed && version !== TLS_VERSION.tls13) {
    return extensionFault(hello, "decode", EXTENSION.supportedVersions, `${hex(version)} is not TLS 1.3`);
  }
  if (!isListed && version >= TLS_VERSION.tls13) {
    return fault("not-offered", "version", 0, `${hex(version)} without supported_versions`);
  }
  if (retry !== null && version !== TLS_VERSION.tls13) {
    return fault("not-offered", "version", 0, `${hex(version)} after a HelloRetryRequest`);
  }
  if (!offer.versions.includes(version)) {
    return fault("not-offered", "version", 0, `version ${hex(version)} was not offered`);
  }
  return checkDowngrade(hello, offer, version);
};

const DOWNGRADE_BYTES = 8;
/** "DOWNGRD" and what the server could have had (RFC 8446 4.1.3). */
const DOWNGRADE_TO_12 = fromHex("444f574e47524401");
const DOWNGRADE_TO_11 = fromHex("444f574e47524400");

const checkDowngrade = (hello: ServerHello, offer: Offer, version: number): TlsFault | null => {
  let newest = 0;
  for (const offered of offer.versions) newest = Math.max(newest, offered);
  if (version >= newest) return null;
  const mark = version === TLS_VERSION.tls12 ? DOWNGRADE_TO_12 : DOWNGRADE_TO_11;
  return isSameBytes(hello.random.subarray(-DOWNGRADE_BYTES), mark)
    ? fault(
        "not-offered",
        "random",
        RANDOM_AT + hello.random.length - DOWNGRADE_BYTES,
        "the server says that the version was lowered on the way",
      )
    : null;
};

/** TLS 1.3: the session id comes back, and nothing is compressed. */
const checkEcho = (hello: ServerHello, offer: Offer): TlsFault | null => {
  const compression = checkCompression(hello);
  if (compression !== null) return compression;
  return isSameBytes(hello.sessionId, offer.sessionId)
    ? null
    : fault("decode", "session_id", SESSION_ID_AT, "it is not the client's");
};

const checkCompression = (hello: ServerHello): TlsFault | null =>
  hello.compressionMethod === 0
    ? null
    : fault(
        "not-offered",
        "compression_method",
        suiteOffset(hello) + 2,
        `compression ${hello.compressionMethod} was not offered`,
      );

const checkSuite = (
  hello: ServerHello,
  offer: Offer,
  version: number,
  retry: ServerHello | null,
): TlsFault | null => {
  const code = hello.cipherSuite;
  const at = suiteOffset(hello);
  if (!offer.cipherSuites.includes(code)) {
    return fault("not-offered", "cipher_suite", at, `suite ${hex(code)} was not offered`);
  }
  const suite: CipherSuite | null = cipherSuite(code);
  if (suite === null || !isSuiteOfVersion(suite, version)) {
    return fault("not-offered", "cipher_suite", at, `suite ${hex(code)} is not one of the version`);
  }
  return retry !== null && retry.cipherSuite !== code
    ? fault("not-offered", "cipher_suite", at, "another suite than in the HelloRetryRequest")
    : null;
};

const checkKeyShare = (hello: ServerHello, offer: Offer): TlsFault | null => {
  if (extensionData(hello.extensions, EXTENSION.preSharedKey) !== null) {
    return extensionFault(hello, "not-offered", EXTENSION.preSharedKey, "no key was offered");
  }
  const data = extensionData(hello.extensions, EXTENSION.keyShare);
  if (data === null) return extensionFault(hello, "decode", EXTENSION.keyShare, "it is missing");
  const share = wellFormed(data, decodeServerKeyShare);
  if (share === null || share.keyExchange.length === 0) {
    return extensionFault(hello, "decode", EXTENSION.keyShare, "it is no key share");
  }
  return offer.keyShareGroups.includes(share.group)
    ? null
    : extensionFault(
        hello,
        "not-offered",
        EXTENSION.keyShare,
        `group ${hex(share.group)} had no share of the client's`,
      );
};

/** The data of the extensions that say something up to TLS 1.2. */
const checkAnswers12 = (hello: ServerHello, offer: Offer): TlsFault | null => {
  for (const { type, data } of hello.extensions ?? []) {
    const reason = ANSWERS_12.get(type)?.(data, hello, offer) ?? null;
    if (reason !== null) return extensionFault(hello, "decode", type, reason);
  }
  return null;
};

type AnswerCheck = (data: Uint8Array, hello: ServerHello, offer: Offer) => string | null;

const isEmpty: AnswerCheck = (data) => (data.length === 0 ? null : "it has data");

const checkRenegotiation: AnswerCheck = (data) => {
  const value = wellFormed(data, decodeRenegotiationInfo);
  if (value === null) return "it is no renegotiation_info";
  return value.length === 0 ? null : "it speaks of an earlier handshake";
};

const UNCOMPRESSED = 0;

const checkPointFormats: AnswerCheck = (data, hello, offer) => {
  const formats = wellFormed(data, decodeEcPointFormats);
  if (formats === null || formats.length === 0) return "it is no list of point formats";
  const suite = cipherSuite(hello.cipherSuite);
  const isElliptic = suite?.keyExchange === "ecdhe" || suite?.authentication === "ecdsa";
  return isElliptic && offer.pointFormats !== null && !formats.includes(UNCOMPRESSED)
    ? "uncompressed points are not among them"
    : null;
};

const ANSWERS_12: ReadonlyMap<number, AnswerCheck> = new Map<number, AnswerCheck>([
  [EXTENSION.serverName, isEmpty],
  [EXTENSION.statusRequest, isEmpty],
  [EXTENSION.encryptThenMac, isEmpty],
  [EXTENSION.extendedMasterSecret, isEmpty],
  [EXTENSION.sessionTicket, isEmpty],
  [EXTENSION.renegotiationInfo, checkRenegotiation],
  [EXTENSION.ecPointFormats, checkPointFormats],
]);

const checkRetryVersion = (retry: ServerHello): TlsFault | null => {
  const data = extensionData(retry.extensions, EXTENSION.supportedVersions);
  return data === null || wellFormed(data, decodeSelectedVersion) === TLS_VERSION.tls13
    ? null
    : extensionFault(retry, "decode", EXTENSION.supportedVersions, "it is not TLS 1.3");
};

/** The second hello must differ from the first: another share, or a cookie. */
const checkRetryChange = (retry: ServerHello, offer: Offer): TlsFault | null => {
  const cookie = extensionData(retry.extensions, EXTENSION.cookie);
  if (cookie !== null && decodeCookie(cookie).status !== "done") {
    return extensionFault(retry, "decode", EXTENSION.cookie, "it is no cookie");
  }
  const data = extensionData(retry.extensions, EXTENSION.keyShare);
  if (data === null) {
    return cookie === null
      ? fault("decode", "extensions", suiteOffset(retry) + 3, "it asks for nothing")
      : null;
  }
  const group = wellFormed(data, decodeRetryGroup);
  if (group === null) return extensionFault(retry, "decode", EXTENSION.keyShare, "it is no group");
  if (offer.keyShareGroups.includes(group)) {
    return extensionFault(retry, "decode", EXTENSION.keyShare, `group ${hex(group)} had a share already`);
  }
  return offer.groups?.includes(group) === true
    ? null
    : extensionFault(retry, "not-offered", EXTENSION.keyShare, `group ${hex(group)} was not offered`);
};
