import { describe, expect, it } from "vitest";
import { toHex } from "../../../src/bytes/hex.ts";
import { helloRecord } from "../../../src/handshake/plan/hello-plan.ts";
import {
  helloOfSize,
  nextSize,
  pathSize,
  SEGMENT_SIZES,
  SIZE_PURPOSES,
} from "../../../src/handshake/plan/path-size-plan.ts";
import { connection } from "../../verdict/transcripts.ts";

const SELECTS_SSL = "030000130ed000001234000200080001000000";
const INGREDIENTS = {
  ...{ serverName: null, isAddress: true },
  ...{ random: new Uint8Array(32), sessionId: new Uint8Array(32), keyShares: () => new Uint8Array(32) },
};
const HELLO = toHex(helloRecord(helloOfSize("segment-524"), INGREDIENTS));
const ALERT_40 = "15030300020228";

const arrived = connection("offer-all", [SELECTS_SSL, { sent: HELLO }, ALERT_40]).facts;
const lost = connection("offer-all", [SELECTS_SSL, { sent: HELLO }, "timeout"]).facts;

/** Asks as a probe does, over a path that carries hellos up to a size. */
const askOver = (carriedBytes: number) => {
  const answers = new Map<string, typeof arrived>();
  for (let next = nextSize(answers); next !== null; next = nextSize(answers)) {
    const size = SEGMENT_SIZES[SIZE_PURPOSES.indexOf(next)] ?? 0;
    answers.set(next, size <= carriedBytes ? arrived : lost);
  }
  return answers;
};

describe("the size that still passes", () => {
  it.each([
    [100, null, 524],
    [600, 524, 1148],
    [1228, 1228, 1308],
    [1400, 1388, 1448],
    [9000, 1448, null],
  ])("over a path of %i bytes is found in three connections", (carriedBytes, arrivedBytes, lostBytes) => {
    const answers = askOver(carriedBytes);
    expect(answers.size).toBe(3);
    expect(pathSize(answers)).toEqual({ arrivedBytes, lostBytes });
  });

  it("is unknown where nobody asked", () => {
    expect(pathSize(new Map())).toBeNull();
  });

  it("is asked for with hellos of exactly that size", () => {
    const sizes = SIZE_PURPOSES.map((purpose) => helloRecord(helloOfSize(purpose), INGREDIENTS).length);
    expect(sizes).toEqual(SEGMENT_SIZES);
  });
});
