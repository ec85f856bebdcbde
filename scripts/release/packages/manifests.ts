/** The manifests of other people's package managers, from the facts and the sums of the released files. */
import { FACTS, homepageOf } from "./facts.ts";

export interface Released {
  /** Where the files are fetched from, without a slash at its end. */
  readonly url: string;
  /** SHA-256 in lower hex, by file name. */
  readonly sums: ReadonlyMap<string, string>;
}

/** A manifest's text, by its path in release/manifests. */
export const manifestsOf = (released: Released): ReadonlyMap<string, string> =>
  new Map([
    ["arch/PKGBUILD", pkgbuild(released)],
    ["homebrew/rdprobe.rb", formula(released)],
    ["scoop/rdprobe.json", scoop(released)],
    ...winget(released),
    ["container/Containerfile", containerfile()],
  ]);

const { version } = FACTS;

/** Which archive is for whom. */
export const ARCHIVES = {
  linuxX64: `rdprobe-${version}-linux-x64.tar.xz`,
  linuxArm64: `rdprobe-${version}-linux-arm64.tar.xz`,
  macX64: `rdprobe-${version}-macos-x64.tar.gz`,
  macArm64: `rdprobe-${version}-macos-arm64.tar.gz`,
  windows: `rdprobe-${version}-win-x64.zip`,
} as const;

const folderOf = (archive: string): string => archive.replace(/\.(?:tar\..z|zip)$/, "");

/** @throws Error where a file was not released: a manifest without its sum is none. */
const sumOf = ({ sums }: Released, name: string): string => {
  const sum = sums.get(name);
  if (sum === undefined) throw new Error(`${name} is not among the released files`);
  return sum;
};

const capital = (text: string): string => text.replace(/^./, (letter) => letter.toUpperCase());

const pkgbuild = (released: Released): string => {
  const source = (archive: string): string => `${released.url}/${archive}`;
  return `# Maintainer: ${FACTS.maintainer}
pkgname=rdprobe-bin
pkgver=${version}
pkgrel=1
pkgdesc="${capital(FACTS.summary)}"
arch=('x86_64' 'aarch64')
url="${homepageOf(released.url)}"
license=('${FACTS.license}')
depends=('glibc' 'gcc-libs')
provides=('rdprobe')
conflicts=('rdprobe')
# Node's data is behind the symbols that strip would take out.
options=('!strip' '!debug')
source_x86_64=("${source(ARCHIVES.linuxX64)}")
sha256sums_x86_64=('${sumOf(released, ARCHIVES.linuxX64)}')
source_aarch64=("${source(ARCHIVES.linuxArm64)}")
sha256sums_aarch64=('${sumOf(released, ARCHIVES.linuxArm64)}')

package() {
  local of=x64
  [ "$CARCH" = aarch64 ] && of=arm64
  cd "$srcdir/rdprobe-$pkgver-linux-$of"
  install -Dm755 rdprobe "$pkgdir/usr/bin/rdprobe"
  ln -s rdprobe "$pkgdir/usr/bin/check_rdp"
  install -d "$pkgdir/usr/lib/monitoring-plugins"
  ln -s ../../bin/rdprobe "$pkgdir/usr/lib/monitoring-plugins/check_rdp"
  install -Dm644 LICENSES.txt "$pkgdir/usr/share/licenses/$pkgname/LICENSES.txt"
  install -Dm644 contrib/systemd/rdprobe-exporter.service "$pkgdir/usr/lib/systemd/system/rdprobe-exporter.service"
  install -d "$pkgdir/usr/share/rdprobe"
  cp -r contrib/* "$pkgdir/usr/share/rdprobe/"
  local page
  for page in rdprobe check_rdp; do
    install -Dm644 "man/$page.1" "$pkgdir/usr/share/man/man1/$page.1"
  done
  install -Dm644 completions/rdprobe.bash "$pkgdir/usr/share/bash-completion/completions/rdprobe"
  install -Dm644 completions/_rdprobe "$pkgdir/usr/share/zsh/site-functions/_rdprobe"
  install -Dm644 completions/rdprobe.fish "$pkgdir/usr/share/fish/vendor_completions.d/rdprobe.fish"
}
`;
};

const formula = (released: Released): string => {
  const fetched = (archive: string): string =>
    `      url "${released.url}/${archive}"\n      sha256 "${sumOf(released, archive)}"`;
  return `class Rdprobe < Formula
  desc "${capital(FACTS.summary)}"
  homepage "${homepageOf(released.url)}"
  version "${version}"
  license "${FACTS.license}"

  on_macos do
    on_arm do
${fetched(ARCHIVES.macArm64)}
    end
    on_intel do
${fetched(ARCHIVES.macX64)}
    end
  end

  on_linux do
    on_arm do
${fetched(ARCHIVES.linuxArm64)}
    end
    on_intel do
${fetched(ARCHIVES.linuxX64)}
    end
  end

  def install
    bin.install "rdprobe"
    bin.install_symlink bin/"rdprobe" => "check_rdp"
    man1.install Dir["man/*.1"]
    bash_completion.install "completions/rdprobe.bash" => "rdprobe"
    zsh_completion.install "completions/_rdprobe"
    fish_completion.install "completions/rdprobe.fish"
    # Node's own signature does not hold for a file that was changed, and Apple silicon starts nothing unsigned.
    system "codesign", "--force", "--sign", "-", bin/"rdprobe" if OS.mac?
  end

  test do
    assert_equal "rdprobe #{version}", shell_output("#{bin}/rdprobe --version").strip
    assert_match "nothing listens", shell_output("#{bin}/rdprobe 127.0.0.1:1", 1)
  end
end
`;
};

const scoop = (released: Released): string =>
  `${JSON.stringify(
    {
      version,
      description: capital(FACTS.summary),
      homepage: homepageOf(released.url),
      license: FACTS.license,
      architecture: {
        "64bit": {
          url: `${released.url}/${ARCHIVES.windows}`,
          hash: sumOf(released, ARCHIVES.windows),
          extract_dir: folderOf(ARCHIVES.windows),
        },
      },
      bin: ["rdprobe.exe", ["rdprobe.exe", "check_rdp", "check"]],
    },
    null,
    4,
  )}\n`;

/** The three files of a package in the winget community repository, schema 1.6.0. */
const winget = (released: Released): readonly (readonly [string, string])[] => {
  const id = "rdprobe.rdprobe";
  const fields = (type: string, lines: readonly string[]): string =>
    [
      `# yaml-language-server: $schema=https://aka.ms/winget-manifest.${type}.1.6.0.schema.json`,
      `PackageIdentifier: ${id}`,
      `PackageVersion: ${version}`,
      ...lines,
      `ManifestType: ${type}`,
      "ManifestVersion: 1.6.0",
      "",
    ].join("\n");
  return [
    [`winget/${id}.yaml`, fields("version", ["DefaultLocale: en-US"])],
    [
      `winget/${id}.installer.yaml`,
      fields("installer", [
        "InstallerType: zip",
        "NestedInstallerType: portable",
        "NestedInstallerFiles:",
        `- RelativeFilePath: ${folderOf(ARCHIVES.windows)}\\rdprobe.exe`,
        "  PortableCommandAlias: rdprobe",
        "MinimumOSVersion: 10.0.14393.0",
        "Installers:",
        "- Architecture: x64",
        `  InstallerUrl: ${released.url}/${ARCHIVES.windows}`,
        `  InstallerSha256: ${sumOf(released, ARCHIVES.windows).toUpperCase()}`,
      ]),
    ],
    [
      `winget/${id}.locale.en-US.yaml`,
      fields("defaultLocale", [
        "PackageLocale: en-US",
        `Publisher: ${FACTS.publisher}`,
        `PackageName: ${FACTS.name}`,
        `PackageUrl: ${homepageOf(released.url)}`,
        `License: ${FACTS.license}`,
        `ShortDescription: ${capital(FACTS.summary)}`,
        "Moniker: rdprobe",
        "Tags:",
        ...["rdp", "remote-desktop", "diagnostics", "tls"].map((tag) => `- ${tag}`),
      ]),
    ],
  ];
};

/** Built in release/: any base with glibc 2.28 and libstdc++ will do. */
const containerfile = (): string => `# podman build -f manifests/container/Containerfile -t rdprobe release
# On arm64: --build-arg EXECUTABLE=rdprobe-${version}-linux-arm64
ARG BASE=docker.io/library/debian:stable-slim
FROM \${BASE}
ARG EXECUTABLE=rdprobe-${version}-linux-x64
COPY --chmod=0755 \${EXECUTABLE} /usr/bin/rdprobe
# Nobody: a probe needs no right at all.
USER 65534:65534
EXPOSE 9709
ENTRYPOINT ["/usr/bin/rdprobe"]
CMD ["--help"]
`;
