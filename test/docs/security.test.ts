import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const DOCUMENT = readFileSync("SECURITY.md", "utf8");

it("names tests that there are, at least one for each attacker", () => {
  const rows = DOCUMENT.split("\n").filter((line) => /^\| (?!who|---)/.test(line));
  expect(rows.length).toBeGreaterThan(8);
  for (const row of rows)
    expect([row.slice(0, 60), /`test\/[^`]+`/.test(row)]).toEqual([row.slice(0, 60), true]);
  const named = [...DOCUMENT.matchAll(/`(test\/[^`]+)`/g)].map(([, path = ""]) => path);
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((path) => !existsSync(path))).toEqual([]);
});
