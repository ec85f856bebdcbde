import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeHandshakeMessage, HANDSHAKE_TYPE } from "../../../src/tls/wire/handshake-message.ts";
import { HandshakeStream } from "../../../src/tls/wire/handshake-stream.ts";
import { CONTENT_TYPE, encodeRecord } from "../../../src/tls/wire/record.ts";
import { RecordStream } from "../../../src/tls/wire/record-stream.ts";

/** Messages, cut into records, whose bytes come in pieces: each given in one buffer that is used again and again. */
const FLIGHT = {
  bodies: fc.array(fc.uint8Array({ maxLength: 3000, size: "max" }), { minLength: 1, maxLength: 3 }),
  recordBytes: fc.integer({ min: 1, max: 2000 }),
  pieceBytes: fc.integer({ min: 1, max: 1460 }),
};

const recordsOf = (bodies: readonly Uint8Array[], recordBytes: number): Uint8Array => {
  const messages = bodies.map((body) => encodeHandshakeMessage({ type: HANDSHAKE_TYPE.certificate, body }));
  const joined = Buffer.concat(messages);
  const records: Uint8Array[] = [];
  for (let at = 0; at < joined.length; at += recordBytes) {
    const fragment = joined.subarray(at, at + recordBytes);
    records.push(encodeRecord({ contentType: CONTENT_TYPE.handshake, version: 0x0303, fragment }));
  }
  return Buffer.concat(records);
};

describe("the handshake messages of a stream (RFC 8446 5.1)", () => {
  it("are the same however they are cut, though each piece is overwritten once it is read", () => {
    fc.assert(
      fc.property(FLIGHT.bodies, FLIGHT.recordBytes, FLIGHT.pieceBytes, (bodies, recordBytes, pieceBytes) => {
        const bytes = recordsOf(bodies, recordBytes);
        const records = new RecordStream();
        const messages = new HandshakeStream();
        const lent = new Uint8Array(pieceBytes);
        const fragments: Uint8Array[] = [];
        const found: Uint8Array[] = [];
        for (let at = 0; at < bytes.length; at += pieceBytes) {
          const piece = bytes.subarray(at, at + pieceBytes);
          lent.set(piece);
          records.append(lent.subarray(0, piece.length));
          for (let record = records.next(); record.status === "done"; record = records.next()) {
            fragments.push(record.value.fragment.slice());
            messages.append(record.value);
            for (let message = messages.next(); message.status === "done"; message = messages.next()) {
              found.push(message.value.body);
            }
          }
          lent.fill(0xff);
        }
        expect(found.map((body) => Buffer.from(body))).toEqual(bodies.map((body) => Buffer.from(body)));
        expect(Math.max(0, ...fragments.map(({ length }) => length))).toBeLessThanOrEqual(recordBytes);
      }),
      { numRuns: 200, seed: 2 },
    );
  });

  it("lends fragments that no later piece overwrites", () => {
    const whole = recordsOf([new Uint8Array(5000).map((_, at) => at & 0xff)], 700);
    const records = new RecordStream();
    const fragments: { readonly lent: Uint8Array; readonly copy: Uint8Array }[] = [];
    for (let at = 0; at < whole.length; at += 97) {
      records.append(whole.slice(at, at + 97));
      for (let record = records.next(); record.status === "done"; record = records.next()) {
        fragments.push({ lent: record.value.fragment, copy: record.value.fragment.slice() });
      }
    }
    expect(fragments).toHaveLength(8);
    for (const { lent, copy } of fragments) expect(lent).toEqual(copy);
  });
});
