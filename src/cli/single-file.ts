/** The single-file executable: Node with rdprobe inside. By the name `check_rdp` it is the monitoring plugin. */
import { statSync } from "node:fs";
import { getRawAsset } from "node:sea";
import { calledAs } from "./words/called-as.ts";
import { mouseStart } from "./guided/mouse-start.ts";
import { singleFileModules } from "./single-file-modules.ts";
import { cannotStart, start } from "./start.ts";
import { type LoadCheck, startCheck } from "./start-check.ts";

const asset = (name: string): Buffer => {
  const bytes = getRawAsset(name);
  return typeof bytes === "string" ? Buffer.from(bytes) : Buffer.from(bytes);
};

/** The modules that have a code cache, by name. */
const withCode: ReadonlySet<string> = new Set(JSON.parse(asset("code.json").toString()));

const modules = singleFileModules(
  {
    // They are ASCII, which V8 keeps as it is.
    text: (name) => asset(name).toString("latin1"),
    code: (name) => (withCode.has(name) ? asset(`${name}.code`) : null),
  },
  require,
);

const loadCheck: LoadCheck = () => modules.require("./check-main.js");

const startRdprobe = (argv: readonly string[]): void => {
  const { env, platform } = process;
  const byMouse = mouseStart({
    ...{ argv, env, platform },
    isConsole: () => process.stdin.isTTY === true && process.stdout.isTTY === true,
    isFile: (path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true,
    parentName: () => modules.require("./parent-name.js").parentName(),
  });
  if (byMouse === null)
    start(argv, { loadCheck, loadCommandLine: async () => modules.require("./command-line.js") });
  else modules.require("./guide.js").guide(byMouse.target).catch(cannotStart);
};

const argv = process.argv.slice(2);
if (calledAs(process.argv0, process.execPath) === "check_rdp") startCheck(loadCheck, argv, "check_rdp");
else startRdprobe(argv);
