/** What full depth alone tells, for people: versions and suites, clients, the other listeners. */
import { printedVersion } from "../../verdict/rules/offered-version.ts";
import type { Result } from "../../verdict/result/result.ts";
import { clientsTable } from "../table/clients-table.ts";
import type { Palette } from "./palette.ts";
import { safeText } from "../safe/safe-text.ts";

/** Nothing at less than full depth. @param color whether the clients' outcomes are marked. */
export const fullLines = (result: Result, palette: Palette, color: boolean): readonly string[] => [
  ...supportLines(result, palette),
  ...clientLines(result, palette, color),
  ...listenerLines(result, palette),
];

const supportLines = ({ tlsSupport }: Result, palette: Palette): readonly string[] => {
  if (tlsSupport === undefined) return [];
  const versions = Object.entries(tlsSupport).filter(([, { accepted }]) => accepted.length > 0);
  return [
    palette.strong("TLS versions and cipher suites"),
    ...versions.flatMap(([version, { accepted, serverPreference, groups, dhBits, complete }]) => [
      `  ${printedVersion(version)}${ORDERS[String(serverPreference)] ?? ""}${complete ? "" : ", maybe more"}`,
      ...accepted.map((suite) => `    ${suite}`),
      ...(groups.length > 0 ? [`    groups ${groups.join(", ")}`] : []),
      ...(dhBits.length > 0 ? [`    DH of ${dhBits.join(", ")} bits`] : []),
    ]),
    "",
  ];
};

const ORDERS: Readonly<Record<string, string>> = {
  true: ", in the server's order",
  false: ", in the client's order",
};

const clientLines = ({ clients }: Result, palette: Palette, color: boolean): readonly string[] =>
  clients === undefined
    ? []
    : [
        palette.strong("Client compatibility"),
        ...clientsTable(clients, color)
          .trimEnd()
          .split("\n")
          .map((line) => `  ${line}`),
        "",
      ];

const listenerLines = ({ listeners }: Result, palette: Palette): readonly string[] =>
  listeners === undefined
    ? []
    : [
        palette.strong("Other listeners"),
        ...Object.values(listeners).flatMap((report) =>
          report === null
            ? []
            : [`  ${`${report.protocol} ${report.port}`.padEnd(10)}${safeText(report.summary)}`],
        ),
      ];
