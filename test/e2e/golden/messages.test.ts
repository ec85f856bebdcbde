/** What the on-call gets: messages by the real programs, kept as files. `npm run golden` renews them. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Lab } from "../../../src/lab/lab.ts";
import { ensureBuilt } from "../cli/executable.ts";
import { commandsAvailable, describeWhere } from "../../support/availability.ts";
import {
  BROKEN_HOSTS,
  keptMessage,
  type Messages,
  type MonitoringSystem,
  SYSTEMS,
  startMessageLab,
  takeMessages,
} from "./messages.ts";

const PROGRAMS: Readonly<Record<MonitoringSystem, readonly string[]>> = {
  nagios: ["nagios4"],
  icinga: ["icinga2"],
  alertmanager: ["prometheus", "prometheus-alertmanager"],
};

for (const system of SYSTEMS) {
  describeWhere(commandsAvailable(...PROGRAMS[system]))(`the messages of ${system}`, () => {
    let lab: Lab;
    let messages: Messages;

    beforeAll(async () => {
      await ensureBuilt();
      lab = await startMessageLab();
      messages = await takeMessages(system, lab);
    }, 200_000);

    afterAll(() => lab.close());

    it.each(Object.entries(BROKEN_HOSTS))("of %s names the problem and a first step", (id, problem) => {
      const message = messages[id] ?? "";
      expect(message).toMatch(problem);
      expect(message).toMatch(/rdprobe explain|First: /);
    });

    it.each(Object.keys(BROKEN_HOSTS))("of %s is what it was (npm run golden)", (id) => {
      expect(messages[id]).toBe(keptMessage(system, id));
    });
  });
}

describe("the messages that are kept", () => {
  it("are ten of each system, and no others", () => {
    const files = readdirSync(join(import.meta.dirname, "messages")).toSorted();
    const wanted = SYSTEMS.flatMap((system) => Object.keys(BROKEN_HOSTS).map((id) => `${system}-${id}.txt`));
    expect(wanted).toHaveLength(30);
    expect(files).toEqual(wanted.toSorted());
  });
});
