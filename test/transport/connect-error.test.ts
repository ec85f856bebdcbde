import { constants } from "node:os";
import { describe, expect, it } from "vitest";
import { formatRecordingMark, parseRecordingMark } from "../../src/handshake/conversation/recording-mark.ts";
import { CONNECT_FAILURES } from "../../src/handshake/conversation/transcript.ts";
import { probeAddress } from "../../src/scan/one/probe-address.ts";
import { connectError, isShortage } from "../../src/transport/connect-error.ts";
import { DEFAULT_EXPIRY } from "../../src/verdict/findings/certificate-findings.ts";
import { judge } from "../../src/verdict/rules/judge.ts";
import type { Result } from "../../src/verdict/result/result.ts";
import { readTranscript } from "../handshake/read-transcript.ts";
import { probeOf, REFERENCE } from "../verdict/transcripts.ts";

/** What a packet, or the lack of one, can make of connect(): all that may accuse somebody else. */
const OF_THE_WIRE = [
  "ECONNREFUSED",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EHOSTDOWN",
  "ENONET",
  "ENOPROTOOPT",
];

const SHORTAGES = ["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"];

const ERRNOS = [...new Set([...Object.keys(constants.errno), ...OF_THE_WIRE, "EHOSTDOWN", "unknown"])];

const judged = (code: string, family: 4 | 6, platform: string): Result | null => {
  const reason = connectError(code, family, platform);
  if (reason === "shortage") return null;
  const facts = readTranscript([{ kind: "connect-failed", atMs: 5000, reason, detail: code }], 0);
  return judge(probeOf({ purpose: "offer-all", facts }));
};

describe("an error of connect()", () => {
  it.each(["linux", "darwin", "win32"])(
    "accuses somebody else only where a packet can have made it: %s",
    (platform) => {
      for (const family of [4, 6] as const) {
        const accusing = ERRNOS.filter(
          (code) => judged(code, family, platform)?.verdict.severity === "critical",
        );
        const prohibited = platform === "linux" && family === 6 ? ["EACCES"] : [];
        expect(new Set(accusing)).toEqual(new Set([...OF_THE_WIRE, ...prohibited]));
      }
    },
  );

  it("is inconclusive at tcp and says why where this machine refused", () => {
    for (const code of ["EACCES", "EPERM", "EINVAL", "EADDRNOTAVAIL", "EAFNOSUPPORT", "ENETDOWN", "EIO"]) {
      expect(judged(code, 4, "linux")?.verdict).toMatchObject({
        ...{
          code: "inconclusive",
          stage: "tcp",
          severity: "warning",
          mstsc: null,
          evidence: { error: code },
        },
        summary: expect.stringContaining(code),
      });
    }
  });

  it("is a shortage where this machine may have it later", () => {
    expect(ERRNOS.filter(isShortage).toSorted()).toEqual(SHORTAGES.toSorted());
    expect(ERRNOS.filter((code) => judged(code, 4, "linux") === null).toSorted()).toEqual(
      SHORTAGES.toSorted(),
    );
  });

  it("stands in a recording whatever it was", () => {
    for (const reason of CONNECT_FAILURES) {
      const mark = {
        ...{ probe: 1, purpose: "offer-all", input: "x", host: "x", reference: REFERENCE.id },
        ...{ resolvedMs: null, probeStartedAtMs: 1, startedAtMs: 1 },
        unseen: [{ kind: "connect-failed", atMs: 2, reason, detail: "E" }],
      } as const;
      expect(parseRecordingMark(formatRecordingMark(mark))).toEqual(mark);
    }
  });
});

describe.skipIf(process.platform !== "linux")("a link-local address without its zone", () => {
  it("accuses nobody", async () => {
    const address = "fe80::7";
    const { verdict } = await probeAddress(
      { input: address, host: address, endpoint: { address, port: 3389, family: 6 }, resolution: null },
      {
        ...{ depth: "quick", timeoutMs: 2000, deadlineMs: 5000, pauseMs: 0, routing: null },
        ...{ reference: REFERENCE, expiry: DEFAULT_EXPIRY },
      },
    );
    expect(verdict).toMatchObject({ code: "inconclusive", stage: "tcp" });
    expect(["EINVAL", "EADDRNOTAVAIL", "EAFNOSUPPORT"]).toContain(verdict.evidence["error"]);
  });
});
