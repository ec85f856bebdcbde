import { describe, expect, it } from "vitest";
import {
  ALL_ENCRYPTION_METHODS,
  ENCRYPTION_METHODS,
  encryptionLevelName,
  encryptionMethodNames,
} from "../../src/mcs/encryption-methods.ts";
import { RDP_VERSIONS, rdpVersionName } from "../../src/mcs/rdp-versions.ts";

describe("RDP versions ([MS-RDPBCGR] 2.2.1.4.2)", () => {
  it.each([
    [0x00080001, "4.0"],
    [0x00080004, "5.0-8.1"],
    [0x00080005, "10.0"],
    [0x0008000f, "10.10"],
    [0x00080011, "10.12"],
    [0x00080012, null],
    [0x00080002, null],
    [0, null],
  ])("%i is %s", (version, name) => {
    expect(rdpVersionName(version)).toBe(name);
  });

  it("10.0 to 10.12 follow one another", () => {
    const minors = Array.from({ length: 13 }, (_, minor) => rdpVersionName(0x00080005 + minor));
    expect(minors).toEqual(Array.from({ length: 13 }, (_, minor) => `10.${minor}`));
    expect(RDP_VERSIONS.size).toBe(15);
  });
});

describe("Standard RDP Security ([MS-RDPBCGR] 2.2.1.3.3 and 2.2.1.4.3)", () => {
  it.each([
    [0, []],
    [0x02, ["128-bit"]],
    [ALL_ENCRYPTION_METHODS, ["40-bit", "56-bit", "128-bit", "fips"]],
    [0x80000004, []],
  ])("methods %i are %j", (methods, names) => {
    expect(encryptionMethodNames(methods)).toEqual(names);
  });

  it("all methods are those of the table", () => {
    expect(ENCRYPTION_METHODS.reduce((bits, { bit }) => bits | bit, 0)).toBe(ALL_ENCRYPTION_METHODS);
  });

  it.each([
    [0, "none"],
    [1, "low"],
    [2, "client-compatible"],
    [3, "high"],
    [4, "fips"],
    [5, null],
    [0xffffffff, null],
  ])("level %i is %s", (level, name) => {
    expect(encryptionLevelName(level)).toBe(name);
  });
});
