/** The package for Fedora, RHEL and openSUSE. */
import { execFile } from "node:child_process";
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { LinuxPackage } from "./deb.ts";
import { FACTS, homepageOf } from "./facts.ts";
import { writeLinuxTree } from "./linux-tree.ts";

const run = promisify(execFile);

/** Where 64-bit Fedora and RHEL have monitoring plugins. */
const PLACES = {
  plugins: "usr/lib64/nagios/plugins",
  units: "usr/lib/systemd/system",
  zsh: "usr/share/zsh/site-functions",
} as const;

const RELEASE = "1";

/** Writes the package into `folder`, and gives its path. */
export const writeRpm = async (folder: string, of: LinuxPackage): Promise<string> => {
  const top = join(of.work, `rpm-${of.architecture}`);
  const tree = join(top, "tree");
  await rm(top, { recursive: true, force: true });
  await mkdir(tree, { recursive: true });
  const paths = await writeLinuxTree(tree, of.executable, PLACES);
  await writeFile(join(top, "LICENSES.txt"), of.licences);
  await copyFile("CHANGELOG.md", join(top, "CHANGELOG.md"));
  const spec = join(top, "rdprobe.spec");
  await writeFile(spec, specOf(of, top, paths));
  const definitions = [`_topdir ${top}`, "_rpmfilename %{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm"];
  await run(
    "rpmbuild",
    [
      ...["-bb", "--target", `${of.architecture}-linux`],
      ...definitions.flatMap((definition) => ["--define", definition]),
      spec,
    ],
    { maxBuffer: 2 ** 26 },
  );
  const name = `rdprobe-${FACTS.version}-${RELEASE}.${of.architecture}.rpm`;
  await copyFile(join(top, "RPMS", name), join(folder, name));
  return join(folder, name);
};

const specOf = (
  { url, level }: LinuxPackage,
  top: string,
  paths: readonly string[],
): string => `# The executable is ready made: nothing is compiled, stripped or searched for symbols.
%global debug_package %{nil}
%global __os_install_post %{nil}
%global _build_id_links none
%global _binary_payload w${level}.xzdio
%global source_date_epoch_from_changelog 1
%global use_source_date_epoch_as_buildtime 1

Name:           ${FACTS.name}
Version:        ${FACTS.version}
Release:        ${RELEASE}
Summary:        ${FACTS.summary.replace(/^./, (letter) => letter.toUpperCase())}
License:        ${FACTS.license}
Group:          Productivity/Networking/Diagnostic
Packager:       ${FACTS.maintainer}
URL:            ${homepageOf(url)}
AutoReqProv:    no
Requires:       glibc >= 2.28
Requires:       libstdc++.so.6()(64bit)

%description
${FACTS.description.join("\n")}

%install
cp -a ${join(top, "tree")}/. %{buildroot}/
install -Dm 0644 ${join(top, "LICENSES.txt")} %{buildroot}/usr/share/licenses/rdprobe/LICENSES.txt
install -Dm 0644 ${join(top, "CHANGELOG.md")} %{buildroot}/usr/share/doc/rdprobe/CHANGELOG.md

%files
%defattr(-,root,root)
%dir /usr/share/rdprobe
%dir /usr/share/licenses/rdprobe
%license /usr/share/licenses/rdprobe/LICENSES.txt
%dir /usr/share/doc/rdprobe
%doc /usr/share/doc/rdprobe/CHANGELOG.md
${paths.map((path) => `/${path}\n`).join("")}
%changelog
* Fri Nov 27 2026 ${FACTS.maintainer} - ${FACTS.version}-${RELEASE}
- New release; see CHANGELOG.md.
`;
