import { expect, it } from "vitest";
import { calledAs } from "../../../src/cli/words/called-as.ts";

it.each([
  ["rdprobe", "/opt/rdprobe", "rdprobe"],
  ["check_rdp", "/opt/rdprobe", "check_rdp"],
  ["/usr/lib/nagios/plugins/check_rdp", "/usr/bin/rdprobe", "check_rdp"],
  ["./check", "/opt/check_rdp", "check_rdp"],
  ["check_rdp", "C:\\tools\\check_rdp.exe", "check_rdp"],
  ["C:\\tools\\CHECK_RDP.EXE", "C:\\tools\\rdprobe.exe", "check_rdp"],
  ["/opt/check_rdp/rdprobe", "/opt/check_rdp/rdprobe", "rdprobe"],
  ["check_rdp2", "/opt/check_rdp.old", "rdprobe"],
] as const)("called as %s, the file %s is %s", (argv0, execPath, name) => {
  expect(calledAs(argv0, execPath)).toBe(name);
});
