/** The screens that are kept as files: what is run, and in which terminal. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Lab, startLab } from "../../../src/lab/lab.ts";
import { EXECUTABLE } from "../cli/executable.ts";
import { terminalScreen } from "./terminal-screen.ts";

export interface Screen {
  /** Of the file. */
  readonly name: string;
  readonly scenarios: readonly string[];
  readonly columns: number;
  /** Behind the targets. */
  readonly args?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What the shell does with the command; `%` stands for it. */
  readonly within?: string;
  readonly withColors?: true;
}

const BROKEN = ["key-unreadable"] as const;
const HEALTHY = ["nla-required"] as const;
const MANY = ["certificate-expired", "key-unreadable", "http", "failure-2", "tls10-only", "nla-required"];

const WIDTHS = [80, 100, 120, 200] as const;

export const SCREENS: readonly Screen[] = [
  ...WIDTHS.flatMap((columns): readonly Screen[] => [
    { name: `broken-${columns}`, scenarios: BROKEN, columns },
    { name: `many-${columns}`, scenarios: MANY, columns, args: "--in-order" },
  ]),
  { name: "healthy-80", scenarios: HEALTHY, columns: 80 },
  { name: "warning-80", scenarios: ["tls10-only"], columns: 80 },
  { name: "closed-80", scenarios: ["port-closed"], columns: 80 },
  // Colours are the terminal's own eight: dark and light differ in the terminal, and not in what is written.
  { name: "broken-colors", scenarios: BROKEN, columns: 80, withColors: true },
  { name: "many-colors", scenarios: MANY, columns: 80, args: "--in-order", withColors: true },
  { name: "broken-no-color", scenarios: BROKEN, columns: 80, env: { NO_COLOR: "1" }, withColors: true },
  { name: "broken-dumb", scenarios: BROKEN, columns: 80, env: { TERM: "dumb" }, withColors: true },
  { name: "broken-c-locale", scenarios: BROKEN, columns: 80, env: { LC_ALL: "C" } },
  { name: "many-cp437", scenarios: MANY, columns: 80, args: "--in-order", env: { LC_ALL: "en_US.CP437" } },
  { name: "many-cp1252", scenarios: MANY, columns: 80, args: "--in-order", env: { LC_ALL: "de_DE.CP1252" } },
  { name: "broken-pipe", scenarios: BROKEN, columns: 120, within: "% | cat", withColors: true },
  { name: "broken-0-columns", scenarios: BROKEN, columns: 80, within: "stty cols 0; %" },
  { name: "many-0-columns", scenarios: MANY, columns: 200, args: "--in-order", within: "stty cols 0; %" },
];

const ROWS = 50;

const ENVIRONMENT = {
  ...{ LANG: "C.UTF-8", LC_ALL: "C.UTF-8", NO_COLOR: "", FORCE_COLOR: "", TERM: "screen" },
} as const;

/** The lab that every screen is taken of. */
export const startScreenLab = (): Promise<Lab> =>
  startLab({
    host: "127.0.0.1",
    basePort: 0,
    scenarios: [...new Set(SCREENS.flatMap(({ scenarios }) => scenarios))],
  });

/** Runs one and gives its screen, without what differs from run to run. */
export const takeScreen = async (screen: Screen, lab: Lab): Promise<string> => {
  const { scenarios, columns, args = "", env = {}, within = "%", withColors = false } = screen;
  const ports = scenarios.map((id) => lab.listeners.find(({ scenario }) => scenario.id === id)?.port ?? 0);
  const targets = ports.map((port) => `127.0.0.1:${port}`);
  const command = [process.execPath, EXECUTABLE, ...targets, args].join(" ").trimEnd();
  const text = await terminalScreen(within.replace("%", command), {
    ...{ columns, rows: ROWS, withColors },
    env: { ...ENVIRONMENT, ...env },
  });
  return steady(text, ports);
};

/** Ports have five digits here, and keep their width; a time is as wide as the column that it stands in. */
const steady = (text: string, ports: readonly number[]): string =>
  ports
    .reduce((all, port, index) => all.replaceAll(String(port), String(FIRST_PORT + index)), text)
    .replace(/\b\d+ ms\b/g, "N ms")
    .replace(/\b\d{4}-\d\d-\d\d\b/g, "YYYY-MM-DD")
    .split("\n")
    .map(withoutTimes)
    .join("\n");

const FIRST_PORT = 33_890;

/** The column MS of a table, and what its width leaves of a summary that is cut. */
const withoutTimes = (line: string): string =>
  line
    .replace(/ MS +SUMMARY/, " MS  SUMMARY")
    .replace(/^(127\.0\.0\.1:\d+ .* (?:-?\d+|-) {1,6})\d+ {2,}(?=[a-zA-Z])/, "$1N  ")
    .replace(/( N {2}.{20}).*\.\.\.$/, "$1...");

const pathOf = ({ name }: Screen): string => join(import.meta.dirname, "screens", `${name}.txt`);

export const keptScreen = (screen: Screen): string => readFileSync(pathOf(screen), "utf8");

export const keepScreen = (screen: Screen, text: string): void => writeFileSync(pathOf(screen), text);
