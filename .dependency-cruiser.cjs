// The floors of ARCHITECTURE.md. A floor imports from the floors below it and from itself.
const UPPER = (folders) => `^src/(${folders.join("|")})(/|$)`;
const FLOORS = [
  ["bytes"],
  ["x224", "tls", "x509", "credssp", "mcs", "capture", "rdpeudp", "http"],
  ["handshake"],
  ["verdict", "explain", "targets", "report", "audit"],
  ["transport"],
  ["scan", "lab", "exporter", "fleet", "history"],
  ["cli", "library"],
];
const above = (floor) => FLOORS.slice(floor + 1).flat();

const reachesUp = FLOORS.slice(0, -1).map((folders, floor) => ({
  name: `floor-${floor}-imports-nothing-above-it`,
  severity: "error",
  from: { path: UPPER(folders) },
  to: { path: [UPPER(above(floor)), "^src/index.ts$"] },
}));

const SIBLINGS = FLOORS[1].map((folder) => ({
  name: `${folder}-imports-no-sibling-of-floor-1`,
  severity: "error",
  from: { path: UPPER([folder]) },
  to: { path: UPPER(FLOORS[1].filter((other) => other !== folder)) },
}));

const only = (name, packagePath, from) => ({
  name,
  severity: "error",
  from: { path: "^src", pathNot: from },
  to: { path: packagePath },
});

const PURE = UPPER([...FLOORS[0], ...FLOORS[1], ...FLOORS[2], ...FLOORS[3]]);
const IO =
  "^(node:)?(net|tls|dns|dgram|fs|http|https|http2|timers|child_process|worker_threads|os|process|readline|perf_hooks)(/|$)";

module.exports = {
  forbidden: [
    ...reachesUp,
    ...SIBLINGS,
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    { name: "no-unresolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
    { name: "floors-0-to-3-do-no-io", severity: "error", from: { path: PURE }, to: { path: IO } },
    {
      name: "targets-knows-nothing",
      severity: "error",
      from: { path: UPPER(["targets"]) },
      to: { path: UPPER(FLOORS.flat().filter((folder) => folder !== "targets")) },
    },
    {
      name: "verdict-does-not-know-how-it-is-printed",
      severity: "error",
      from: { path: UPPER(["verdict"]) },
      to: { path: UPPER(["explain", "report", "targets", "audit"]) },
    },
    {
      name: "sockets-only-in-transport",
      severity: "error",
      from: { path: "^src", pathNot: UPPER(["transport"]) },
      to: { path: "^(node:)?(net|tls|dns|dgram)(/|$)" },
    },
    {
      name: "one-tls-client-and-it-is-ours",
      comment: "node:tls serves what the lab and the exporter accept, and dials nobody",
      severity: "error",
      from: { path: "^src", pathNot: "^src/transport/accepted-connection.ts$" },
      to: { path: "^(node:)?tls$" },
    },
    {
      name: "page-runs-in-a-browser",
      comment: "it is bundled alone: pure modules come along, tables of texts and node's modules do not",
      severity: "error",
      from: { path: UPPER(["page"]) },
      to: {
        path: "^(src|node:)",
        pathNot: [
          UPPER(["page"]),
          "^src/report/(page/(page-data|packed-digests)|text/command-place).ts$",
          "^src/verdict/(remedies/remedy|days-left).ts$",
        ],
      },
    },
    {
      name: "nobody-imports-the-page",
      severity: "error",
      from: { path: "^src", pathNot: UPPER(["page"]) },
      to: { path: UPPER(["page"]) },
    },
    only("uplot-only-in-page", "node_modules/uplot", UPPER(["page"])),
    only("virtual-core-only-in-page", "node_modules/@tanstack", UPPER(["page"])),
    only(
      "esbuild-only-where-texts-are-made",
      "node_modules/esbuild",
      "^src/(cli/outputs/page-asset|exporter/password-script).ts$",
    ),
    only("commander-only-in-cli", "node_modules/commander", UPPER(["cli"])),
    only("cli-progress-only-in-cli", "node_modules/(@types/)?cli-progress", UPPER(["cli"])),
    only("csv-parse-only-in-report", "node_modules/csv-parse", UPPER(["report"])),
    only("csv-stringify-only-in-report", "node_modules/csv-stringify", UPPER(["report"])),
    only("sax-only-in-targets", "node_modules/(@types/)?sax/", UPPER(["targets"])),
    only("cli-table3-only-in-report", "node_modules/cli-table3", UPPER(["report"])),
    {
      name: "scan-and-lab-do-not-know-the-exporter",
      severity: "error",
      from: { path: UPPER(["scan", "lab"]) },
      to: { path: UPPER(["exporter"]) },
    },
    {
      name: "only-the-command-line-knows-fleet-and-history",
      severity: "error",
      from: { path: UPPER(["scan", "lab", "exporter", "library"]) },
      to: { path: UPPER(["fleet", "history"]) },
    },
    {
      name: "the-model-of-a-fleet-does-no-io",
      severity: "error",
      from: { path: "^src/fleet/model/" },
      to: { path: [IO, "^src/fleet/(?!model/)", UPPER(["scan", "transport"]), "node_modules/@nats-io"] },
    },
    only("nats-only-in-fleet", "node_modules/@nats-io", "^src/(fleet/nats|cli/fleet)/"),
    only("postgres-only-in-history", "node_modules/postgres", "^src/history/postgres/"),
    only("node-http-only-in-exporter", "^(node:)?https?$", UPPER(["exporter"])),
    only("prom-client-only-in-exporter", "node_modules/prom-client", UPPER(["exporter"])),
    only("yaml-only-in-exporter", "node_modules/yaml/", UPPER(["exporter"])),
    only("bcryptjs-only-in-exporter", "node_modules/bcryptjs", UPPER(["exporter"])),
    only("socks-only-in-transport", "node_modules/socks", UPPER(["transport"])),
    only("p-limit-only-in-scan", "node_modules/p-limit", UPPER(["scan"])),
    only(
      "node-forge-only-in-certificates-of-the-lab",
      "node_modules/(@types/)?node-forge",
      "^src/lab/certificates/(certificates|node-forge-asn1)",
    ),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      extensions: [".ts", ".js"],
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default"],
    },
  },
};
