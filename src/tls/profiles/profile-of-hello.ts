/** A ClientHello read the other way round: the profile of the client that sent it, and its name where it is known. */
import { greatest, least } from "../../bytes/extremes.ts";
import { type ClientHello, offeredVersions } from "../wire/client-hello.ts";
import type { ClientProfile } from "./client-profile.ts";
import { CLIENT_PROFILES } from "./client-profiles.ts";
import { EXTENSION, extensionData } from "../wire/extension.ts";
import {
  decodeEcPointFormats,
  decodePskKeyExchangeModes,
  decodeSignatureAlgorithms,
  decodeSupportedGroups,
  decodeSupportedVersions,
  wellFormed,
} from "../wire/extension-lists.ts";
import { isGrease } from "../tables/grease.ts";
import { decodeClientKeyShares } from "../wire/key-share.ts";
import { TLS_VERSION } from "../tables/versions.ts";

/** The id of a profile that stands for a client of a capture. */
const CAPTURED_PROFILE_ID = "captured-client";

/** What the client offers, as a profile. */
export const profileOfHello = (hello: ClientHello): ClientProfile => {
  const list = (type: number, decode: typeof decodeSupportedGroups): readonly number[] =>
    (wellFormed(extensionData(hello.extensions, type), decode) ?? []).filter((code) => !isGrease(code));
  const versions = offeredVersions(hello);
  const shares = wellFormed(extensionData(hello.extensions, EXTENSION.keyShare), decodeClientKeyShares);
  const listed = extensionData(hello.extensions, EXTENSION.supportedVersions);
  return {
    id: CAPTURED_PROFILE_ID,
    name: "the client in the capture",
    source: ["its own ClientHello"],
    confidence: "captured",
    note: "",
    recordVersion: hello.version,
    helloVersion: hello.version,
    supportedVersions: wellFormed(listed, decodeSupportedVersions),
    minVersion: least(TLS_VERSION.tls13, versions),
    maxVersion: greatest(TLS_VERSION.ssl3, versions),
    cipherSuites: hello.cipherSuites.filter((code) => !isGrease(code)),
    groups: list(EXTENSION.supportedGroups, decodeSupportedGroups),
    keyShareGroups: (shares ?? []).map(({ group }) => group).filter((group) => !isGrease(group)),
    signatureAlgorithms: list(EXTENSION.signatureAlgorithms, decodeSignatureAlgorithms),
    pointFormats: list(EXTENSION.ecPointFormats, decodeEcPointFormats),
    pskModes: list(EXTENSION.pskKeyExchangeModes, decodePskKeyExchangeModes),
    extensionOrder: (hello.extensions ?? []).map(({ type }) => type).filter((type) => !isGrease(type)),
    sessionIdLength: hello.sessionId.length,
    sni: extensionData(hello.extensions, EXTENSION.serverName) === null ? "none" : "name",
    minRsaBits: 0,
    minDhBits: 0,
    // What it refuses shows in the capture itself.
    minSignedVersion: TLS_VERSION.ssl3,
    demandsSecureRenegotiation: false,
    takesEdDsa: true,
    demandsKeyEncipherment: false,
    minCredSspVersion: 0,
  };
};

/**
 * The known client that sends this very hello, or null. Of several that send the same, one whose own hello was
 * captured is named; else none is.
 */
export const recogniseClient = (hello: ClientHello): string | null => {
  const seen = fingerprint(profileOfHello(hello));
  const found = FINGERPRINTS.flatMap(([profile, print]) => (print === seen ? [profile] : []));
  const captured = found.filter(({ confidence }) => confidence === "captured");
  const [only] = captured.length > 0 ? captured : found;
  return captured.length === 1 || found.length === 1 ? (only?.id ?? null) : null;
};

/** All that is the client's own and not this connection's: a name may be sent or not. */
const fingerprint = (profile: ClientProfile): string =>
  JSON.stringify([
    profile.helloVersion,
    profile.supportedVersions?.filter((code) => !isGrease(code)) ?? null,
    profile.cipherSuites,
    profile.groups,
    profile.keyShareGroups,
    profile.signatureAlgorithms,
    profile.pointFormats,
    profile.pskModes,
    profile.extensionOrder.filter((type) => type !== EXTENSION.serverName),
  ]);

const FINGERPRINTS = CLIENT_PROFILES.map((profile) => [profile, fingerprint(profile)] as const);
