/** The versions of RDP-UDP in uUdpVer: [MS-RDPEUDP] 2.2.2.9, and who speaks them by its product notes. */

export const RDPUDP_VERSIONS = [
  { code: 0x0001, name: "1", since: "Windows 8 and Windows Server 2012" },
  { code: 0x0002, name: "2", since: "Windows 8.1 and Windows Server 2012 R2" },
  { code: 0x0101, name: "3", since: "Windows 10 1809 and Windows Server 2019" },
] as const;

export const RDPUDP_VERSION = { version1: 0x0001, version2: 0x0002, version3: 0x0101 } as const;

/** The number that people know a version by, `2`, or null where the specification has none. */
export const rdpudpVersionName = (code: number): string | null =>
  RDPUDP_VERSIONS.find((version) => version.code === code)?.name ?? null;
