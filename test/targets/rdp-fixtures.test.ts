/** Every file of fixtures/rdp is read as the table says. */
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readRdpFile } from "../../src/cli/options/rdp-input.ts";
import { RDP_FIXTURES } from "./rdp-fixtures.ts";

const FOLDER = "fixtures/rdp";

const NAMES = Object.keys(RDP_FIXTURES);

test("there are at least 60, and each is in the table", () => {
  const files = readdirSync(FOLDER).map((file) => file.replace(/\.rdp$/, ""));
  expect(files.toSorted()).toEqual(NAMES.toSorted());
  expect(files.length).toBeGreaterThanOrEqual(60);
});

describe("the file", () => {
  test.each(NAMES)("%s", async (name) => {
    const file = await readRdpFile(`${FOLDER}/${name}.rdp`);
    const expected = RDP_FIXTURES[name] ?? null;
    expect(file.ok).toBe(expected !== null);
    if (!file.ok) {
      expect(file.problem).not.toBe("");
      return;
    }
    const { target, routingToken, gateway, isSigned, notes } = file.value;
    expect({ target, routingToken, gateway, isSigned, codes: notes.map(({ code }) => code) }).toEqual(
      expected,
    );
  });
});
