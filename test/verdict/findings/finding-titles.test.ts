/** What findings are called in the answer's first line. */
import { describe, expect, it } from "vitest";
import { FINDING_NOTES } from "../../../src/verdict/findings/finding-notes.ts";
import { findingTitle } from "../../../src/verdict/findings/finding-titles.ts";
import type { Finding } from "../../../src/verdict/result/result.ts";

const WORKS = "RDP works";
/** What an IPv4 address with its port leaves of 80 columns behind a label. */
const ROOM = 52;
const finding = (code: string, severity: Finding["severity"], summary = "?"): Finding => ({
  code,
  severity,
  summary,
  stage: "certificate",
  evidence: {},
  remedies: [],
});

const titles = FINDING_NOTES.flatMap(({ code }) =>
  (["warning", "critical"] as const).map((severity) => findingTitle(finding(code, severity), WORKS)),
);

describe("the title of a finding", () => {
  it.each([...new Set(titles)])("%s fits into the first line", (title) => {
    expect(title.length).toBeLessThanOrEqual(ROOM);
    expect(title).not.toMatch(/\.$/);
  });

  it("says what is refused where clients do not get in", () => {
    expect(findingTitle(finding("chain-too-long", "critical"), WORKS)).not.toContain(WORKS);
    expect(findingTitle(finding("chain-too-long", "warning"), WORKS)).toContain(WORKS);
  });

  it.each(["certificate-expires-soon", "not-in-the-table"])("%s: the first clause of its summary", (code) => {
    const title = findingTitle(finding(code, "warning", "it ends in 9 days (2026-12-07)"), WORKS);
    expect(title).toBe("RDP works, but it ends in 9 days");
  });
});
