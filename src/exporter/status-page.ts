/** The page at `/`: what can be asked here, the modules, the last probes. */
import { htmlText } from "../report/safe/html-text.ts";
import type { ProbeModule, ProbeModules } from "./module.ts";
import type { RecentProbe } from "./recent-probes.ts";

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;margin:2rem;max-width:75rem;color:#1b1f24;background:#fff}
table{border-collapse:collapse;margin:.5rem 0 2rem;width:100%}
th,td{text-align:left;padding:.3rem .8rem .3rem 0;border-bottom:1px solid #ddd;vertical-align:top}
code{font:13px ui-monospace,monospace}.ok{color:#116329}.warning{color:#7d4e00}.critical{color:#a40e26}
@media (prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}th,td{border-color:#30363d}a{color:#79c0ff}
.ok{color:#7ee787}.warning{color:#e3b341}.critical{color:#ff7b72}}`;

/** Nothing is loaded, run or framed. */
export const PAGE_HEADERS = {
  "Content-Security-Policy":
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
} as const;

/** @param isKept whether what a failed probe saw can still be read, by its id. */
export const statusPage = (
  version: string,
  modules: ProbeModules,
  probes: readonly RecentProbe[],
  isKept: (failedId: string) => boolean,
): string =>
  `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>rdprobe exporter</title><style>${STYLE}</style></head>
<body>
<h1>rdprobe exporter</h1>
<p>Version ${htmlText(version)}. <a href="/metrics">Metrics of the exporter itself</a>,
<a href="/-/healthy">health</a>, <a href="/config">configuration</a>. A probe: <code>/probe?target=host:3389&amp;module=standard</code>; with
<code>&amp;debug=true</code> it says what it saw in words.</p>
<h2>Modules</h2>
${table(["Module", "Depth", "Timeout", "Deadline", "Client", "Requires", "Forbids"], [...modules.values()].map(moduleRow))}
<h2>Recent probes</h2>
${
  probes.length === 0
    ? "<p>None yet.</p>"
    : table(
        [
          "When",
          "Target",
          "Address",
          "Module",
          "Success",
          "Verdict",
          "Stage",
          "Took",
          "Probes",
          "Last failure",
          "",
        ],
        probes.map((probe) => probeRow(probe, isKept)),
      )
}
</body>
</html>
`;

const moduleRow = ({ name, options, demands }: ProbeModule): readonly string[] => [
  `<code>${htmlText(name)}</code>`,
  options.depth,
  seconds(options.timeoutMs),
  seconds(options.deadlineMs),
  htmlText(options.reference.id),
  [...demands.required, ...(demands.inDate ? ["a certificate in date"] : [])].join(", "),
  demands.forbidden.join(", "),
];

const probeRow = (probe: RecentProbe, isKept: (failedId: string) => boolean): readonly string[] => {
  const { failedId, count } = probe;
  const { module, isSuccess, place, address, severity, verdict, startedAt, durationMs } = probe;
  const query = new URLSearchParams({ target: place, module, debug: "true" });
  return [
    htmlText(startedAt),
    htmlText(place),
    htmlText(address ?? "-"),
    htmlText(module),
    isSuccess ? "yes" : "no",
    `<span class="${severity}">${htmlText(verdict.code)}</span>`,
    verdict.stage,
    seconds(durationMs),
    String(count),
    failedId !== null && isKept(failedId)
      ? `<a href="${htmlText(`/probes/${failedId}`)}">what it saw</a>`
      : "-",
    `<a href="${htmlText(`/probe?${query}`)}">probe now</a>`,
  ];
};

/** @param rows cells that are HTML already. */
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const cells = (tag: string, values: readonly string[]): string =>
    `<tr>${values.map((value) => `<${tag}>${value}</${tag}>`).join("")}</tr>`;
  return `<table>${cells("th", head)}\n${rows.map((row) => cells("td", row)).join("\n")}</table>`;
};

const seconds = (ms: number): string => `${Number((ms / 1000).toFixed(3))} s`;
