/** Where each document stands in the site's menu. A document that is in no section is a fault that the tests show. */

export interface Section {
  readonly title: string;
  /** Paths of documents from the root, or folders whose pages all stand there in the order of their names. */
  readonly entries: readonly string[];
  /** Long ones are folded. */
  readonly isFolded?: true;
}

export const SECTIONS: readonly Section[] = [
  { title: "Start", entries: ["README.md", "docs/install.md", "docs/commands.md", "docs/faq.md"] },
  {
    title: "One host that fails",
    entries: [
      "docs/0x904-0x7.md",
      "docs/results.md",
      "docs/if-a-client-still-fails.md",
      "docs/intermittent.md",
      "docs/capturing.md",
      "docs/explain.md",
      "docs/refused-advice.md",
    ],
  },
  {
    title: "Many hosts",
    entries: [
      "docs/scanning.md",
      "docs/fleet.md",
      "docs/audits.md",
      "docs/columns.md",
      "docs/server-logs.md",
    ],
  },
  {
    title: "Monitoring",
    entries: ["docs/check_rdp.md", "docs/exporter.md", "contrib"],
  },
  { title: "Programs", entries: ["docs/library.md"] },
  { title: "Commands", entries: ["docs/commands"], isFolded: true },
  { title: "Codes", entries: ["docs/codes.md", "docs/codes"], isFolded: true },
  { title: "Verdicts, causes, remedies", entries: ["docs/index.md"] },
  {
    title: "About rdprobe",
    entries: [
      "docs/comparison.md",
      "docs/confusion-matrix.md",
      "docs/dependencies.md",
      "docs/fuzzing.md",
      "docs/hostile-matrix.md",
      "docs/soak.md",
      "ARCHITECTURE.md",
      "CONTRIBUTING.md",
      "SECURITY.md",
      "CHANGELOG.md",
    ],
  },
];

/** Too many for a menu: docs/index.md lists them. */
export const UNLISTED: readonly string[] = ["docs/verdicts", "docs/causes", "docs/remedies"];
