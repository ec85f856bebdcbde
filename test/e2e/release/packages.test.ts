/** The packages and manifests of a release: right sums, clean by their linters, installed, used and removed. */
import { existsSync, readdirSync } from "node:fs";
import { chmod, copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readChecksums, sha256Of } from "../../../scripts/release/checksums.ts";
import { ARCHIVES } from "../../../scripts/release/packages/manifests.ts";
import { commandsAvailable, rootAvailable } from "../../support/availability.ts";
import { outputOf, runProcess } from "../servers/programs/processes.ts";
import { describeReleased, RELEASE, released, VERSION } from "./released.ts";

let folder = "";
let sums: ReadonlyMap<string, string> = new Map();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rdprobe-packages-"));
  sums = readChecksums(await readFile(join(RELEASE, "SHA256SUMS"), "utf8"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const DEB = join(RELEASE, `rdprobe_${VERSION}-1_amd64.deb`);
const RPM = join(RELEASE, `rdprobe-${VERSION}-1.x86_64.rpm`);
const TIMEOUT_MS = 240_000;
const slow = { timeoutMs: TIMEOUT_MS } as const;

/** Where a system has what others have elsewhere. */
interface Tree {
  readonly plugins: string;
  readonly zsh: string;
}

/** The plugin, the program and what shells and man read of an installed tree. */
const expectWorks = async (root: string, { plugins, zsh }: Tree): Promise<void> => {
  for (const path of [
    "usr/share/man/man1/rdprobe.1.gz",
    "usr/share/man/man1/check_rdp.1.gz",
    "usr/share/bash-completion/completions/rdprobe",
    join(zsh, "_rdprobe"),
    "usr/share/fish/vendor_completions.d/rdprobe.fish",
  ])
    expect([path, existsSync(join(root, path))]).toEqual([path, true]);
  expect(await outputOf(join(root, "usr/bin/rdprobe"), ["--version"])).toBe(`rdprobe ${VERSION}\n`);
  const { code, stdout } = await runProcess(join(root, plugins, "check_rdp"), ["-H", "127.0.0.1", "-p", "1"]);
  expect({ code, line: stdout.split(" - ")[0] }).toEqual({ code: 2, line: "RDP CRITICAL" });
  expect(existsSync(join(root, "usr/share/rdprobe/nagios/rdprobe.cfg"))).toBe(true);
};

describe("SHA256SUMS", () => {
  it(
    "has the sum of every file, and of none that is missing",
    async () => {
      const files = readdirSync(RELEASE).filter((name) => /^rdprobe[-_]/.test(name));
      expect(files.length).toBeGreaterThan(3);
      expect([...sums.keys()].sort()).toEqual(files.sort());
      for (const [name, sum] of sums)
        expect([name, await sha256Of(join(RELEASE, name))]).toEqual([name, sum]);
    },
    TIMEOUT_MS,
  );
});

describeReleased(
  "linux-x64",
  commandsAvailable("lintian", "dpkg"),
  rootAvailable(),
)("the .deb", () => {
  it(
    "has nothing for lintian to say",
    async () => {
      const { stdout } = await runProcess("lintian", ["--fail-on", "none", DEB], slow);
      const said = stdout.split("\n").filter((line) => /^[EWI]: /.test(line));
      expect(said).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    "is installed, used and removed without a trace",
    async () => {
      const root = join(folder, "debian");
      await mkdir(join(root, "var/lib/dpkg/info"), { recursive: true });
      await mkdir(join(root, "var/lib/dpkg/updates"));
      await writeFile(join(root, "var/lib/dpkg/status"), "");
      const dpkg = ["--root", root, "--force-depends", "--log=/dev/null"];
      await outputOf("dpkg", [...dpkg, "-i", DEB], slow);
      await expectWorks(root, {
        plugins: "usr/lib/nagios/plugins",
        zsh: "usr/share/zsh/vendor-completions",
      });
      expect(existsSync(join(root, "lib/systemd/system/rdprobe-exporter.service"))).toBe(true);
      await outputOf("dpkg", [...dpkg, "--purge", "rdprobe"], slow);
      expect(readdirSync(root)).toEqual(["var"]);
    },
    TIMEOUT_MS,
  );
});

describeReleased(
  "linux-x64",
  commandsAvailable("rpm", "rpmlint"),
  rootAvailable(),
)("the .rpm", () => {
  it(
    "has no error for rpmlint but that nobody signed it",
    async () => {
      const { stdout } = await runProcess("rpmlint", [RPM], slow);
      expect(stdout).toContain("1 packages and 0 specfiles checked");
      expect([...stdout.matchAll(/: E: (\S+)/g)].map(([, tag]) => tag)).toEqual(["no-signature"]);
    },
    TIMEOUT_MS,
  );

  it(
    "is installed, used and removed without a trace",
    async () => {
      const root = join(folder, "fedora");
      await mkdir(root);
      const rpm = ["--root", root, "--nodeps", "--nosignature"];
      await outputOf("rpm", [...rpm, "--install", RPM], slow);
      await expectWorks(root, {
        plugins: "usr/lib64/nagios/plugins",
        zsh: "usr/share/zsh/site-functions",
      });
      await outputOf("rpm", [...rpm, "--erase", "rdprobe"], slow);
      expect(existsSync(join(root, "usr/bin/rdprobe"))).toBe(false);
      expect(existsSync(join(root, "usr/share/rdprobe"))).toBe(false);
    },
    TIMEOUT_MS,
  );
});

const MANIFESTS = join(RELEASE, "manifests");
const manifest = (path: string): Promise<string> => readFile(join(MANIFESTS, path), "utf8");
/** Each archive's sum as the text has it: the one that stands next behind its name. */
const sumsBehind = (text: string): ReadonlyMap<string, string> =>
  new Map(
    [...text.matchAll(/(rdprobe-[\w.-]+?\.(?:tar\..z|zip))[\s\S]*?\b([0-9a-fA-F]{64})\b/g)].map(
      ([, name = "", sum = ""]) => [name, sum.toLowerCase()] as const,
    ),
  );

describeReleased("manifests")("the manifests", () => {
  it.each([
    ["arch/PKGBUILD", [ARCHIVES.linuxX64, ARCHIVES.linuxArm64]],
    ["homebrew/rdprobe.rb", [ARCHIVES.macArm64, ARCHIVES.macX64, ARCHIVES.linuxArm64, ARCHIVES.linuxX64]],
    ["scoop/rdprobe.json", [ARCHIVES.windows]],
    ["winget/rdprobe.rdprobe.installer.yaml", [ARCHIVES.windows]],
  ])("%s has the sums of the files that it names", async (path, names) => {
    const found = sumsBehind(await manifest(path));
    expect([...found.keys()].sort()).toEqual([...names].sort());
    for (const [name, sum] of found) expect([name, sum]).toEqual([name, sums.get(name)]);
  });

  it("scoop's is as its schema wants it", async () => {
    const { version, architecture, bin, ...more } = JSON.parse(await manifest("scoop/rdprobe.json"));
    expect(version).toBe(VERSION);
    expect(architecture["64bit"]).toMatchObject({
      url: expect.stringMatching(/^https:\/\//),
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(bin[0]).toBe("rdprobe.exe");
    expect(Object.keys(more).sort()).toEqual(["description", "homepage", "license"]);
  });

  it("winget's three files belong together", async () => {
    const [version, installer, locale] = await Promise.all(
      ["yaml", "installer.yaml", "locale.en-US.yaml"].map(async (end) =>
        parse(await manifest(`winget/rdprobe.rdprobe.${end}`)),
      ),
    );
    const same = { PackageIdentifier: "rdprobe.rdprobe", PackageVersion: VERSION, ManifestVersion: "1.6.0" };
    expect(version).toEqual({ ...same, ManifestType: "version", DefaultLocale: "en-US" });
    expect(installer).toMatchObject({
      ...same,
      ...{ ManifestType: "installer", InstallerType: "zip", NestedInstallerType: "portable" },
      Installers: [{ Architecture: "x64", InstallerSha256: expect.stringMatching(/^[0-9A-F]{64}$/) }],
    });
    expect(locale).toMatchObject({ ...same, ManifestType: "defaultLocale", PackageLocale: "en-US" });
    for (const key of ["Publisher", "PackageName", "License", "ShortDescription"])
      expect(locale[key].length).toBeGreaterThan(2);
  });

  it("winget names the file that the archive holds", async () => {
    const { NestedInstallerFiles: files } = parse(await manifest("winget/rdprobe.rdprobe.installer.yaml"));
    const listed = await outputOf("unzip", ["-Z1", join(RELEASE, ARCHIVES.windows)]);
    expect(listed.split("\n")).toContain(files[0].RelativeFilePath.replaceAll("\\", "/"));
  });
});

describeReleased("manifests", commandsAvailable("ruby"))("the Homebrew formula", () => {
  it("installs what the archives have", async () => {
    const { stdout } = await runProcess("tar", ["-tf", join(RELEASE, ARCHIVES.macArm64)]);
    const named = [...(await manifest("homebrew/rdprobe.rb")).matchAll(/_completion\.install "([^"]+)"/g)];
    expect(named).toHaveLength(3);
    for (const [, path = ""] of named) expect(stdout).toContain(`/${path}\n`);
  });

  it("is Ruby", async () => {
    expect(await outputOf("ruby", ["-wc", join(MANIFESTS, "homebrew", "rdprobe.rb")])).toBe("Syntax OK\n");
  });
});

describeReleased(
  "manifests",
  commandsAvailable("makepkg", "bsdtar", "fakeroot", "setpriv"),
  rootAvailable(),
)("the PKGBUILD", () => {
  it(
    "makes a tree that works",
    async () => {
      const work = join(folder, "arch");
      await mkdir(work);
      for (const name of [join("manifests", "arch", "PKGBUILD"), ARCHIVES.linuxX64, ARCHIVES.linuxArm64])
        await copyFile(join(RELEASE, name), join(work, name.replace(/^.*\//, "")));
      await outputOf("chown", ["-R", "65534:65534", work]);
      await chmod(folder, 0o755);
      // makepkg refuses root, and takes a source that lies there already; there is no pacman here to ask.
      const nobody = ["--reuid", "65534", "--regid", "65534", "--clear-groups", "--"];
      const options = {
        ...slow,
        cwd: work,
        env: { HOME: work, PACMAN: "true", PKGEXT: ".pkg.tar", CARCH: "x86_64" },
      };
      const info = await outputOf("setpriv", [...nobody, "makepkg", "--printsrcinfo"], options);
      expect(info).toContain(`pkgver = ${VERSION}`);
      await outputOf("setpriv", [...nobody, "makepkg", "--nodeps", "--noarchive"], options);
      await expectWorks(join(work, "pkg", "rdprobe-bin"), {
        plugins: "usr/lib/monitoring-plugins",
        zsh: "usr/share/zsh/site-functions",
      });
    },
    TIMEOUT_MS,
  );
});

describeReleased(
  "manifests",
  commandsAvailable("buildah"),
  rootAvailable(),
)("the Containerfile", () => {
  /** A base of the libraries that the executable needs, since no registry is reached from here. */
  const baseOf = async (base: string): Promise<void> => {
    const libraries = await outputOf("ldd", [released("linux-x64")]);
    for (const [, path = ""] of libraries.matchAll(/(\/\S+) \(0x/g)) {
      const to = join(base, path);
      await mkdir(dirname(to), { recursive: true });
      await cp(path, to, { dereference: true });
    }
    await mkdir(join(base, "tmp"));
  };

  it(
    "builds an image that runs as nobody",
    async () => {
      const context = join(folder, "context");
      const base = join(folder, "base");
      await mkdir(context);
      await mkdir(base);
      await baseOf(base);
      await copyFile(released("linux-x64"), join(context, `rdprobe-${VERSION}-linux-x64`));
      await writeFile(join(base, "Containerfile"), "FROM scratch\nCOPY . /\n");
      const store = [
        "--root",
        join(folder, "store"),
        "--runroot",
        join(folder, "run"),
        "--storage-driver",
        "vfs",
      ];
      const buildah = (...args: readonly string[]) => outputOf("buildah", [...store, ...args], slow);
      await buildah("bud", "-t", "localhost/base", base);
      await buildah(
        ...["bud", "--build-arg", "BASE=localhost/base", "-f", join(MANIFESTS, "container", "Containerfile")],
        ...["-t", "localhost/rdprobe", context],
      );
      const container = (await buildah("from", "localhost/rdprobe")).trim();
      const run = (...args: readonly string[]) =>
        buildah("run", "--isolation", "chroot", container, "--", "/usr/bin/rdprobe", ...args);
      expect(await run("--version")).toBe(`rdprobe ${VERSION}\n`);
      expect(await run("explain", "0x904", "0x7")).toContain("socket closed");
      const { OCIv1: image } = JSON.parse(await buildah("inspect", "localhost/rdprobe"));
      expect(image.config).toMatchObject({ User: "65534:65534", Entrypoint: ["/usr/bin/rdprobe"] });
      await buildah("rm", container);
    },
    TIMEOUT_MS,
  );
});
