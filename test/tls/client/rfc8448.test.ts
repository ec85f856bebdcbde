import { describe, expect, it } from "vitest";
import { toHex } from "../../../src/bytes/hex.ts";
import { CONTENT_TYPE } from "../../../src/tls/wire/record.ts";
import { TlsWitness } from "../../../src/tls/decrypt/tls-witness.ts";
import { RFC_8448_SECRETS } from "../rfc8448.ts";
import { TRACES, type Trace } from "./rfc8448-traces.ts";
import { traceHandshake } from "./traced-handshake.ts";

const CLOSE_NOTIFY = Uint8Array.of(1, 0);

const flipped = (bytes: Uint8Array, at: number): Uint8Array =>
  bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));

describe.each(TRACES.map((trace) => [trace.section, trace] as const))("RFC 8448 %s", (_, trace) => {
  it("the server's flight is verified to the end: key schedule, records, CertificateVerify and Finished", () => {
    const { step, flight } = traceHandshake(trace);
    if (step?.kind !== "established") throw new Error(JSON.stringify(step));
    expect(TlsWitness.isWitness(step.witness)).toBe(true);
    const group = trace.retry === null ? 0x001d : 0x0017;
    expect(step.witness).toMatchObject({ proof: "verified", version: 0x0304, cipherSuite: 0x1301, group });
    expect(flight.certificates).toHaveLength(1);
    expect(flight.certificateRequest !== null).toBe(trace.asksForCertificate);
  });

  it("the client's answer is the RFC's, byte for byte", () => {
    const { answer, output } = traceHandshake(trace);
    if (trace.clientFlight === null) {
      // Ours has no certificate to show: Certificate with an empty list, and Finished.
      expect(answer).toHaveLength(5 + 4 + 4 + 1 + 16 + 5 + 4 + 32 + 1 + 16);
      return;
    }
    expect(toHex(answer ?? new Uint8Array(0))).toBe(toHex(trace.clientFlight));
    if (trace.clientClose !== null) expect(toHex(output.alertRecord())).toBe(toHex(trace.clientClose));
  });

  it("what the server says then opens under the session's keys, up to its close_notify", () => {
    expect(traceHandshake(trace).open(trace.serverRest).at(-1)).toEqual([CONTENT_TYPE.alert, CLOSE_NOTIFY]);
  });

  it("with one bit changed anywhere, the flight gives no witness", () => {
    const { serverFlight } = trace;
    const faults = new Set<string>();
    for (let at = 0; at < serverFlight.length; at += 7) {
      const { step, answer } = traceHandshake({ ...trace, serverFlight: flipped(serverFlight, at) });
      expect(step?.kind).not.toBe("established");
      expect(answer).toBeNull();
      if (step?.kind === "fault") faults.add(step.fault.field);
    }
    expect(faults).toContain("record.fragment");
  });
});

it("RFC 8448 3: the secrets are the RFC's", () => {
  const simple: Trace | undefined = TRACES[0];
  if (simple === undefined) throw new Error("no trace");
  const { secrets } = traceHandshake(simple);
  expect(
    Object.fromEntries(Object.entries(secrets).map(([label, secret]) => [label, toHex(secret)])),
  ).toEqual(RFC_8448_SECRETS);
});
