/** What CredSSP and SPNEGO are written in: strict DER ([X.690] 10) with explicit, ascending context tags. */
import { bad, type Decoded, need } from "../bytes/decoded.ts";
import { DER_FIELD, DER_TAG, type DerElement, decodeDer, encodeDer } from "../bytes/der.ts";
import type { Reader } from "../bytes/reader.ts";

const MAX_DEPTH = 16;

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
export const decodeTagged = (
  bytes: Uint8Array,
  tag: number,
  field: string,
  maxBytes: number,
): Decoded<DerElement> => {
  const [first] = bytes;
  if (first === undefined) return need(2);
  if (first !== tag) return bad(field, 0, `tag ${hex(first)} where ${hex(tag)} is wanted`);
  const decoded = decodeDer(bytes, { lengths: "shortest", maxDepth: MAX_DEPTH, maxBytes });
  if (decoded.status === "bad") {
    const { fault } = decoded;
    return bad(`${field}${fault.field.slice(DER_FIELD.length)}`, fault.offset, fault.reason);
  }
  if (decoded.status === "need") return decoded;
  const fault = integerFault(decoded.value);
  return fault === null ? decoded : bad(field, fault.offset, fault.reason);
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
    if (number < 0 || number > 0x1e) {
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

/** The explicit field `[number] { element }`. */
export const encodeField = (number: number, element: Uint8Array): Uint8Array =>
  encodeDer(DER_TAG.context0 + number, element);

/**
 * An INTEGER of 32 bits, signed.
 * @throws RangeError when `value` is none.
 */
export const encodeInteger = (value: number): Uint8Array => {
  if (value !== (value | 0)) throw new RangeError(`der: ${value} is no integer of 32 bits`);
  const octets = [value >> 24, value >> 16, value >> 8, value].map((part) => part & 0xff);
  while (octets.length > 1 && octets[0] === ((octets[1] ?? 0) < 0x80 ? 0x00 : 0xff)) octets.shift();
  return encodeDer(DER_TAG.integer, Uint8Array.from(octets));
};

/** An INTEGER is written in as few bytes as it takes ([X.690] 8.3.2), so that a number stands for one encoding. */
const integerFault = (element: DerElement): { readonly offset: number; readonly reason: string } | null => {
  if (element.tag === DER_TAG.integer) {
    const { contents, offset } = element;
    const [first, second = 0] = contents;
    if (first === undefined) return { offset, reason: "an integer without contents" };
    return contents.length > 1 && first === (second < 0x80 ? 0x00 : 0xff)
      ? { offset, reason: "an integer that takes more bytes than DER gives it" }
      : null;
  }
  for (const inner of element.elements) {
    const fault = integerFault(inner);
    if (fault !== null) return fault;
  }
  return null;
};

const hex = (byte: number): string => `0x${byte.toString(16).padStart(2, "0")}`;
