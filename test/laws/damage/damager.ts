/** Applies one rule to what a server sends after its Connection Confirm, record by record. Bytes alone. */
import { fromHex } from "../../../src/bytes/hex.ts";
import { type Damage, INSERTED } from "./rules.ts";

interface Passage {
  readonly bytes: Uint8Array;
  /** How the connection ends after these bytes; null: it goes on. */
  readonly end: "fin" | "rst" | "silence" | null;
}

export interface Damager {
  /** What goes on to the client, of bytes in any pieces. */
  receive(bytes: Uint8Array): Passage;
  /** Whether the rule has found its place. */
  isApplied(): boolean;
}

const HEADER_SIZE = 5;
const HANDSHAKE = 22;

/** @param records how many the handshake has; what follows them passes as it is. */
export const createDamager = (damage: Damage, records: number): Damager => {
  let pending: Buffer = Buffer.alloc(0);
  let index = 0;
  let held: Buffer | null = null;
  let isApplied = damage.kind === "none";
  let isOver = false;

  const changed = (record: Buffer): Buffer => {
    if (damage.kind === "none" || isApplied) return record;
    if (held !== null) {
      isApplied = true;
      return damage.kind === "swap" ? Buffer.concat([record, held]) : mergedOrBoth(held, record);
    }
    if (damage.record !== index) return record;
    if (damage.kind === "swap" || damage.kind === "merge") {
      held = record;
      return Buffer.alloc(0);
    }
    const result = applied(damage, record);
    isApplied = result !== null;
    isOver = isApplied && damage.kind === "cut";
    return result ?? record;
  };

  return {
    isApplied: () => isApplied,
    receive: (bytes) => {
      const out: Buffer[] = [];
      pending = Buffer.concat([pending, bytes]);
      while (!isOver && index < records) {
        const size = pending.length < HEADER_SIZE ? null : HEADER_SIZE + pending.readUInt16BE(3);
        if (size === null || pending.length < size) break;
        out.push(changed(Buffer.from(pending.subarray(0, size))));
        pending = pending.subarray(size);
        index += 1;
      }
      if (!isOver && index >= records) {
        out.push(pending);
        pending = Buffer.alloc(0);
      }
      return { bytes: Buffer.concat(out), end: isOver && damage.kind === "cut" ? damage.end : null };
    },
  };
};

/** Null where the record has no such place. */
const applied = (damage: Damage, record: Buffer): Buffer | null => {
  switch (damage.kind) {
    case "byte": {
      const at = offsetOf(damage, record);
      if (at === null) return null;
      record[at] = (record[at] ?? 0) ^ damage.mask;
      return record;
    }
    case "drop":
      return Buffer.alloc(0);
    case "double":
      return Buffer.concat([record, record]);
    case "cut":
      return record.subarray(0, Math.floor(damage.fraction * record.length));
    case "split": {
      const size = record.length - HEADER_SIZE;
      if (size < 2) return null;
      const at = HEADER_SIZE + 1 + Math.floor(damage.fraction * (size - 1));
      return Buffer.concat([
        recordOf(record, record.subarray(HEADER_SIZE, at)),
        recordOf(record, record.subarray(at)),
      ]);
    }
    case "insert":
      return Buffer.concat([insertedRecord(damage.what, record), record]);
    default:
      return null;
  }
};

/** In the version of the record that it comes before. */
const insertedRecord = (what: keyof typeof INSERTED, { 1: major = 0, 2: minor = 0 }: Buffer): Buffer => {
  const inserted = Buffer.from(fromHex(INSERTED[what]));
  inserted[1] = major;
  inserted[2] = minor;
  return inserted;
};

const recordOf = (like: Buffer, fragment: Buffer): Buffer => {
  const header = Buffer.from(like.subarray(0, HEADER_SIZE));
  header.writeUInt16BE(fragment.length, 3);
  return Buffer.concat([header, fragment]);
};

const mergedOrBoth = (first: Buffer, second: Buffer): Buffer =>
  first[0] === HANDSHAKE && second[0] === HANDSHAKE
    ? recordOf(first, Buffer.concat([first.subarray(HEADER_SIZE), second.subarray(HEADER_SIZE)]))
    : Buffer.concat([first, second]);

const offsetOf = ({ place }: Extract<Damage, { kind: "byte" }>, record: Buffer): number | null => {
  if (place.in === "header") return place.at;
  const [start, end] =
    place.in === "fragment" ? [HEADER_SIZE, record.length] : (helloFields(record).get(place.name) ?? [0, 0]);
  return end > start ? start + Math.floor(place.fraction * (end - start)) : null;
};

type Span = readonly [start: number, end: number];

/** Where the fields of a ServerHello stand in its record (RFC 8446 4.1.3). */
const helloFields = (record: Buffer): ReadonlyMap<string, Span> => {
  const fields = new Map<string, Span>();
  let at = HEADER_SIZE;
  const take = (name: string, size: number): void => {
    fields.set(name, [at, at + size]);
    at += size;
  };
  take("message header", 4);
  take("version", 2);
  take("random", 32);
  take("session id length", 1);
  take("session id", record[at - 1] ?? 0);
  take("cipher suite", 2);
  take("compression method", 1);
  take("extensions length", 2);
  while (at + 4 <= record.length)
    take(`extension ${record.readUInt16BE(at)}`, 4 + record.readUInt16BE(at + 2));
  return fields;
};
