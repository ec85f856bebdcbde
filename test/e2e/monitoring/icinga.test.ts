import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkRdp } from "../cli/check-rdp.ts";
import { commandsAvailable, describeWhere } from "../../support/availability.ts";
import { type ProcessGroup, runProcess, startProcess } from "../servers/programs/processes.ts";
import { expectStatusOf, useWatchedServices } from "./watched-services.ts";

const CONTRIB = resolve("contrib", "icinga2", "rdprobe.conf");

const mainText = (folder: string): string => `
include <itl>
include <plugins>
include "${CONTRIB}"

object CheckerComponent "checker" { }
object StatusDataWriter "status" {
  status_path = "${join(folder, "status.dat")}"
  objects_path = "${join(folder, "objects.cache")}"
  update_interval = 1s
}
object Endpoint NodeName { }
object Zone NodeName { endpoints = [ NodeName ] }
object Host "lab" {
  check_command = "dummy"
  address = "127.0.0.1"
}
`;

/** Several values are an array, as contrib's README has it. */
const valueText = (value: string): string => {
  const values = value.split(",").map((one) => JSON.stringify(one));
  return values.length === 1 ? values.join() : `[ ${values.join(", ")} ]`;
};

interface IcingaService {
  readonly name: string;
  readonly port: number;
  readonly options: Readonly<Record<string, string>>;
}

const serviceText = ({ name, port, options }: IcingaService): string => `
object Service "${name}" {
  host_name = "lab"
  check_command = "rdp"
  check_interval = 2s
  max_check_attempts = 1
  vars.rdp_port = ${port}
${Object.entries(options)
  .map(([option, value]) => `  vars.rdp_${option.replaceAll("-", "_")} = ${valueText(value)}\n`)
  .join("")}}
`;

const FOLDERS = { DataDir: "data", LogDir: "log", CacheDir: "cache", SpoolDir: "spool", InitRunDir: "run" };

/** Nothing outside the folder. */
const argumentsIn = (folder: string): readonly string[] => {
  const { username } = userInfo();
  const constants = {
    ...{ RunAsUser: username, RunAsGroup: username, NodeName: "rdprobe-test" },
    ...{ PluginDir: join(folder, "plugins"), PluginContribDir: join(folder, "plugins") },
    ...Object.fromEntries(Object.entries(FOLDERS).map(([name, path]) => [name, join(folder, path)])),
  };
  const defined = Object.entries(constants).flatMap(([name, value]) => ["-D", `${name}=${value}`]);
  return ["daemon", "-c", join(folder, "icinga2.conf"), ...defined];
};

describeWhere(commandsAvailable("icinga2"))("a running Icinga 2", () => {
  const watched = useWatchedServices();
  let icinga: ProcessGroup | null = null;

  beforeAll(() => {
    const folder = watched.folder();
    for (const path of Object.values(FOLDERS)) mkdirSync(join(folder, path));
    const services = watched.services().map(serviceText);
    writeFileSync(join(folder, "icinga2.conf"), [mainText(folder), ...services].join(""));
  });
  afterAll(() => icinga?.stop("SIGTERM", 5000));

  it("accepts the CheckCommand of contrib: icinga2 daemon -C", async () => {
    const { code, stdout } = await runProcess("icinga2", [...argumentsIn(watched.folder()), "-C"], {
      timeoutMs: 30_000,
    });
    expect(stdout).toContain("Finished validating the configuration file(s).");
    expect(code).toBe(0);
  }, 40_000);

  it("has the states and the performance data of lab scenarios and xrdp", async () => {
    icinga = await startProcess("icinga2", argumentsIn(watched.folder()));
    await expectStatusOf(watched, join(watched.folder(), "status.dat"));
  }, 90_000);
});

it("the CheckCommand has every option of check_rdp", async () => {
  const { stdout } = await checkRdp(["-h"]);
  const options = [...stdout.matchAll(/^ +(?:-(\w), )?--([\w-]+)/gm)].map(([, short, long]) =>
    short === undefined ? `--${long}` : `-${short}`,
  );
  const elsewhere = new Set(["--format", "--service", "-V", "-h"]);
  const command = readFileSync(CONTRIB, "utf8");
  const missing = options.filter((option) => !elsewhere.has(option) && !command.includes(`"${option}" = {`));
  expect(options.length).toBeGreaterThan(20);
  expect(missing).toEqual([]);
});
