/** What a ClientHello allows the server to choose: the side of every check that comes from the client. */
import { type ClientHello, offeredVersions } from "../wire/client-hello.ts";
import { EXTENSION, extensionData } from "../wire/extension.ts";
import {
  decodeEcPointFormats,
  decodeSignatureAlgorithms,
  decodeSupportedGroups,
  wellFormed,
} from "../wire/extension-lists.ts";
import { decodeClientKeyShares } from "../wire/key-share.ts";

export interface Offer {
  readonly versions: readonly number[];
  readonly cipherSuites: readonly number[];
  readonly compressionMethods: readonly number[];
  readonly sessionId: Uint8Array;
  /** The types of all extensions. */
  readonly extensions: ReadonlySet<number>;
  /** Null where the hello does not say: then every group is allowed. */
  readonly groups: readonly number[] | null;
  readonly keyShareGroups: readonly number[];
  /** Null where the hello does not say: then SHA-1 alone is allowed (RFC 5246 7.4.1.4.1). */
  readonly signatureSchemes: readonly number[] | null;
  /** Null where the hello does not say. */
  readonly pointFormats: readonly number[] | null;
}

/** Reads the offer off a hello as it was sent; an extension that cannot be read counts as not said. */
export const offerOf = (hello: ClientHello): Offer => {
  const { extensions } = hello;
  const dataOf = (type: number): Uint8Array | null => extensionData(extensions, type);
  const shares = wellFormed(dataOf(EXTENSION.keyShare), decodeClientKeyShares);
  return {
    versions: offeredVersions(hello),
    cipherSuites: hello.cipherSuites,
    compressionMethods: hello.compressionMethods,
    sessionId: hello.sessionId,
    extensions: new Set(extensions?.map(({ type }) => type)),
    groups: wellFormed(dataOf(EXTENSION.supportedGroups), decodeSupportedGroups),
    keyShareGroups: shares?.map(({ group }) => group) ?? [],
    signatureSchemes: wellFormed(dataOf(EXTENSION.signatureAlgorithms), decodeSignatureAlgorithms),
    pointFormats: wellFormed(dataOf(EXTENSION.ecPointFormats), decodeEcPointFormats),
  };
};
