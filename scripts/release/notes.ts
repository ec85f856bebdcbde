/** The notes of a release: what there is, how large it is, what was run, and what a user does about signatures. */

export interface ReleasedFile {
  readonly name: string;
  readonly sizeBytes: number;
}

export interface ReleasedTarget {
  readonly title: string;
  readonly node: string;
  readonly executable: ReleasedFile;
  readonly archive: ReleasedFile;
  /** How it was tried where it was made; null where it could not be. */
  readonly triedWith: string | null;
}

export interface ReleaseNotes {
  readonly version: string;
  readonly targets: readonly ReleasedTarget[];
  readonly packages: readonly ReleasedFile[];
}

/** The text, in Markdown. */
export const notesOf = ({ version, targets, packages }: ReleaseNotes): string =>
  `# rdprobe ${version}

One file a system, with Node inside: nothing else is needed. \`sha256sum -c SHA256SUMS --ignore-missing\` (Linux),
\`shasum -a 256 -c SHA256SUMS --ignore-missing\` (macOS) or \`Get-FileHash <file>\` (Windows PowerShell) compares what
was downloaded with \`SHA256SUMS\`. \`rdprobe-${version}.cdx.json\` is the bill of materials (CycloneDX 1.5).

| for | file | size | as an archive | size | made of | was run |
| --- | --- | ---: | --- | ---: | --- | --- |
${targets.map(rowOf).join("")}
Called \`check_rdp\` (a link to it, or a copy), each is the monitoring plugin; \`rdprobe check\` is the same.
${packages.length === 0 ? "" : `\n## Packages\n\n${packages.map(({ name, sizeBytes }) => `- \`${name}\`, ${megabytes(sizeBytes)}\n`).join("")}`}
## What could not be run

${targets
  .filter(({ triedWith }) => triedWith === null)
  .map(({ title }) => `- ${title}: made, and never started: no such machine was at hand.\n`)
  .join(
    "",
  )}- Real Windows: what was run ran under Wine 8, whose console, network and file system are not those of Windows. A double
  click, SmartScreen and virus scanners were not met.

## Signatures

None of the files is signed by a publisher. What is done about that:

- Windows: Node's own signature does not hold for a file that was changed. SmartScreen says "Windows protected your
  PC": *More info*, *Run anyway*; or, before the first start, \`Unblock-File .\\rdprobe.exe\` in PowerShell. Where only
  signed programs may run (AppLocker, WDAC), allow it by its hash or sign it with your own certificate.
- macOS: Node's signature does not hold, and Apple silicon starts no program without one. Sign it for this Mac and
  take the mark of the download away, once:

  \`\`\`sh
  codesign --force --sign - rdprobe
  xattr -d com.apple.quarantine rdprobe
  \`\`\`
- Linux: \`chmod +x\` where the download took the mode away.
`;

const rowOf = ({ title, node, executable, archive, triedWith }: ReleasedTarget): string =>
  `| ${[
    title,
    `\`${executable.name}\``,
    megabytes(executable.sizeBytes),
    `\`${archive.name}\``,
    megabytes(archive.sizeBytes),
    node,
    triedWith ?? "no",
  ].join(" | ")} |\n`;

const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`;
