/**
 * Which extensions a server may send in which message (RFC 8446 4.2), and only in answer to the client's. A type
 * that the table does not know may stand wherever the client sent it, and where the server asks on its own.
 */
import { EXTENSION, type Extension, extensionName } from "../wire/extension.ts";
import { faultOf, type TlsFault } from "./tls-fault.ts";

export type ExtensionPlace =
  /** ServerHello up to TLS 1.2. */
  "hello12" | "hello13" | "retry" | "encrypted" | "certificate" | "certificate-request" | "ticket";

/** Every type that is known here; those that only a client sends have no place. */
const PLACES: ReadonlyMap<number, readonly ExtensionPlace[]> = new Map<number, readonly ExtensionPlace[]>([
  [EXTENSION.serverName, ["hello12", "encrypted"]],
  [1, ["hello12", "encrypted"]],
  [EXTENSION.statusRequest, ["hello12", "certificate", "certificate-request"]],
  [EXTENSION.supportedGroups, ["hello12", "encrypted"]],
  [EXTENSION.ecPointFormats, ["hello12"]],
  [12, []],
  [EXTENSION.signatureAlgorithms, ["certificate-request"]],
  [14, []],
  [EXTENSION.alpn, ["hello12", "encrypted"]],
  [18, ["hello12", "certificate", "certificate-request"]],
  [21, []],
  [EXTENSION.encryptThenMac, ["hello12"]],
  [EXTENSION.extendedMasterSecret, ["hello12"]],
  [EXTENSION.sessionTicket, ["hello12"]],
  [EXTENSION.preSharedKey, ["hello13"]],
  [42, ["encrypted", "ticket"]],
  [EXTENSION.supportedVersions, ["hello13", "retry"]],
  [EXTENSION.cookie, ["retry"]],
  [EXTENSION.pskKeyExchangeModes, []],
  [47, ["certificate-request"]],
  [EXTENSION.postHandshakeAuth, []],
  [EXTENSION.signatureAlgorithmsCert, ["certificate-request"]],
  [EXTENSION.keyShare, ["hello13", "retry"]],
  [13172, ["hello12"]],
  [EXTENSION.renegotiationInfo, ["hello12"]],
]);

/** A client says by a signalling suite that it takes renegotiation_info; a cookie answers nothing. */
const UNSOLICITED: ReadonlySet<number> = new Set([EXTENSION.cookie, EXTENSION.renegotiationInfo]);

/** Places in which the server asks on its own. */
const ASKING: ReadonlySet<ExtensionPlace> = new Set<ExtensionPlace>(["certificate-request", "ticket"]);

/**
 * The first extension that does not belong, or null.
 * @param message the message's name for the fault
 * @param offered types that the client sent
 */
export const checkExtensions = (
  extensions: readonly Extension[] | null,
  place: ExtensionPlace,
  message: string,
  offered: ReadonlySet<number>,
): TlsFault | null => {
  if (extensions === null || extensions.length === 0) return null;
  const seen = new Set<number>();
  for (const { type } of extensions) {
    const field = `extensions.${extensionName(type) ?? type}`;
    if (PLACES.get(type)?.includes(place) === false) {
      return faultOf("decode", message, field, "the extension does not belong in this message");
    }
    if (seen.has(type)) return faultOf("decode", message, field, "the extension came twice");
    seen.add(type);
    if (!ASKING.has(place) && !UNSOLICITED.has(type) && !offered.has(type)) {
      return faultOf("not-offered", message, field, "the client did not send this extension");
    }
  }
  return null;
};
