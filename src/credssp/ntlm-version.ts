/** [MS-NLMP] 2.2.2.10 VERSION: the version of Windows, or what a third party puts there. */
import type { Reader } from "../bytes/reader.ts";
import type { Writer } from "../bytes/writer.ts";

/** NTLMSSP_REVISION_W2K3, the only revision there is. */
export const NTLM_REVISION = 0x0f;

export const VERSION_BYTES = 8;

export interface NtlmVersion {
  readonly major: number;
  readonly minor: number;
  readonly build: number;
  readonly revision: number;
}

/** Reads 8 bytes; the 3 reserved ones are passed over. */
export const readNtlmVersion = (reader: Reader, field: string): NtlmVersion => {
  const major = reader.u8(`${field}.productMajorVersion`);
  const minor = reader.u8(`${field}.productMinorVersion`);
  const build = reader.u16le(`${field}.productBuild`);
  reader.bytes(3, `${field}.reserved`);
  return { major, minor, build, revision: reader.u8(`${field}.ntlmRevisionCurrent`) };
};

/** Writes 8 bytes: zeros for null. */
export const writeNtlmVersion = (writer: Writer, version: NtlmVersion | null): Writer =>
  version === null
    ? writer.bytes(new Uint8Array(VERSION_BYTES))
    : writer.u8(version.major).u8(version.minor).u16le(version.build).u24(0).u8(version.revision);
