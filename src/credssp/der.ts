/**
 * DER ([X.690] 10) between this folder and node-forge's asn1: what comes from a peer is walked here first,
 * without recursion, so that forge meets only elements that are whole, definite and shallow.
 */
import forge, { type Asn1 } from "node-forge/lib/asn1.js";
import { bad, type Decoded, done, need } from "../bytes/decoded.ts";
import type { Reader } from "../bytes/reader.ts";

/** Identifier octets ([X.690] 8.1.2) of the types that CredSSP and SPNEGO use. */
export const DER_TAG = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  enumerated: 0x0a,
  sequence: 0x30,
  application0: 0x60,
  context0: 0xa0,
  context1: 0xa1,
} as const;

const MAX_DEPTH = 16;

/** forge takes this tag number for text of two bytes a character, whatever the class; 31 announces more bytes. */
const BMP_STRING = 30;

/** One element of DER, with its place in the decoder's input for the faults. */
export interface DerElement {
  /** The identifier octet: class, constructed bit and tag number. */
  readonly tag: number;
  /** Offset in bytes of the identifier octet. */
  readonly offset: number;
  /** Identifier, length and contents. */
  readonly der: Uint8Array;
  readonly contents: Uint8Array;
  /** The elements inside a constructed one; empty for a primitive one. */
  readonly elements: readonly DerElement[];
}

/** What stands inside an explicit context tag, and the DER of the tag with it. */
export interface ContextField {
  readonly inner: DerElement;
  readonly der: Uint8Array;
}

/**
 * Decodes one element from the front of `bytes`; `need` until all of it is there.
 * @param tag the identifier octet that it must have.
 * @param field name of the element in the faults.
 * @param maxBytes the most that the whole element may take.
 */
export const decodeDer = (
  bytes: Uint8Array,
  tag: number,
  field: string,
  maxBytes: number,
): Decoded<DerElement> => {
  const [first] = bytes;
  if (first === undefined) return need(2);
  if (first !== tag) return bad(field, 0, `tag ${hex(first)} where ${hex(tag)} is wanted`);
  const header = readHeader(bytes, 0, bytes.length, field);
  if (header.status !== "done") return header;
  const size = header.size + header.value;
  if (size > maxBytes) return bad(`${field}.length`, 1, `${size} bytes are more than ${maxBytes}`);
  if (bytes.length < size) return need(size - bytes.length);

  const whole = bytes.subarray(0, size);
  const walk = walkElements(whole, field);
  if (walk.status !== "done") return walk;
  return done(placeElements(parse(whole), whole, walk.value), size);
};

/**
 * The explicit fields `[n] { element }` of a SEQUENCE by their number, in ascending order.
 * Whatever is not such a field, comes twice or stands in the wrong order is rejected through `faults`.
 * @param names the names of the fields, by number, for the faults.
 */
export const contextFields = (
  sequence: DerElement,
  field: string,
  names: readonly string[],
  faults: Reader,
): ReadonlyMap<number, ContextField> => {
  const fields = new Map<number, ContextField>();
  let last = -1;
  for (const element of sequence.elements) {
    const number = element.tag - DER_TAG.context0;
    const name = `${field}.${names[number] ?? `[${number}]`}`;
    const [inner, ...more] = element.elements;
    if (number < 0 || number > 0x1d) {
      faults.reject(field, `tag ${hex(element.tag)} is no explicit field`, element.offset);
    } else if (number <= last) {
      faults.reject(name, `field [${number}] after field [${last}]`, element.offset);
    } else if (inner === undefined || more.length > 0) {
      faults.reject(name, `${element.elements.length} elements in an explicit tag`, element.offset);
    } else {
      fields.set(number, { inner, der: element.der });
    }
    last = number;
  }
  return fields;
};

/** Rejects an element whose tag is not `tag`. */
export const expectTag = (element: DerElement, tag: number, field: string, faults: Reader): void => {
  if (element.tag !== tag) {
    faults.reject(field, `tag ${hex(element.tag)} where ${hex(tag)} is wanted`, element.offset);
  }
};

/** An element to encode: forge's own form of it. */
export type DerNode = Asn1;

/** A primitive element; `contents` stands as it is. */
export const derPrimitive = (tag: number, contents: Uint8Array): DerNode =>
  forge.create(tag & 0xc0, tag & 0x1f, false, toBinary(contents));

/**
 * An INTEGER of 32 bits, signed.
 * @throws RangeError when `value` is none.
 */
export const derInteger = (value: number): DerNode => {
  if (value !== (value | 0)) throw new RangeError(`der: ${value} is no integer of 32 bits`);
  return forge.create(0, DER_TAG.integer, false, forge.integerToDer(value).getBytes());
};

/** A constructed element: a SEQUENCE, or an explicit tag around one element. */
export const derConstructed = (tag: number, elements: readonly DerNode[]): DerNode =>
  forge.create(tag & 0xc0, tag & 0x1f, true, [...elements]);

/** The explicit field `[number] { element }`. */
export const derField = (number: number, element: DerNode): DerNode =>
  derConstructed(DER_TAG.context0 + number, [element]);

/** An element that `decodeDer` gave, to be encoded again. */
export const derCopy = (der: Uint8Array): DerNode => parse(der);

export const encodeDer = (node: DerNode): Uint8Array => fromBinary(forge.toDer(node).getBytes());

const parse = (der: Uint8Array): Asn1 =>
  forge.fromDer(toBinary(der), { decodeBitStrings: false, maxDepth: MAX_DEPTH + 1 });

interface Span {
  readonly offset: number;
  readonly contentsAt: number;
  readonly end: number;
}

/** Walks all elements in the order in which they stand, which is the order in which forge creates them. */
const walkElements = (bytes: Uint8Array, field: string): Decoded<readonly Span[]> => {
  const spans: Span[] = [];
  const ends = [bytes.length];
  let at = 0;
  while (at < bytes.length) {
    const end = ends.at(-1) ?? bytes.length;
    if (at === end) {
      ends.pop();
      continue;
    }
    const tag = bytes[at] ?? 0;
    if ((tag & 0x1f) >= BMP_STRING) return bad(field, at, `tag ${hex(tag)} is not one of this protocol`);
    const header = readHeader(bytes, at, end, field);
    if (header.status === "bad") return header;
    if (header.status === "need") return bad(field, at, "an element is cut by the one around it");
    const contentsAt = at + header.size;
    const elementEnd = contentsAt + header.value;
    if (elementEnd > end) {
      return bad(`${field}.length`, at + 1, `${header.value} bytes wanted, ${end - contentsAt} left`);
    }
    const fault = integerFault(tag, bytes.subarray(contentsAt, elementEnd));
    if (fault !== null) return bad(field, at, fault);

    spans.push({ offset: at, contentsAt, end: elementEnd });
    const isConstructed = (tag & 0x20) !== 0;
    if (isConstructed) ends.push(elementEnd);
    if (ends.length > MAX_DEPTH + 1) return bad(field, at, `elements nest deeper than ${MAX_DEPTH}`);
    at = isConstructed ? contentsAt : elementEnd;
  }
  return done(spans, bytes.length);
};

/** Reads identifier and length; the value is the length of the contents, the size that of the header. */
const readHeader = (bytes: Uint8Array, at: number, end: number, field: string): Decoded<number> => {
  if (end - at < 2) return need(2 - (end - at));
  const first = bytes[at + 1] ?? 0;
  if (first < 0x80) return done(first, 2);
  const width = first - 0x80;
  const lengthField = `${field}.length`;
  if (width === 0) return bad(lengthField, at + 1, "an indefinite length, which DER does not have");
  if (width > 3) return bad(lengthField, at + 1, `a length of ${width} bytes`);
  if (end - at < 2 + width) return need(2 + width - (end - at));
  const length = bytes.subarray(at + 2, at + 2 + width).reduce((sum, byte) => sum * 0x100 + byte, 0);
  if (length < 0x80 || length < 0x100 ** (width - 1)) {
    return bad(lengthField, at + 1, `length ${length} takes more bytes than DER gives it`);
  }
  return done(length, 2 + width);
};

/** forge shortens everything primitive with tag number 2, whatever its class, so that none may be too long. */
const integerFault = (tag: number, contents: Uint8Array): string | null => {
  if ((tag & 0x3f) !== DER_TAG.integer) return null;
  const [first, second = 0] = contents;
  if (first === undefined) return "an integer without contents";
  if (contents.length > 1 && first === (second < 0x80 ? 0x00 : 0xff)) {
    return "an integer that takes more bytes than DER gives it";
  }
  return null;
};

const placeElements = (root: Asn1, bytes: Uint8Array, spans: readonly Span[]): DerElement => {
  let next = 0;
  const place = (node: Asn1): DerElement => {
    const { offset, contentsAt, end } = spans[next] ?? { offset: 0, contentsAt: 0, end: 0 };
    next += 1;
    return {
      tag: bytes[offset] ?? 0,
      offset,
      der: bytes.subarray(offset, end),
      contents: bytes.subarray(contentsAt, end),
      elements: Array.isArray(node.value) ? node.value.map(place) : [],
    };
  };
  return place(root);
};

const toBinary = (bytes: Uint8Array): string => {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
};

const fromBinary = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

const hex = (byte: number): string => `0x${byte.toString(16).padStart(2, "0")}`;
