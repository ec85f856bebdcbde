/** Which Windows a build number stands for, as a server's NTLM VERSION or an event log gives it. */

export interface WindowsBuild {
  readonly major: number;
  readonly minor: number;
  readonly build: number;
  readonly client: string | null;
  readonly server: string | null;
  /** Year, or year and month. */
  readonly released: string;
  /** `listed`: only in lists of third parties; `unverified`: seen once, and its name is not certain. */
  readonly confidence: "well-known" | "listed" | "unverified";
}

type Row = readonly [
  major: number,
  minor: number,
  build: number,
  client: string | null,
  server: string | null,
  released: string,
  confidence: WindowsBuild["confidence"],
];

/**
 * Releases that are enablement packages show the build that they switch on features of: 19041 stands for
 * all of 2004 to 22H2, 18362 for 1903 and 1909, 22621 for 22H2 and 23H2, 26100 for 24H2, 25H2
 * and 26H2.
 */
const ROWS: readonly Row[] = [
  [5, 1, 2600, "Windows XP", null, "2001-10", "well-known"],
  [5, 2, 3790, "Windows XP x64", "Windows Server 2003 / 2003 R2", "2003-04", "well-known"],
  [6, 0, 6000, "Windows Vista", null, "2007-01", "well-known"],
  [6, 0, 6001, "Windows Vista SP1", "Windows Server 2008", "2008-02", "well-known"],
  [6, 0, 6002, "Windows Vista SP2", "Windows Server 2008 SP2", "2009-05", "well-known"],
  [6, 0, 6003, null, "Windows Server 2008 SP2", "2019-03", "well-known"],
  [6, 1, 7600, "Windows 7", "Windows Server 2008 R2", "2009-10", "well-known"],
  [6, 1, 7601, "Windows 7 SP1", "Windows Server 2008 R2 SP1", "2011-02", "well-known"],
  [6, 2, 9200, "Windows 8", "Windows Server 2012", "2012-10", "well-known"],
  [6, 3, 9600, "Windows 8.1", "Windows Server 2012 R2", "2013-10", "well-known"],
  [10, 0, 10240, "Windows 10 1507", null, "2015-07", "well-known"],
  [10, 0, 10586, "Windows 10 1511", null, "2015-11", "well-known"],
  [10, 0, 14393, "Windows 10 1607", "Windows Server 2016", "2016-08", "well-known"],
  [10, 0, 15063, "Windows 10 1703", null, "2017-04", "well-known"],
  [10, 0, 16299, "Windows 10 1709", "Windows Server, version 1709", "2017-10", "well-known"],
  [10, 0, 17134, "Windows 10 1803", "Windows Server, version 1803", "2018-04", "well-known"],
  [10, 0, 17763, "Windows 10 1809", "Windows Server 2019", "2018-11", "well-known"],
  [10, 0, 17784, null, "Azure Stack HCI 20H2", "2020-12", "listed"],
  [10, 0, 18362, "Windows 10 1903 or 1909", "Windows Server, version 1903 or 1909", "2019-05", "well-known"],
  [10, 0, 18363, "Windows 10 1909", "Windows Server, version 1909", "2019-11", "well-known"],
  [10, 0, 19041, "Windows 10 2004 to 22H2", "Windows Server, version 2004 or 20H2", "2020-05", "well-known"],
  [10, 0, 19042, "Windows 10 20H2", "Windows Server, version 20H2", "2020-10", "well-known"],
  [10, 0, 19043, "Windows 10 21H1", null, "2021-05", "well-known"],
  [10, 0, 19044, "Windows 10 21H2", null, "2021-11", "well-known"],
  [10, 0, 19045, "Windows 10 22H2", null, "2022-10", "well-known"],
  [10, 0, 20348, null, "Windows Server 2022", "2021-08", "well-known"],
  [10, 0, 20349, null, "Azure Stack HCI 22H2", "2022-10", "listed"],
  [10, 0, 22000, "Windows 11 21H2", null, "2021-10", "well-known"],
  [10, 0, 22621, "Windows 11 22H2 or 23H2", null, "2022-09", "well-known"],
  [10, 0, 22631, "Windows 11 23H2", null, "2023-10", "well-known"],
  [10, 0, 25398, null, "Windows Server, version 23H2", "2023-10", "well-known"],
  [10, 0, 26100, "Windows 11 24H2, 25H2 or 26H2", "Windows Server 2025", "2024-10", "well-known"],
  [10, 0, 26200, "Windows 11 25H2", null, "2025-09", "well-known"],
  [10, 0, 26300, "Windows 11 26H2", null, "2026-09", "listed"],
  [10, 0, 28000, "Windows 11 26H1", null, "2026", "listed"],
  [10, 0, 29550, null, "Windows Server vNext (Insider)", "2026", "unverified"],
];

export const WINDOWS_BUILDS: readonly WindowsBuild[] = ROWS.map(
  ([major, minor, build, client, server, released, confidence]) => ({
    major,
    minor,
    build,
    client,
    server,
    released,
    confidence,
  }),
);

/**
 * The names of Windows with exactly this build: client before server where both share it, which the number
 * alone cannot tell apart; empty for a build that is not in the table.
 */
export const osNames = (version: Pick<WindowsBuild, "major" | "minor" | "build">): readonly string[] =>
  WINDOWS_BUILDS.filter(
    ({ major, minor, build }) =>
      major === version.major && minor === version.minor && build === version.build,
  )
    .flatMap(({ client, server }) => [client, server])
    .filter((name) => name !== null);
