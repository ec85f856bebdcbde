import { describe, expect, it } from "vitest";
import { judge } from "../../../src/verdict/rules/judge.ts";
import { connection, probeOf } from "../transcripts.ts";

const SELECTS_SSL = "030000130ed000001234000200080001000000";
const CLIENT_HELLO = { sent: "16030100050100000100" };

describe("a server whose answer to the ClientHello is no TLS", () => {
  it.each([
    ["bytes of another protocol", "485454502f312e3120343030", "record.type"],
    ["a record of another protocol's version", "1602000002", "record.version"],
    ["a record that is too long", "160303ffff", "record.length"],
  ])("is malformed at tls, with the field: %s", (_what, bytes, field) => {
    const { verdict } = judge(probeOf(connection("offer-all", [SELECTS_SSL, CLIENT_HELLO, bytes])));
    expect(verdict).toMatchObject({
      code: "malformed",
      stage: "tls",
      severity: "critical",
      evidence: { field },
    });
  });
});
