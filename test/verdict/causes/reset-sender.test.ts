import { describe, expect, it } from "vitest";
import type { PacketFacts } from "../../../src/capture/tcp/tcp-event.ts";
import type { ResetEvidence } from "../../../src/handshake/facts/reset-evidence.ts";
import { resetSender, withResetEvidence } from "../../../src/verdict/causes/reset-sender.ts";
import { RESET_CLUES } from "../../../src/verdict/causes/reset-clues.ts";
import { ruling } from "../../../src/verdict/rules/ruling.ts";

const TIMESTAMPS = Uint8Array.of(1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2);

const packet = (facts: Partial<PacketFacts> = {}): PacketFacts => ({
  number: 1,
  hopLimit: 120,
  ipId: 1000,
  window: 8192,
  flags: 0x10,
  sequence: 1,
  acknowledgment: 1,
  options: new Uint8Array(0),
  comment: null,
  ...facts,
});

/** A reset of which nothing is known but that it came. */
const NOTHING: ResetEvidence = {
  side: "server",
  reset: packet({ ipId: null, window: 0 }),
  distance: null,
  opening: null,
  data: null,
  roundTripMs: null,
  sinceProvokedMs: null,
  resets: 1,
  sequences: 1,
  wentOn: false,
  bothSides: false,
};

const counting = { opening: packet({ ipId: 1000 }), data: packet({ ipId: 1004 }) };

interface Branch {
  readonly clue: string;
  readonly applies: Partial<ResetEvidence>;
  readonly doesNot: Partial<ResetEvidence>;
}

/** Every row of the table, with evidence on either side of it. */
const BRANCHES: readonly Branch[] = [
  { clue: "went-on", applies: { wentOn: true }, doesNot: { wentOn: false } },
  { clue: "both-sides", applies: { bothSides: true }, doesNot: { bothSides: false } },
  {
    clue: "hop-limit-differs",
    applies: { opening: packet({ hopLimit: 120 }), reset: packet({ hopLimit: 64 }) },
    doesNot: { opening: packet({ hopLimit: 120 }), reset: packet({ hopLimit: 120 }) },
  },
  {
    clue: "hop-limit-equal",
    applies: { data: packet({ hopLimit: 57 }), reset: packet({ hopLimit: 57 }) },
    doesNot: { data: packet({ hopLimit: 57 }), reset: packet({ hopLimit: 58 }) },
  },
  {
    clue: "too-early",
    applies: { roundTripMs: 24, sinceProvokedMs: 2 },
    doesNot: { roundTripMs: 24, sinceProvokedMs: 13 },
  },
  {
    clue: "after-a-round-trip",
    applies: { roundTripMs: 24, sinceProvokedMs: 25 },
    doesNot: { roundTripMs: 0.2, sinceProvokedMs: 25 },
  },
  { clue: "several-sequences", applies: { resets: 3, sequences: 3 }, doesNot: { resets: 3, sequences: 1 } },
  { clue: "sequence-off", applies: { distance: -19 }, doesNot: { distance: null } },
  { clue: "sequence-due", applies: { distance: 0 }, doesNot: { distance: 1 } },
  {
    clue: "ip-id-counts-on",
    applies: { ...counting, reset: packet({ ipId: 1005 }) },
    doesNot: { ...counting, reset: packet({ ipId: null }) },
  },
  {
    clue: "ip-id-out-of-line",
    applies: { ...counting, reset: packet({ ipId: 54_321 }) },
    // A host whose identification is no counter: Linux answers a SYN with 0.
    doesNot: { opening: packet({ ipId: 0 }), data: packet({ ipId: 40_000 }), reset: packet({ ipId: 0 }) },
  },
  {
    clue: "timestamps-kept",
    applies: { data: packet({ options: TIMESTAMPS }), reset: packet({ options: TIMESTAMPS }) },
    doesNot: { data: packet(), reset: packet({ options: TIMESTAMPS }) },
  },
  {
    clue: "timestamps-missing",
    applies: { data: packet({ options: TIMESTAMPS }), reset: packet() },
    doesNot: { data: packet(), reset: packet() },
  },
  {
    clue: "window-of-its-own",
    applies: { data: packet({ window: 500 }), reset: packet({ window: 60_000 }) },
    // A SYN-ACK's window is not scaled.
    doesNot: { opening: packet({ window: 65_535 }), reset: packet({ window: 64 }) },
  },
];

const clueOf = (id: string) => {
  const clue = RESET_CLUES.find((row) => row.id === id);
  if (clue === undefined) throw new Error(`no clue ${id}`);
  return clue;
};

describe("clues on who sent a reset", () => {
  it("every row of the table has its two branches here", () => {
    expect(BRANCHES.map(({ clue }) => clue).sort()).toEqual(RESET_CLUES.map(({ id }) => id).sort());
  });

  it.each(BRANCHES)("$clue", ({ clue, applies, doesNot }) => {
    const row = clueOf(clue);
    expect(row.applies({ ...NOTHING, ...applies })).toBe(true);
    expect(row.applies({ ...NOTHING, ...doesNot })).toBe(false);
    expect(row.applies(NOTHING)).toBe(false);
    expect(row.text({ ...NOTHING, ...applies }, "server")).toMatch(/^[a-z0-9].*[^.]$/s);
  });

  it("an IP identification of 0 tells nothing, wherever the host's counter stands (RFC 6864 4.1)", () => {
    for (let last = 1; last <= 0xffff; last += 97) {
      const opening = packet({ ipId: Math.max(1, last - 4) });
      const evidence = { ...NOTHING, opening, data: packet({ ipId: last }), reset: packet({ ipId: 0 }) };
      expect(clueOf("ip-id-out-of-line").applies(evidence)).toBe(false);
      expect(clueOf("ip-id-counts-on").applies(evidence)).toBe(false);
    }
  });

  it("options of any bytes end the search for time stamps", () => {
    for (const options of [[3], [3, 0, 0, 0], [0, 8], [5, 255], [1, 1, 1, 1]]) {
      const evidence = { ...NOTHING, data: packet({ options: Uint8Array.from(options) }), reset: packet() };
      expect(clueOf("timestamps-missing").applies(evidence)).toBe(false);
    }
  });
});

const senders = (evidence: Partial<ResetEvidence>) => ({
  host: resetSender({ ...NOTHING, ...evidence }, "host").likelihood,
  device: resetSender({ ...NOTHING, ...evidence }, "device").likelihood,
});

describe("who reset a captured connection", () => {
  it.each<[string, Partial<ResetEvidence>, ReturnType<typeof senders>]>([
    ["nothing to go by", {}, { host: "possible", device: "possible" }],
    [
      "all in line with the server",
      { ...counting, reset: packet({ ipId: 1005, window: 0 }), distance: 0 },
      { host: "likely", device: "unlikely" },
    ],
    [
      "another hop limit, and too early",
      {
        opening: packet(),
        reset: packet({ hopLimit: 62 }),
        roundTripMs: 30,
        sinceProvokedMs: 1,
        distance: 0,
      },
      { host: "unlikely", device: "likely" },
    ],
    ["the hop limit alone", { opening: packet(), reset: packet() }, { host: "possible", device: "possible" }],
    [
      "another hop limit against a sequence number and an identification in line",
      { ...counting, reset: packet({ hopLimit: 64, ipId: 1005 }), distance: 0 },
      { host: "possible", device: "possible" },
    ],
    [
      "the client's own",
      { side: "client", opening: packet(), reset: packet(), distance: 0 },
      { host: "likely", device: "unlikely" },
    ],
  ])("%s", (_what, evidence, expected) => {
    expect(senders(evidence)).toEqual(expected);
  });

  it("is never a fact, and always says what it rests on", () => {
    for (const { applies } of BRANCHES) {
      for (const sender of ["host", "device"] as const) {
        const { likelihood, why } = resetSender({ ...NOTHING, ...applies }, sender);
        expect(["likely", "possible", "unlikely"]).toContain(likelihood);
        expect(why).not.toBe("");
      }
    }
  });

  it("the measures stand in the verdict's evidence", () => {
    const reset = { ...NOTHING, opening: packet(), roundTripMs: 12.3456, sinceProvokedMs: 0.5 };
    const found = withResetEvidence(ruling("reset", "tls", "reset", { evidence: { serverBytes: 0 } }), reset);
    expect(found.evidence).toMatchObject({ serverBytes: 0, roundTripMs: 12.346, openingHopLimit: 120 });
  });
});
