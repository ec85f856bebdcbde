import { describe, expect, it } from "vitest";
import { fromHex } from "../../../src/bytes/hex.ts";
import { relatedStreams } from "../../../src/verdict/findings/related-results.ts";
import type { Result } from "../../../src/verdict/result/result.ts";
import { captureOf, client, connected, ends, play, server } from "../../judging/conversations.ts";
import { judged } from "../../judging/judged.ts";

const START_MS = Date.parse("2026-11-21T12:00:00Z");
const REQUEST = fromHex("030000130ee000000000000100080001000000");
const NLA_REQUIRED = fromHex("030000130ed000001234000300080005000000");

/** Tries of one client at these seconds, each refused at once. */
const triesAt = (...seconds: readonly number[]): readonly Result[] =>
  judged(
    captureOf(
      seconds.flatMap((second, index) =>
        play(
          [...connected, client(REQUEST), server(NLA_REQUIRED), ends("client", "fin"), ends("server", "fin")],
          {
            client: { address: "192.0.2.10", port: 50_000 + index },
            startMs: START_MS + second * 1000,
          },
        ),
      ),
    ),
  ).results;

const neighbours = (results: readonly Result[]) =>
  results.map(({ source }) => (source.kind === "pcap" ? (source.related ?? []) : []));

describe("tries of one client at one server", () => {
  it("within half a minute name each other", () => {
    const results = triesAt(0, 20);
    expect(neighbours(results)).toEqual([[1], [0]]);
    expect(results[0]?.verdict.summary).toMatch(
      /the same client tries again 20\.0 s later \(stream 1: nla-required\)/,
    );
    expect(results[1]?.verdict.summary).toMatch(
      /the same client tried 20\.0 s before \(stream 0: nla-required\)/,
    );
  });

  it("further apart have nothing to do with each other", () => {
    expect(neighbours(triesAt(0, 40))).toEqual([[], []]);
  });

  it("of a whole day are told pair by pair", () => {
    const results = triesAt(...[0, 1, 2, 3, 4].flatMap((hour) => [3600 * hour, 3600 * hour + 2]));
    expect(relatedStreams(results)).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
      [6, 7],
      [8, 9],
    ]);
    for (const { verdict } of results) expect(verdict.summary).toMatch(/the same client tr/);
  });

  it("too many in a row are a scanner's: each has its neighbours, and no summary tells", () => {
    const results = triesAt(0, 1, 2, 3, 4, 5, 6);
    expect(relatedStreams(results)).toEqual([[0, 1, 2, 3, 4, 5, 6]]);
    expect(neighbours(results)[3]).toEqual([2, 4]);
    for (const { verdict } of results) expect(verdict.summary).not.toMatch(/same client/);
  });
});
