import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gunzip } from "../../../src/cli/inputs/gzip-members.ts";

interface Unpacked {
  readonly bytes: Buffer;
  readonly damage: string | null;
}

/** Unpacks in pieces of so many bytes, each in the same memory. */
const unpacked = async (packed: Uint8Array, pieceBytes = packed.length): Promise<Unpacked> => {
  const parts: Buffer[] = [];
  const unpacker = gunzip((chunk) => parts.push(Buffer.from(chunk)));
  const memory = new Uint8Array(Math.max(1, pieceBytes));
  for (let at = 0; at < packed.length; at += pieceBytes) {
    const piece = packed.subarray(at, at + pieceBytes);
    memory.set(piece);
    const goesOn = await unpacker.write(memory.subarray(0, piece.length));
    memory.fill(0xee);
    if (!goesOn) break;
  }
  const damage = await unpacker.end(false);
  return { bytes: Buffer.concat(parts), damage };
};

/** Bytes of six bits each, so that deflate takes a quarter off and no more. */
const DATA = ((): Buffer => {
  let state = 1;
  return Buffer.from(
    Array.from({ length: 12_000 }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return (state >>> 16) & 0x3f;
    }),
  );
})();
const PACKED = gzipSync(DATA);

const changed = (packed: Uint8Array, at: number): Uint8Array => {
  const copy = Uint8Array.from(packed);
  copy[at] = (copy[at] ?? 0) ^ 0xff;
  return copy;
};

/** With extra field, name, comment and a checksum of the header. */
const decorated = Buffer.concat([
  Buffer.from([0x1f, 0x8b, 8, 0x1e, 0, 0, 0, 0, 0, 3, 4, 0, 1, 2, 3, 4]),
  Buffer.from("name\0comment\0"),
  Buffer.from([0, 0]),
  PACKED.subarray(10),
]);

describe("gzip (RFC 1952)", () => {
  it.each<[string, Uint8Array, Buffer]>([
    ["one member", PACKED, DATA],
    [
      "several members",
      Buffer.concat([PACKED, gzipSync("more"), gzipSync("")]),
      Buffer.concat([DATA, Buffer.from("more")]),
    ],
    ["a header with all fields", decorated, DATA],
    ["zeros behind", Buffer.concat([PACKED, Buffer.alloc(512)]), DATA],
    ["nothing in it", gzipSync(""), Buffer.alloc(0)],
  ])("%s: whole, byte by byte and in pieces", async (_name, packed, data) => {
    for (const pieceBytes of [packed.length, 1, 7, 4096]) {
      expect(await unpacked(packed, pieceBytes)).toEqual({ bytes: data, damage: null });
    }
  });

  it("unpacks what zlib unpacks, in any pieces", async () => {
    const members = fc.array(fc.uint8Array({ maxLength: 3000 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(members, fc.integer({ min: 1, max: 500 }), async (parts, pieceBytes) => {
        const packed = Buffer.concat(parts.map((part) => gzipSync(part)));
        expect(await unpacked(packed, pieceBytes)).toEqual({ bytes: gunzipSync(packed), damage: null });
      }),
      { numRuns: 60 },
    );
  });

  it.each<[string, Uint8Array]>([
    ["a wrong checksum", changed(PACKED, PACKED.length - 8)],
    ["a wrong length", changed(PACKED, PACKED.length - 1)],
    ["bytes behind that are no gzip", Buffer.concat([PACKED, Buffer.from("garbage")])],
    ["a trailer that is cut", PACKED.subarray(0, PACKED.length - 3)],
  ])("%s: all is unpacked, and the fault told", async (_name, packed) => {
    for (const pieceBytes of [packed.length, 1, 1000]) {
      const { bytes, damage } = await unpacked(packed, pieceBytes);
      expect(bytes.equals(DATA)).toBe(true);
      expect(damage).not.toBeNull();
    }
  });

  it("a cut or damaged body gives most of what came before, and the fault", async () => {
    const at = Math.floor(PACKED.length / 2);
    for (const packed of [
      PACKED.subarray(0, at),
      Buffer.concat([PACKED.subarray(0, at), Buffer.alloc(2000, 0xff)]),
    ]) {
      const { bytes, damage } = await unpacked(packed);
      expect(damage).not.toBeNull();
      expect(bytes.length).toBeGreaterThan(DATA.length / 4);
      expect(bytes.subarray(0, DATA.length / 4).equals(DATA.subarray(0, DATA.length / 4))).toBe(true);
    }
  });

  it("arbitrary bytes are a fault and no throw", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.boolean(), async (bytes, hasHeader) => {
        const packed = Buffer.concat([hasHeader ? PACKED.subarray(0, 10) : Buffer.alloc(0), bytes]);
        expect((await unpacked(packed, 9)).damage).not.toBeNull();
      }),
      { numRuns: 100 },
    );
  });
});
