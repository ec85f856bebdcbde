/** Carries out a rule on the records of one connection's server. */
import { fromHex } from "../../../src/bytes/hex.ts";
import { type Damage, INSERTED, type Place } from "./rules.ts";

const HEADER_SIZE = 5;

/** What goes on to the client; `end`: and then nothing more, ended so. */
export interface Passed {
  readonly bytes: Uint8Array;
  readonly end: "fin" | "rst" | "silence" | null;
}

/** Takes whole records in their order, and gives what arrives of each. */
export const createDamager = (damage: Damage): ((record: Uint8Array) => Passed) => {
  let index = -1;
  let held: Uint8Array | null = null;
  return (record) => {
    index += 1;
    if (held !== null) {
      const first = held;
      held = null;
      return passed(damage.kind === "merge" ? merged(first, record) : joined(record, first));
    }
    if (damage.kind === "none" || index !== damage.record) return passed(record);
    switch (damage.kind) {
      case "byte":
        return passed(changed(record, damage.place, damage.mask));
      case "drop":
        return passed(new Uint8Array(0));
      case "double":
        return passed(joined(record, record));
      case "swap":
      case "merge":
        held = record;
        return passed(new Uint8Array(0));
      case "split":
        return passed(split(record, damage.fraction));
      case "cut":
        return { bytes: record.subarray(0, Math.floor(record.length * damage.fraction)), end: damage.end };
      case "insert":
        return passed(joined(fromHex(INSERTED[damage.what]), record));
    }
  };
};

const passed = (bytes: Uint8Array): Passed => ({ bytes, end: null });

const joined = (a: Uint8Array, b: Uint8Array): Uint8Array => Uint8Array.from(Buffer.concat([a, b]));

const framed = (type: number, minor: number, fragment: Uint8Array): Uint8Array =>
  joined(Uint8Array.of(type, 3, minor, fragment.length >> 8, fragment.length & 0xff), fragment);

const merged = (a: Uint8Array, b: Uint8Array): Uint8Array =>
  framed(a[0] ?? 0, a[2] ?? 0, joined(a.subarray(HEADER_SIZE), b.subarray(HEADER_SIZE)));

const split = (record: Uint8Array, fraction: number): Uint8Array => {
  const fragment = record.subarray(HEADER_SIZE);
  const at = 1 + Math.floor((fragment.length - 1) * fraction);
  const [type = 0, , minor = 0] = record;
  return joined(framed(type, minor, fragment.subarray(0, at)), framed(type, minor, fragment.subarray(at)));
};

const changed = (record: Uint8Array, place: Place, mask: number): Uint8Array => {
  const bytes = record.slice();
  const at = offsetOf(record, place);
  bytes[at] = (bytes[at] ?? 0) ^ mask;
  return bytes;
};

const within = ([from, size]: readonly [number, number], fraction: number): number =>
  from + Math.floor(size * fraction);

const offsetOf = (record: Uint8Array, place: Place): number => {
  switch (place.in) {
    case "header":
      return place.at;
    case "fragment":
      return within([HEADER_SIZE, record.length - HEADER_SIZE], place.fraction);
    case "field":
      return within(fieldOf(record, place.name), place.fraction);
  }
};

/** Where a field of the ServerHello stands in its record: offset and size. */
const fieldOf = (record: Uint8Array, name: string): readonly [number, number] => {
  const message = HEADER_SIZE;
  const random = message + 6;
  const sessionId = random + 32;
  const size = record[sessionId] ?? 0;
  const suite = sessionId + 1 + size;
  const extensions = suite + 3;
  const fields: Readonly<Record<string, readonly [number, number]>> = {
    "message header": [message, 4],
    version: [message + 4, 2],
    random: [random, 32],
    "session id length": [sessionId, 1],
    "session id": size === 0 ? [sessionId, 1] : [sessionId + 1, size],
    "cipher suite": [suite, 2],
    "compression method": [suite + 2, 1],
    "extensions length": [extensions, 2],
  };
  return fields[name] ?? extensionOf(record, extensions + 2, Number(name.replace("extension ", "")));
};

const extensionOf = (record: Uint8Array, start: number, type: number): readonly [number, number] => {
  for (let at = start; at + 4 <= record.length; ) {
    const size = 4 + (record[at + 2] ?? 0) * 256 + (record[at + 3] ?? 0);
    if ((record[at] ?? 0) * 256 + (record[at + 1] ?? 0) === type) return [at, size];
    at += size;
  }
  return [start, Math.max(1, record.length - start)];
};
