/** What changed between two scans, as text. */
import type { ScanDiff, TargetState, ToldChange } from "../../audit/row-diff.ts";
import { paletteOf } from "./palette.ts";

const LABELS = { critical: "CRITICAL", warning: "WARNING", ok: "" } as const;
const LABEL_WIDTH = 10;

/** All changes, the worst first, with their summary and the final newline. A row's texts are safe to print. */
export const diffText = (diff: ScanDiff, color: boolean): string => {
  const palette = paletteOf(color);
  const line = ({ severity, text, ...values }: ToldChange): string => {
    const label = LABELS[severity].padEnd(LABEL_WIDTH);
    const shown = severity === "ok" ? label : palette.severity(severity, label);
    return `    ${shown}${text}: ${values.old ?? "none"} -> ${values.new ?? "none"}`;
  };
  const lines = [
    ...diff.changed.flatMap((target) => [
      palette.strong(`~ ${placeText(target)}`),
      ...target.changes.map(line),
    ]),
    ...diff.new.map((target) => palette.severity("info", `+ ${placeText(target)}: ${target.verdict}`)),
    ...diff.gone.map((target) =>
      palette.severity("critical", `- ${placeText(target)}: was ${target.verdict}`),
    ),
    `${diff.changed.length} changed, ${diff.new.length} new, ${diff.gone.length} gone, ${diff.same} the same`,
  ];
  return `${lines.join("\n")}\n`;
};

const placeText = ({ host, address, port }: Pick<TargetState, "host" | "address" | "port">): string => {
  const name = host.includes(":") ? `[${host}]` : host;
  return address === null || address === host ? `${name}:${port}` : `${name}:${port} (${address})`;
};
