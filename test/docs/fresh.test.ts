import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { pages } from "../../scripts/docs/pages.ts";
import { POPULAR_ADVICE, TEN_MINUTES } from "../../scripts/docs/socket-closed.ts";

const GENERATED = pages();
const FOLDERS = ["verdicts", "causes", "remedies", "codes"];

describe("the generated pages of docs/", () => {
  it.each([...GENERATED.keys()])("%s is as npm run docs writes it", (path) => {
    expect(readFileSync(join("docs", path), "utf8")).toBe(GENERATED.get(path));
  });

  it("are all that is in their folders", () => {
    const there = FOLDERS.flatMap((folder) =>
      readdirSync(join("docs", folder)).map((name) => `${folder}/${name}`),
    );
    const due = [...GENERATED.keys()].filter((path) => path.includes("/"));
    expect(there.toSorted()).toEqual(due.toSorted());
  });

  it("link to pages that there are", () => {
    const broken = [...GENERATED].flatMap(([path, text]) =>
      [...text.matchAll(/\]\(([^)]+\.md)\)/g)]
        .map(([, link = ""]) => join(path, "..", link))
        .filter((target) => !GENERATED.has(target)),
    );
    expect(broken).toEqual([]);
  });
});

describe("docs/0x904-0x7.md", () => {
  const text = GENERATED.get("0x904-0x7.md") ?? "";

  it("begins its path with a probe, and changes nothing before the cause is known", () => {
    expect(TEN_MINUTES[0]?.run).toBe("rdprobe server01");
    expect(TEN_MINUTES.filter(({ run }) => !/^(rdprobe|Get-WinEvent) /.test(run))).toEqual([]);
  });

  it("says of every popular advice what it is worth, why, and where that is from", () => {
    const advised = POPULAR_ADVICE.map(({ advice }) => advice).join("\n");
    for (const word of [
      "MachineKeys",
      "address",
      "SecurityLayer",
      "NLA",
      "antivirus",
      "mstsc.exe",
      "Store app",
    ])
      expect(advised).toContain(word);
    for (const word of ["MaxOutstandingConnections", "netsh", "AllowEncryptionOracle", "termserv"])
      expect(advised).toContain(word);
    for (const { why, source } of POPULAR_ADVICE) expect(text).toContain(`${why} | ${source} |`);
  });
});
