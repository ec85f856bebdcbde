/** What our callers may ask for, to the last value; and what is no answer of an ISO transport service. */
import { describe, expect, it } from "vitest";
import { fromHex } from "../../src/bytes/hex.ts";
import { Writer } from "../../src/bytes/writer.ts";
import { encodeConnectionConfirm, isTransportConfirm } from "../../src/x224/connection-confirm.ts";
import { writeCorrelationInfo } from "../../src/x224/correlation-info.ts";
import { decodeServerTpdu, encodeServerTpdu } from "../../src/x224/server-tpdu.ts";

describe("what is written", () => {
  it.each([-1, 8, 0.5, Number.NaN])("has no reason %d of a disconnect", (reason) => {
    expect(() => encodeServerTpdu({ kind: "mcs-disconnect", reason })).toThrow(RangeError);
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7])("has reason %d, which is read again", (reason) => {
    const bytes = encodeServerTpdu({ kind: "mcs-disconnect", reason });
    expect(decodeServerTpdu(bytes)).toMatchObject({ status: "done", value: { reason }, size: bytes.length });
  });

  const confirm = (size: number): Uint8Array =>
    encodeConnectionConfirm({
      ...{ kind: "connection-confirm", destinationReference: 0, sourceReference: 1, classOptions: 0 },
      ...{ negotiation: null, trailing: new Uint8Array(size) },
    });

  it("is a TPDU as long as a length indicator can say, and no longer", () => {
    let most = 0;
    for (let size = 0; size < 300; size += 1) {
      try {
        const bytes = confirm(size);
        expect(bytes[4]).toBe(bytes.length - 5);
        expect(bytes[4]).toBeLessThanOrEqual(254);
        most = Math.max(most, bytes[4] ?? 0);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
        expect(size).toBeGreaterThan(240);
      }
    }
    expect(most).toBe(254);
  });

  it.each([
    [16, 15],
    [15, 16],
    [17, 16],
    [16, 17],
  ])("has correlation info of two parts of 16 bytes, not %d and %d", (id, reserved) => {
    const info = { flags: 0, correlationId: new Uint8Array(id), reserved: new Uint8Array(reserved) };
    expect(() => writeCorrelationInfo(new Writer(), info)).toThrow(RangeError);
  });
});

describe("the Connection Confirm of an ISO transport service", () => {
  /** S7: TPDU size, and both TSAPs. */
  const S7 = fromHex("0300001611d00001000200c0010ac1020100c2020102");

  it("is whole, of that code, with one parameter at least", () => {
    expect(isTransportConfirm(S7)).toBe(true);
    for (let size = 0; size < S7.length; size += 1)
      expect([size, isTransportConfirm(S7.subarray(0, size))]).toEqual([size, false]);
    for (const code of [0xe0, 0x80, 0x70, 0xf0, 0xd1]) {
      const other = Uint8Array.from(S7);
      other[5] = code;
      expect([code, isTransportConfirm(other)]).toEqual([code, false]);
    }
    expect(isTransportConfirm(fromHex("0300000b06d00000123400"))).toBe(false);
  });

  it("ends with its parameters, wherever its length is wrong", () => {
    for (const at of [3, 4, 12, 15, 19]) {
      for (const change of [-1, 1]) {
        const wrong = Uint8Array.from(S7);
        wrong[at] = (wrong[at] ?? 0) + change;
        expect([at, change, isTransportConfirm(wrong)]).toEqual([at, change, false]);
      }
    }
  });
});
