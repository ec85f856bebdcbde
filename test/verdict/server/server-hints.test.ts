import { describe, expect, it } from "vitest";
import { fromHex } from "../../../src/bytes/hex.ts";
import { serverHints } from "../../../src/verdict/server/server-hints.ts";
import { decodeServerTpdu } from "../../../src/x224/server-tpdu.ts";

const hintsOf = (hex: string): readonly string[] => {
  const decoded = decodeServerTpdu(fromHex(hex));
  if (decoded.status !== "done" || decoded.value.kind !== "connection-confirm") throw new Error(hex);
  return serverHints(decoded.value);
};

describe("who writes such a Connection Confirm (facts 1.3, 1.5)", () => {
  it.each([
    ["Windows Server 2022", "030000130ed000001234 00 02 1f 0800 08000000", ["windows"]],
    ["Windows 11 24H2 with the bit 0x20", "030000130ed000001234 00 02 3f 0800 08000000", ["windows"]],
    ["Windows XP", "0300000b06d00000123400", ["windows"]],
    ["Windows, a failure", "030000130ed000001234 00 03 00 0800 05000000", ["windows"]],
    [
      "failure 1, which xrdp writes as well",
      "030000130ed000001234 00 03 00 0800 01000000",
      ["windows", "xrdp"],
    ],
    [
      "failure 3, which xrdp writes as well",
      "030000130ed000001234 00 03 00 0800 03000000",
      ["windows", "xrdp"],
    ],
    ["Server 2008 R2, or xrdp 0.9", "030000130ed000001234 00 02 01 0800 01000000", ["windows", "xrdp"]],
    ["older xrdp", "0300000b06d00000000000", ["xrdp"]],
    ["FreeRDP's shadow server", "030000130ed000000000 00 02 03 0800 01000000", ["freerdp"]],
    ["FreeRDP, a failure", "030000130ed000000000 00 03 00 0800 05000000", ["freerdp"]],
    [
      "gnome-remote-desktop, which serves by FreeRDP",
      "030000130ed000000000 00 02 03 0800 02000000",
      ["freerdp", "gnome-remote-desktop"],
    ],
    ["VirtualBox", "0300000b06d00000341200", ["virtualbox"]],
    ["somebody unknown", "030000130ed000000001 00 02 00 0800 01000000", []],
  ])("%s", (_name, hex, expected) => {
    expect(hintsOf(hex)).toEqual(expected);
  });
});
