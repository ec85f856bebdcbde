/**
 * DER, and BER with definite lengths ([X.690] 8.1 and 10.1), read without trust: the one reader for certificates, for
 * SPNEGO and for CredSSP. Nothing is copied, and an element is cut out of its bytes only when it is asked for.
 */
import { bad, type Decoded, done, need } from "./decoded.ts";

/** Identifier octets ([X.690] 8.1.2): class, constructed bit and tag number. */
export const DER_TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
  application0: 0x60,
  context0: 0xa0,
  context1: 0xa1,
  context3: 0xa3,
} as const;

const CONSTRUCTED = 0x20;
const NO_ELEMENTS: readonly DerElement[] = [];

/** One element with a definite length and a tag number below 31. */
export class DerElement {
  /** The identifier octet. */
  readonly tag: number;
  /** Of the identifier octet, in the bytes that it was read from. */
  readonly offset: number;
  /** Bytes that the length promises beyond the end of what is there. */
  readonly missingBytes: number;
  /** The elements inside a constructed one; empty for a primitive one, and where only the front was read. */
  readonly elements: readonly DerElement[];
  readonly #bytes: Uint8Array;
  readonly #contentsAt: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, header: DerHeader, limit: number, elements = NO_ELEMENTS) {
    const end = header.contentsAt + header.length;
    this.tag = header.tag;
    this.offset = header.offset;
    this.missingBytes = Math.max(0, end - limit);
    this.elements = elements;
    this.#bytes = bytes;
    this.#contentsAt = header.contentsAt;
    this.#end = end - this.missingBytes;
  }

  get isConstructed(): boolean {
    return (this.tag & CONSTRUCTED) !== 0;
  }

  /** Identifier, length and contents, as far as they are there; a view. */
  get der(): Uint8Array {
    return this.#bytes.subarray(this.offset, this.#end);
  }

  /** As far as they are there; a view. */
  get contents(): Uint8Array {
    return this.#bytes.subarray(this.#contentsAt, this.#end);
  }
}

interface DerHeader {
  readonly tag: number;
  readonly offset: number;
  readonly contentsAt: number;
  /** Of the contents, in bytes; it may promise more than there is. */
  readonly length: number;
}

/** What a whole element has to be like. */
export interface DerRules {
  /** Each length is in as few octets as it takes (DER), or in up to four (BER with definite lengths). */
  readonly lengths: "shortest" | "any";
  /** Elements around an element, at most. */
  readonly maxDepth: number;
  /** The most that the whole may take. */
  readonly maxBytes: number;
}

const MAX_LENGTH_OCTETS = 4;

/** Reads the element that begins at `at`, its contents unread; `need` only where its header is cut. */
export const decodeDerFront = (bytes: Uint8Array, at = 0): Decoded<DerElement> => {
  const header = readHeader(bytes, at, bytes.length, "any");
  if (header.status !== "done") return header;
  const element = new DerElement(bytes, header.value, bytes.length);
  return done(element, header.size + header.value.length - element.missingBytes);
};

export interface DerElements {
  readonly elements: readonly DerElement[];
  /** Why the walk ended before the end of the bytes, or null. */
  readonly fault: string | null;
}

/** The elements that stand one after the other in `bytes`, their contents unread, at most `limit`. */
export const decodeDerFronts = (bytes: Uint8Array, limit: number): DerElements => {
  const elements: DerElement[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (elements.length === limit) return { elements, fault: `more than ${limit} elements` };
    const next = decodeDerFront(bytes, at);
    if (next.status === "need") return { elements, fault: "cut short" };
    if (next.status === "bad") return { elements, fault: next.fault.reason };
    elements.push(next.value);
    at += next.size;
  }
  return { elements, fault: null };
};

/** What faults call an element; whoever knows a better name puts it in its place. */
export const DER_FIELD = "element";

/** Reads one element from the front of `bytes` with all that is in it; `need` until all of it is there. */
export const decodeDer = (bytes: Uint8Array, rules: DerRules): Decoded<DerElement> => {
  const header = readHeader(bytes, 0, bytes.length, rules.lengths);
  if (header.status !== "done") return header;
  const size = header.size + header.value.length;
  if (size > rules.maxBytes)
    return bad(`${DER_FIELD}.length`, 1, `${size} bytes are more than ${rules.maxBytes}`);
  return bytes.length < size ? need(size - bytes.length) : elementOf(bytes, header.value, rules, 0);
};

/** @param depth how many elements are around this one */
const elementOf = (
  bytes: Uint8Array,
  header: DerHeader,
  rules: DerRules,
  depth: number,
): Decoded<DerElement> => {
  const { offset, contentsAt, length, tag } = header;
  const end = contentsAt + length;
  if (depth > rules.maxDepth) return bad(DER_FIELD, offset, `elements nest deeper than ${rules.maxDepth}`);
  if ((tag & CONSTRUCTED) === 0) return done(new DerElement(bytes, header, end), end - offset);
  const elements: DerElement[] = [];
  for (let at = contentsAt; at < end; ) {
    const inner = readHeader(bytes, at, end, rules.lengths);
    if (inner.status === "need") return bad(DER_FIELD, at, "an element is cut by the one around it");
    if (inner.status === "bad") return inner;
    const left = end - inner.value.contentsAt;
    if (inner.value.length > left) {
      return bad(`${DER_FIELD}.length`, at + 1, `${inner.value.length} bytes wanted, ${left} left`);
    }
    const element = elementOf(bytes, inner.value, rules, depth + 1);
    if (element.status !== "done") return element;
    elements.push(element.value);
    at += element.size;
  }
  return done(new DerElement(bytes, header, end, elements), end - offset);
};

/** Identifier and length octets ([X.690] 8.1.2 and 8.1.3); the size is theirs alone. */
const readHeader = (
  bytes: Uint8Array,
  at: number,
  end: number,
  lengths: DerRules["lengths"],
): Decoded<DerHeader> => {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined || end - at < 2) return need(at + 2 - end);
  if ((tag & 0x1f) === 0x1f) return bad(`${DER_FIELD}.identifier`, at, "tag number of more than one byte");
  if (first < 0x80) return done({ tag, offset: at, contentsAt: at + 2, length: first }, 2);
  const octets = first - 0x80;
  if (octets === 0) return bad(`${DER_FIELD}.length`, at + 1, "indefinite length, which DER does not have");
  if (octets > MAX_LENGTH_OCTETS) return bad(`${DER_FIELD}.length`, at + 1, `length of ${octets} bytes`);
  const contentsAt = at + 2 + octets;
  if (contentsAt > end) return need(contentsAt - end);
  let length = 0;
  for (let octet = at + 2; octet < contentsAt; octet += 1) length = length * 0x100 + (bytes[octet] ?? 0);
  if (lengths === "shortest" && (length < 0x80 || length < 0x100 ** (octets - 1))) {
    return bad(`${DER_FIELD}.length`, at + 1, `length ${length} takes more bytes than DER gives it`);
  }
  return done({ tag, offset: at, contentsAt, length }, 2 + octets);
};

/** Writes one element with its length in as few octets as it takes; the contents are the parts as they are. */
export const encodeDer = (tag: number, ...parts: readonly Uint8Array[]): Uint8Array => {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const octets = length < 0x80 ? [] : lengthOctets(length);
  const bytes = new Uint8Array(2 + octets.length + length);
  bytes[0] = tag;
  bytes[1] = octets.length === 0 ? length : 0x80 + octets.length;
  bytes.set(octets, 2);
  let at = 2 + octets.length;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
};

const lengthOctets = (length: number): readonly number[] => {
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 0x100)) octets.unshift(rest % 0x100);
  return octets;
};
