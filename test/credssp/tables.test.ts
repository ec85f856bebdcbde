import { describe, expect, it } from "vitest";
import { CREDSSP_PATCH_LEVELS, credsspPatchLevel } from "../../src/credssp/credssp-version.ts";
import { NTSTATUS_NAMES, ntstatusName } from "../../src/credssp/ntstatus.ts";
import { osNames, WINDOWS_BUILDS } from "../../src/credssp/windows-builds.ts";

describe("Windows builds", () => {
  it.each([
    ["5.1.2600", ["Windows XP"]],
    ["6.1.7601", ["Windows 7 SP1", "Windows Server 2008 R2 SP1"]],
    ["6.3.9600", ["Windows 8.1", "Windows Server 2012 R2"]],
    ["10.0.14393", ["Windows 10 1607", "Windows Server 2016"]],
    ["10.0.17763", ["Windows 10 1809", "Windows Server 2019"]],
    ["10.0.19041", ["Windows 10 2004 to 22H2", "Windows Server, version 2004 or 20H2"]],
    ["10.0.20348", ["Windows Server 2022"]],
    ["10.0.26100", ["Windows 11 24H2, 25H2 or 26H2", "Windows Server 2025"]],
    ["10.0.20349", ["Azure Stack HCI 22H2"]],
    ["10.0.26300", ["Windows 11 26H2"]],
    ["10.0.28000", ["Windows 11 26H1"]],
    ["10.0.29550", ["Windows Server vNext (Insider)"]],
    ["10.0.29551", []],
    ["6.1.20348", []],
    ["0.0.0", []],
  ])("%s is %j", (version, names) => {
    const [major = 0, minor = 0, build = 0] = version.split(".").map(Number);
    expect(osNames({ major, minor, build })).toEqual(names);
  });

  it("stand once each, in ascending order, and every one has a name", () => {
    const keys = WINDOWS_BUILDS.map(({ major, minor, build }) => (major * 100 + minor) * 100_000 + build);
    expect(keys).toEqual([...new Set(keys)].sort((a, b) => a - b));
    for (const windows of WINDOWS_BUILDS) expect(osNames(windows).length).toBeGreaterThan(0);
  });
});

describe("CredSSP version and CVE-2018-0886 ([MS-CSSP] 2.2.1)", () => {
  it.each([
    [2, "unpatched", "documented"],
    [3, "unpatched", "assumed"],
    [4, "unpatched", "assumed"],
    [5, "patched", "documented"],
    [6, "patched", "assumed"],
  ])("version %i is %s (%s)", (version, state, confidence) => {
    expect(credsspPatchLevel(version)).toMatchObject({ version, state, confidence });
  });

  it("a version above 6 counts as 6, as the specification has it", () => {
    expect(credsspPatchLevel(0x60)).toBe(CREDSSP_PATCH_LEVELS.at(-1));
  });

  it.each([1, 0, -1])("version %i says nothing", (version) => {
    expect(credsspPatchLevel(version)).toBeNull();
  });
});

describe("NTSTATUS ([MS-ERREF] 2.3.1)", () => {
  it.each([
    [0xc000006d, "STATUS_LOGON_FAILURE"],
    [0xc0000418, "STATUS_NTLM_BLOCKED"],
    [0x80090302, "SEC_E_UNSUPPORTED_FUNCTION"],
    [0x8009035f, "SEC_E_POLICY_NLTM_ONLY"],
    [0xc0ffee00, null],
    [0, null],
  ])("%i is %s", (status, name) => {
    expect(ntstatusName(status)).toBe(name);
  });

  it("every value is an unsigned failure, and every name is there once", () => {
    for (const status of NTSTATUS_NAMES.keys()) expect(status).toBeGreaterThan(0x7fffffff);
    expect(new Set(NTSTATUS_NAMES.values()).size).toBe(NTSTATUS_NAMES.size);
  });
});
