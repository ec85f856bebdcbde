import { describe, expect, it } from "vitest";
import { fromHex } from "../../../src/bytes/hex.ts";
import { readTranscript } from "../../handshake/read-transcript.ts";
import { connectionRequestAsking } from "../../../src/handshake/plan/connection-requests.ts";
import type { ProbeConnection, Purpose } from "../../../src/handshake/plan/probe-plan.ts";
import { ladder } from "../../../src/report/text/ladder.ts";
import { judge } from "../../../src/verdict/rules/judge.ts";
import { encodeConnectionRequest, type Routing } from "../../../src/x224/connection-request.ts";
import { probeOf } from "../../verdict/transcripts.ts";

const asked = (
  purpose: Purpose,
  requested: number,
  answer: string,
  routing: Routing | null = null,
): ProbeConnection => ({
  purpose,
  facts: readTranscript(
    [
      { kind: "connected", atMs: 1 },
      { kind: "sent", atMs: 1, bytes: encodeConnectionRequest(connectionRequestAsking(requested, routing)) },
      { kind: "received", atMs: 2, bytes: fromHex(answer) },
    ],
    0,
  ),
});

const HYBRID_EX = "030000130ed00000123400021f080008000000";
const FAILURE_5 = "030000130ed000001234000300080005000000";

const main = asked("offer-all", 0x0b, HYBRID_EX, { kind: "token", token: "tsv://\u001b[31mfarm" });
const textOf = (verbose: boolean, ...connections: readonly ProbeConnection[]): string =>
  ladder(judge(probeOf(...connections)), { color: false, verbose, columns: 200 });

describe("the security layers in the ladder", () => {
  const full = [
    main,
    asked("ssl-only", 1, FAILURE_5),
    asked("layer-rdp", 0, FAILURE_5),
    asked("layer-rdstls", 5, FAILURE_5),
  ];

  it("stand there a line each, with the code that refused them, once each was asked for", () => {
    const lines = textOf(false, ...full).split("\n");
    const start = lines.indexOf("Security layers");
    expect(lines.slice(start, start + 8)).toEqual([
      "Security layers",
      "  refused      Standard RDP Security  HYBRID_REQUIRED_BY_SERVER (5)",
      "  refused      TLS alone              HYBRID_REQUIRED_BY_SERVER (5)",
      "  unknown      CredSSP (HYBRID)",
      "  accepted     CredSSP (HYBRID_EX)",
      "  refused      RDSTLS                 HYBRID_REQUIRED_BY_SERVER (5)",
      "  unknown      Entra ID (RDSAAD)",
      "  required     NLA",
    ]);
  });

  it("are left out at less than full depth", () => {
    expect(textOf(false, main, asked("ssl-only", 1, FAILURE_5))).not.toContain("Security layers");
  });
});

describe("the verbose ladder", () => {
  it("shows the token that was sent, made safe, and whose answer it looks like", () => {
    const text = textOf(true, main);
    expect(text).toMatch(/sent with the routing token tsv:\/\/.*farm/);
    expect(text).not.toContain("\u001b");
    expect(text).toContain("server: Windows (inferred)");
  });
});
