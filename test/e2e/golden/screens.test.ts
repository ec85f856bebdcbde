/** The screens that users see, as they are kept in files. `npm run golden` renews them. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Lab } from "../../../src/lab/lab.ts";
import { ensureBuilt } from "../cli/executable.ts";
import { commandsAvailable, describeWhere } from "../../support/availability.ts";
import { keptScreen, SCREENS, startScreenLab, takeScreen } from "./screens.ts";

const ESCAPE = "\u001b";

describeWhere(commandsAvailable("tmux"))("a screen", () => {
  let lab: Lab;

  beforeAll(async () => {
    await ensureBuilt();
    lab = await startScreenLab();
  }, 150_000);

  afterAll(() => lab.close());

  it.each(SCREENS)("$name is what it was (npm run golden)", { timeout: 30_000 }, async (screen) => {
    expect(await takeScreen(screen, lab)).toBe(keptScreen(screen));
  });
});

describe("the screens that are kept", () => {
  it("are those that are taken, and no others", () => {
    const files = readdirSync(join(import.meta.dirname, "screens")).sort();
    expect(files).toEqual(SCREENS.map(({ name }) => `${name}.txt`).sort());
  });

  it.each(SCREENS.filter(({ name }) => /no-color|dumb|pipe/.test(name)))("$name has no colour", (screen) => {
    expect(keptScreen(screen)).not.toContain(ESCAPE);
  });

  it.each(SCREENS.filter(({ name }) => name.endsWith("-colors")))("$name has colours", (screen) => {
    expect(keptScreen(screen)).toContain(ESCAPE);
  });

  it.each(SCREENS.filter(({ name }) => /dumb|c-locale|cp\d/.test(name)))("$name is ASCII", (screen) => {
    expect(keptScreen(screen)).toMatch(/^\p{ASCII}+$/u);
  });
});
