/** The ClientHello that a profile's client would send: what is random or secret comes from the caller. */
import type { ClientHello } from "../wire/client-hello.ts";
import { MAX_SESSION_ID_SIZE_BYTES, RANDOM_SIZE_BYTES } from "../wire/hello-start.ts";
import type { ClientProfile } from "./client-profile.ts";
import { EXTENSION, type Extension } from "../wire/extension.ts";
import {
  ecPointFormats,
  pskKeyExchangeModes,
  signatureAlgorithms,
  supportedGroups,
  supportedVersions,
} from "../wire/extension-lists.ts";
import {
  encryptThenMac,
  extendedMasterSecret,
  postHandshakeAuth,
  renegotiationInfo,
  sessionTicket,
  statusRequest,
} from "../tables/extension-signals.ts";
import { clientKeyShares } from "../wire/key-share.ts";
import { hostName } from "../wire/server-name.ts";

export interface HelloIngredients {
  /** The host in ASCII without a trailing dot (RFC 6066 3), or null where none is to be sent. */
  readonly serverName: string | null;
  /** Is `serverName` an address? Most clients keep it to themselves then. */
  readonly isAddress: boolean;
  /** 32 bytes. */
  readonly random: Uint8Array;
  /** 32 bytes, of which the profile takes as many as its client sends. */
  readonly sessionId: Uint8Array;
  /** A public value of the group: a point that is valid, since servers check. */
  readonly keyShares: (group: number) => Uint8Array;
}

/** @throws RangeError when random or session id have another size, or a profile names an unknown extension. */
export const clientHelloOf = (profile: ClientProfile, ingredients: HelloIngredients): ClientHello => {
  expectSize("random", ingredients.random, RANDOM_SIZE_BYTES);
  expectSize("session id", ingredients.sessionId, MAX_SESSION_ID_SIZE_BYTES);
  return {
    version: profile.helloVersion,
    random: ingredients.random,
    sessionId: ingredients.sessionId.slice(0, profile.sessionIdLength),
    cipherSuites: profile.cipherSuites,
    compressionMethods: [NO_COMPRESSION],
    // SSL 3 has no extensions, not even an empty list of them.
    extensions:
      profile.extensionOrder.length === 0
        ? null
        : profile.extensionOrder.flatMap((type) => extensionsOfType(type, profile, ingredients)),
  };
};

/** What a profile's extension says to everybody, by type: made once, as a scan says it thousands of times. */
const fixedExtensions = new WeakMap<ClientProfile, Map<number, readonly Extension[]>>();

const NO_COMPRESSION = 0;

const expectSize = (what: string, bytes: Uint8Array, size: number): void => {
  if (bytes.length !== size)
    throw new RangeError(`client hello: ${what} of ${bytes.length} bytes, not ${size}`);
};

const extensionsOfType = (
  type: number,
  profile: ClientProfile,
  ingredients: HelloIngredients,
): readonly Extension[] => {
  switch (type) {
    case EXTENSION.serverName:
      return serverNameOf(profile, ingredients);
    case EXTENSION.keyShare:
      return [clientKeyShares(profile.keyShareGroups.map((group) => shareOf(group, ingredients)))];
    default:
      return fixedExtensionsOfType(type, profile);
  }
};

const fixedExtensionsOfType = (type: number, profile: ClientProfile): readonly Extension[] => {
  const made = fixedExtensions.get(profile) ?? new Map<number, readonly Extension[]>();
  fixedExtensions.set(profile, made);
  const extensions = made.get(type) ?? makeExtensions(type, profile);
  made.set(type, extensions);
  return extensions;
};

const makeExtensions = (type: number, profile: ClientProfile): readonly Extension[] => {
  switch (type) {
    case EXTENSION.statusRequest:
      return [statusRequest()];
    case EXTENSION.supportedGroups:
      return [supportedGroups(profile.groups)];
    case EXTENSION.ecPointFormats:
      return [ecPointFormats(profile.pointFormats)];
    case EXTENSION.signatureAlgorithms:
      return [signatureAlgorithms(profile.signatureAlgorithms)];
    case EXTENSION.encryptThenMac:
      return [encryptThenMac()];
    case EXTENSION.extendedMasterSecret:
      return [extendedMasterSecret()];
    case EXTENSION.sessionTicket:
      return [sessionTicket()];
    case EXTENSION.supportedVersions:
      return profile.supportedVersions === null ? [] : [supportedVersions(profile.supportedVersions)];
    case EXTENSION.pskKeyExchangeModes:
      return [pskKeyExchangeModes(profile.pskModes)];
    case EXTENSION.postHandshakeAuth:
      return [postHandshakeAuth()];
    case EXTENSION.renegotiationInfo:
      return [renegotiationInfo()];
    default:
      throw new RangeError(`client hello: no extension of type ${type} can be made`);
  }
};

const shareOf = (group: number, { keyShares }: HelloIngredients) => ({
  group,
  keyExchange: keyShares(group),
});

const serverNameOf = (
  profile: ClientProfile,
  { serverName, isAddress }: HelloIngredients,
): readonly Extension[] => {
  const isSent = profile.sni === "name-or-address" || (profile.sni === "name" && !isAddress);
  return serverName !== null && isSent ? [hostName(serverName)] : [];
};
