import { describe, expect, it } from "vitest";
import { judge } from "../../src/verdict/judge.ts";
import { connection, probeOf } from "./transcripts.ts";

const SELECTS_SSL = "030000130ed000001234000200080001000000";
/** Handshake records without a fragment, which OpenSSL takes 32 times (RFC 5246 6.2.1 forbids them). */
const EMPTY_RECORDS = "1603030000".repeat(33);

describe("a server whose bytes our own TLS library gives up on", () => {
  it("is malformed at tls where no ServerHello came, whatever ended first", () => {
    const steps = [SELECTS_SSL, EMPTY_RECORDS, { sessionFailed: "too many empty fragments" }];
    expect(judge(probeOf(connection("offer-all", steps))).verdict).toMatchObject({
      code: "malformed",
      stage: "tls",
      severity: "critical",
      evidence: { library: "too many empty fragments", serverBytes: 5 * 33 },
    });
  });
});
