/** [MS-RDPBCGR] 2.2.1.4.2: RDP versions by the number in Server Core Data and Client Core Data. */

export const RDP_VERSIONS: ReadonlyMap<number, string> = new Map([
  [0x00080001, "4.0"],
  [0x00080004, "5.0-8.1"],
  [0x00080005, "10.0"],
  [0x00080006, "10.1"],
  [0x00080007, "10.2"],
  [0x00080008, "10.3"],
  [0x00080009, "10.4"],
  [0x0008000a, "10.5"],
  [0x0008000b, "10.6"],
  [0x0008000c, "10.7"],
  [0x0008000d, "10.8"],
  [0x0008000e, "10.9"],
  [0x0008000f, "10.10"],
  [0x00080010, "10.11"],
  [0x00080011, "10.12"],
]);

/** The name of a version, or null. */
export const rdpVersionName = (version: number): string | null => RDP_VERSIONS.get(version) ?? null;
