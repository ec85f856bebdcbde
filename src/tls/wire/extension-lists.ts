/** The extensions that are one list of numbers: groups, point formats, schemes, PSK modes, versions. */
import { type Decoded, done } from "../../bytes/decoded.ts";
import { Writer } from "../../bytes/writer.ts";
import { EXTENSION, type Extension } from "./extension.ts";
import { decodeWhole, readU8List, readU16List, writeOpaque, writeU16List } from "./vector.ts";

/** `supported_groups`, once `elliptic_curves`: codes in the client's order (RFC 8446 4.2.7). */
export const decodeSupportedGroups = (data: Uint8Array): Decoded<readonly number[]> =>
  u16List(data, 2, "supported_groups");

export const supportedGroups = (groups: readonly number[]): Extension => ({
  type: EXTENSION.supportedGroups,
  data: writeU16List(new Writer(), 2, groups).finish(),
});

/** `ec_point_formats`; 0 is uncompressed (RFC 8422 5.1.2). */
export const decodeEcPointFormats = (data: Uint8Array): Decoded<readonly number[]> =>
  u8List(data, "ec_point_formats");

export const ecPointFormats = (formats: readonly number[]): Extension => ({
  type: EXTENSION.ecPointFormats,
  data: writeOpaque(new Writer(), 1, formats).finish(),
});

/** `signature_algorithms`: schemes in the client's order (RFC 8446 4.2.3). */
export const decodeSignatureAlgorithms = (data: Uint8Array): Decoded<readonly number[]> =>
  u16List(data, 2, "signature_algorithms");

export const signatureAlgorithms = (schemes: readonly number[]): Extension => ({
  type: EXTENSION.signatureAlgorithms,
  data: writeU16List(new Writer(), 2, schemes).finish(),
});

/** `psk_key_exchange_modes`; 0 is psk_ke, 1 is psk_dhe_ke (RFC 8446 4.2.9). */
export const decodePskKeyExchangeModes = (data: Uint8Array): Decoded<readonly number[]> =>
  u8List(data, "psk_key_exchange_modes");

export const pskKeyExchangeModes = (modes: readonly number[]): Extension => ({
  type: EXTENSION.pskKeyExchangeModes,
  data: writeOpaque(new Writer(), 1, modes).finish(),
});

/** A client's `supported_versions` (RFC 8446 4.2.1). */
export const decodeSupportedVersions = (data: Uint8Array): Decoded<readonly number[]> =>
  u16List(data, 1, "supported_versions");

export const supportedVersions = (versions: readonly number[]): Extension => ({
  type: EXTENSION.supportedVersions,
  data: writeU16List(new Writer(), 1, versions).finish(),
});

/** A server's `supported_versions`: the one that it selected. */
export const decodeSelectedVersion = (data: Uint8Array): Decoded<number> =>
  decodeWhole(data, "supported_versions", (reader) => reader.u16("supported_versions.selected_version"));

export const selectedVersion = (version: number): Extension => ({
  type: EXTENSION.supportedVersions,
  data: new Writer().u16(version).finish(),
});

/** The value where an extension is there and well formed, else null. */
export const wellFormed = <T>(
  data: Uint8Array | null,
  decode: (data: Uint8Array) => Decoded<T>,
): T | null => {
  const decoded = data === null ? done(null, 0) : decode(data);
  return decoded.status === "done" ? decoded.value : null;
};

const u16List = (data: Uint8Array, width: 1 | 2, field: string): Decoded<readonly number[]> =>
  decodeWhole(data, field, (reader) => readU16List(reader, width, field));

const u8List = (data: Uint8Array, field: string): Decoded<readonly number[]> =>
  decodeWhole(data, field, (reader) => readU8List(reader, 1, field));
