/** Changes of an input: of its bytes, its lengths, its elements, its records or its words. */
import { joined } from "../laws/pieces/wire-bytes.ts";
import type { Random } from "../laws/pieces/random.ts";
import type { FuzzTarget } from "./target.ts";

type Change = (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

/** An input with some changes of the form's kind; `others` are inputs that parts are taken of. */
export const mutated = (
  bytes: Uint8Array,
  { form, maxBytes }: Pick<FuzzTarget, "form" | "maxBytes">,
  others: readonly Uint8Array[],
  random: Random,
): Uint8Array => {
  const changes = CHANGES[form];
  let result = bytes;
  for (let left = random.magnitude(1, 8); left > 0; left -= 1) {
    const other = others[random.between(0, Math.max(0, others.length - 1))] ?? bytes;
    result = random.pick(changes)(result, random, other);
  }
  return result.length > maxBytes ? result.subarray(0, maxBytes) : result;
};

const placeIn = (bytes: Uint8Array, random: Random): number =>
  // Heads decide, and stand in front.
  random.oneIn(2) ? random.magnitude(0, bytes.length) : random.between(0, bytes.length);

const replaced = (bytes: Uint8Array, at: number, drop: number, added: Uint8Array): Uint8Array =>
  joined([bytes.subarray(0, at), added, bytes.subarray(Math.min(bytes.length, at + drop))]);

const EDGES = [0, 1, 2, 3, 0x7f, 0x80, 0x81, 0x82, 0x84, 0xfe, 0xff] as const;

const flip: Change = (bytes, random) => {
  const copy = Uint8Array.from(bytes);
  const at = placeIn(copy, random);
  if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ (1 << random.between(0, 7));
  return copy;
};

const edge: Change = (bytes, random) => {
  const copy = Uint8Array.from(bytes);
  const at = placeIn(copy, random);
  if (at < copy.length) copy[at] = random.pick(EDGES);
  return copy;
};

const insert: Change = (bytes, random) =>
  replaced(bytes, placeIn(bytes, random), 0, random.bytes(random.magnitude(1, 40)));

const remove: Change = (bytes, random) =>
  replaced(bytes, placeIn(bytes, random), random.magnitude(1, 64), new Uint8Array(0));

const cut: Change = (bytes, random) => bytes.subarray(0, placeIn(bytes, random));

const repeat: Change = (bytes, random) => {
  const at = placeIn(bytes, random);
  const part = bytes.subarray(at, at + random.magnitude(1, 64));
  return replaced(bytes, at, 0, joined(Array.from({ length: random.magnitude(1, 30) }, () => part)));
};

const splice: Change = (bytes, random, other) => {
  const from = placeIn(other, random);
  const part = other.subarray(from, from + random.magnitude(1, 400));
  return replaced(bytes, placeIn(bytes, random), random.oneIn(2) ? part.length : 0, part);
};

/** A number of one to four bytes, of either order, set to what lengths are wrong by. */
const length: Change = (bytes, random) => {
  const size = random.between(1, 4);
  const at = placeIn(bytes, random);
  if (at + size > bytes.length) return bytes;
  const copy = Uint8Array.from(bytes);
  const isLittle = random.oneIn(2);
  const place = (index: number): number => at + (isLittle ? index : size - 1 - index);
  let value = 0;
  for (let index = size - 1; index >= 0; index -= 1) value = value * 256 + (copy[place(index)] ?? 0);
  const left = bytes.length - at - size;
  const next = random.pick([
    0,
    1,
    value + 1,
    value - 1,
    left,
    left + 1,
    left - 1,
    2 ** (8 * size) - 1,
    value * 2,
  ]);
  let rest = Math.max(0, next);
  for (let index = 0; index < size; index += 1) {
    copy[place(index)] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return copy;
};

/** Where DER elements begin, with their ends, in the order of the bytes. */
const elementsOf = (bytes: Uint8Array): readonly (readonly [start: number, end: number])[] => {
  const found: [number, number][] = [];
  const walk = (from: number, to: number, depth: number): void => {
    for (let at = from; at + 2 <= to && found.length < 500; ) {
      const first = bytes[at + 1] ?? 0;
      const more = first < 0x80 ? 0 : Math.min(first & 0x7f, 4);
      let size = first < 0x80 ? first : 0;
      for (let index = 0; index < more; index += 1) size = size * 256 + (bytes[at + 2 + index] ?? 0);
      const end = at + 2 + more + size;
      if (end > to) return;
      found.push([at, end]);
      if (((bytes[at] ?? 0) & 0x20) !== 0 && depth < 30) walk(at + 2 + more, end, depth + 1);
      at = end;
    }
  };
  walk(0, bytes.length, 0);
  return found;
};

/** An element taken out, doubled, put elsewhere, or given another tag or contents; lengths around it stay wrong or right. */
const element: Change = (bytes, random, other) => {
  const elements = elementsOf(bytes);
  const [start, end] = elements[random.between(0, Math.max(0, elements.length - 1))] ?? [0, bytes.length];
  const strange = elementsOf(other);
  const [from, to] = strange[random.between(0, Math.max(0, strange.length - 1))] ?? [0, other.length];
  switch (random.between(0, 4)) {
    case 0:
      return replaced(bytes, start, end - start, new Uint8Array(0));
    case 1:
      return replaced(bytes, start, 0, bytes.subarray(start, end));
    case 2:
      return replaced(bytes, start, end - start, other.subarray(from, to));
    case 3: {
      const copy = Uint8Array.from(bytes);
      copy[start] = random.pick([
        0x02, 0x03, 0x04, 0x05, 0x06, 0x0c, 0x13, 0x17, 0x18, 0x1e, 0x30, 0x31, 0xa0, 0xa3,
      ]);
      return copy;
    }
    default: {
      // The same length with other contents: what is around it still fits.
      const copy = Uint8Array.from(bytes);
      const head = Math.min(end, start + 2);
      for (let at = head; at < end; at += 1) if (random.oneIn(4)) copy[at] = random.between(0, 255);
      return copy;
    }
  }
};

/** Where TLS records and TPKTs begin and end. */
const recordsOf = (bytes: Uint8Array): readonly (readonly [start: number, end: number])[] => {
  const found: [number, number][] = [];
  for (let at = 0; at + 5 <= bytes.length; ) {
    const isTpkt = bytes[at] === 3 && bytes[at + 1] === 0;
    const size = isTpkt
      ? (bytes[at + 2] ?? 0) * 256 + (bytes[at + 3] ?? 0)
      : 5 + (bytes[at + 3] ?? 0) * 256 + (bytes[at + 4] ?? 0);
    if (size < 4 || at + size > bytes.length) break;
    found.push([at, at + size]);
    at += size;
  }
  return found;
};

/** A record doubled, dropped, swapped with the next one, or made of another type or version. */
const record: Change = (bytes, random) => {
  const records = recordsOf(bytes);
  const index = random.between(0, Math.max(0, records.length - 1));
  const [start, end] = records[index] ?? [0, bytes.length];
  const [, nextEnd] = records[index + 1] ?? [end, end];
  switch (random.between(0, 4)) {
    case 0:
      return replaced(bytes, start, 0, bytes.subarray(start, end));
    case 1:
      return replaced(bytes, start, end - start, new Uint8Array(0));
    case 2:
      return replaced(
        bytes,
        start,
        nextEnd - start,
        joined([bytes.subarray(end, nextEnd), bytes.subarray(start, end)]),
      );
    case 3: {
      const copy = Uint8Array.from(bytes);
      copy[start] = random.pick([3, 20, 21, 22, 23, 24, 0, 0xff]);
      return copy;
    }
    default:
      return replaced(
        bytes,
        start,
        0,
        Uint8Array.of(random.between(20, 24), 3, random.between(0, 4), 0, random.pick([0, 1])),
      );
  }
};

/** What means something to readers of text. */
const WORDS = [
  ...[
    "\0",
    "\n",
    "\r\n",
    "\t",
    " ",
    ",",
    ":",
    "::",
    "/",
    "-",
    "@",
    "#",
    "%",
    "*",
    ".",
    "[",
    "]",
    '"',
    "'",
    "\\",
    "{",
    "}",
  ],
  ...[
    "=",
    "&",
    "|",
    "\x1b[2J",
    "\u202e",
    "\ufeff",
    "\u{1f600}",
    "0x",
    "1e9",
    "-1",
    "99999999999999999999",
    "__proto__",
  ],
  ...[
    "constructor",
    "é",
    "１",
    "。",
    "*a",
    "&a ",
    "!!js ",
    "<<: ",
    "? ",
    "- ",
    "</script>",
    "<!--",
    "null",
    "true",
    "[[[[",
    "${",
  ],
] as const;

const word: Change = (bytes, random) => {
  const text = new TextEncoder().encode(
    random.pick(WORDS).repeat(random.oneIn(6) ? random.magnitude(1, 200) : 1),
  );
  return replaced(bytes, placeIn(bytes, random), random.between(0, 3), text);
};

const PLAIN = [flip, edge, insert, remove, cut, repeat, splice, length] as const;

const CHANGES = {
  bytes: PLAIN,
  der: [...PLAIN, element, element, element, element],
  records: [...PLAIN, record, record, record],
  text: [word, word, word, splice, remove, repeat, cut, flip],
} as const satisfies Record<FuzzTarget["form"], readonly [Change, ...Change[]]>;
