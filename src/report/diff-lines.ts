/** What changed between two scans, as text. */
import type { ResultDiff, TargetVerdict } from "../verdict/result-diff.ts";
import { paletteOf } from "./palette.ts";
import { safeText } from "./safe-text.ts";

const FIELD_WIDTH = 22;

/** All changes with their summary, and the final newline. */
export const diffText = (diff: ResultDiff, color: boolean): string => {
  const palette = paletteOf(color);
  const lines = [
    ...diff.changed.flatMap((target) => [
      palette.severity("warning", `~ ${placeText(target)}`),
      ...target.changes.map(
        (change) =>
          `    ${change.field.padEnd(FIELD_WIDTH)}${valueText(change.old)} -> ${valueText(change.new)}`,
      ),
    ]),
    ...diff.new.map((target) =>
      palette.severity("info", `+ ${placeText(target)}: ${safeText(target.verdict)}`),
    ),
    ...diff.gone.map((target) =>
      palette.severity("critical", `- ${placeText(target)}: was ${safeText(target.verdict)}`),
    ),
    `${diff.changed.length} changed, ${diff.new.length} new, ${diff.gone.length} gone, ${diff.same} the same`,
  ];
  return `${lines.join("\n")}\n`;
};

const placeText = ({ host, address, port }: Omit<TargetVerdict, "verdict">): string => {
  const name = host.includes(":") ? `[${safeText(host)}]` : safeText(host);
  return address === null || address === host ? `${name}:${port}` : `${name}:${port} (${safeText(address)})`;
};

const valueText = (value: string | null): string => (value === null ? "none" : safeText(value));
