import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { commandsAvailable, describeWhere } from "../../support/availability.ts";
import { type FinishedProcess, runProcess } from "../servers/programs/processes.ts";

const UNITS = fileURLToPath(new URL("../../../contrib/systemd/", import.meta.url));

/** Of 10; below 2 systemd calls it "OK", above 5 "EXPOSED". */
const MAX_EXPOSURE = 2;

describeWhere(commandsAvailable("systemd-analyze"))("the systemd units", () => {
  let folder: string;
  let names: readonly string[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "rdprobe-units-"));
    names = (await readdir(UNITS)).filter((name) => /\.(service|timer)$/.test(name));
    for (const name of names) {
      // The program need not be installed for its unit to be right.
      const text = (await readFile(join(UNITS, name), "utf8")).replaceAll("/usr/bin/rdprobe", "/bin/true");
      await writeFile(join(folder, name), text);
    }
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const analyze = (...args: readonly string[]): Promise<FinishedProcess> =>
    runProcess("systemd-analyze", args, { cwd: folder, timeoutMs: 30_000 });

  it("are units that systemd takes without a word", async () => {
    expect(names).toHaveLength(4);
    const { code, stderr } = await analyze("verify", ...names.map((name) => `./${name}`));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  it("leave the services little to do harm with", async () => {
    for (const name of names.filter((unit) => unit.endsWith(".service"))) {
      const { stdout } = await analyze("security", "--offline=true", `./${name}`);
      const exposure = Number(/Overall exposure level for \S+: (\S+)/.exec(stdout)?.[1]);
      expect({ name, isLow: exposure < MAX_EXPOSURE }).toEqual({ name, isLow: true });
    }
  });
});
