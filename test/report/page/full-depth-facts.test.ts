import fc from "fast-check";
import { expect, test } from "vitest";
import { fullDepthFacts } from "../../../src/report/page/full-depth-facts.ts";

test("tells what is accepted, who connects, who does not and why, and what else was asked", () => {
  expect(
    fullDepthFacts({
      tlsSupport: {
        "1.2": { accepted: ["TLS_B"] },
        "1.0": { accepted: ["TLS_A", 7] },
        ssl3: { accepted: [] },
      },
      clients: [
        { name: "Windows 10", outcome: "connects", why: "answered" },
        { name: "Windows 11", outcome: "connects", why: "answered" },
        { name: "old", outcome: "no-shared-cipher", why: "none of its suites" },
      ],
      listeners: { udp3389: { summary: "UDP 3389 is closed" }, other: {} },
    }),
  ).toEqual([
    ["TLS 1.0 accepts", "TLS_A"],
    ["TLS 1.2 accepts", "TLS_B"],
    ["Clients that connect", "Windows 10, Windows 11"],
    ["old", "no-shared-cipher: none of its suites"],
    ["Also asked", "UDP 3389 is closed"],
  ]);
});

test("takes whatever a file has there, and stays short", () => {
  fc.assert(
    fc.property(
      fc.object({ key: fc.constantFrom("tlsSupport", "clients", "listeners", "1.2", "name") }),
      (json) => {
        expect(fullDepthFacts(json).length).toBeLessThan(60);
      },
    ),
  );
  const many = Array.from({ length: 5000 }, (_, index) => ({ name: `c${index}`, outcome: "x", why: "y" }));
  expect(fullDepthFacts({ clients: many })).toHaveLength(40);
});
