/**
 * The outer shape of DER, read without trust: one element's tag, its content and how much of it is missing.
 * forge reads all of a structure or nothing; this is what lets the rest of a broken certificate be read.
 */
import { bad, type Decoded, done, need } from "../bytes/decoded.ts";

/** One element ([X.690] 8.1) with a definite length and a tag number below 31. */
export interface Element {
  /** The identifier octet: class, constructed bit and tag number, for example 0x30 for a SEQUENCE. */
  readonly identifier: number;
  /** Header and content, as far as they are there. */
  readonly der: Uint8Array;
  readonly headerSizeBytes: number;
  /** Bytes that the length promises beyond the end of the input. */
  readonly missingBytes: number;
}

export interface Elements {
  readonly elements: readonly Element[];
  /** Why the walk ended before the end of the bytes, or null. */
  readonly fault: string | null;
}

/** The content of an element, as far as it is there. */
export const contentOfElement = ({ der, headerSizeBytes }: Element): Uint8Array =>
  der.subarray(headerSizeBytes);

/** Reads the element that begins at byte `at`; `need` only when its header is cut. */
export const decodeElement = (bytes: Uint8Array, at = 0): Decoded<Element> => {
  const identifier = bytes[at];
  const first = bytes[at + 1];
  if (identifier === undefined || first === undefined) return need(at + 2 - bytes.length);
  if ((identifier & 0x1f) === 0x1f) return bad("element.identifier", at, "tag number of more than one byte");
  if (first < 0x80) return element(bytes, at, identifier, 2, first);

  const width = first - 0x80;
  if (width === 0) return bad("element.length", at + 1, "indefinite length, which DER does not have");
  if (width > 4) return bad("element.length", at + 1, `length of ${width} bytes`);
  if (bytes.length < at + 2 + width) return need(at + 2 + width - bytes.length);
  let length = 0;
  for (let i = 0; i < width; i += 1) length = length * 0x100 + (bytes[at + 2 + i] ?? 0);
  return element(bytes, at, identifier, 2 + width, length);
};

/** The elements that stand one behind the other in `bytes`, at most `limit`. */
export const decodeElements = (bytes: Uint8Array, limit: number): Elements => {
  const elements: Element[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (elements.length === limit) return { elements, fault: `more than ${limit} elements` };
    const next = decodeElement(bytes, at);
    if (next.status === "need") return { elements, fault: "cut short" };
    if (next.status === "bad") return { elements, fault: next.fault.reason };
    elements.push(next.value);
    at += next.size;
  }
  return { elements, fault: null };
};

const element = (
  bytes: Uint8Array,
  at: number,
  identifier: number,
  headerSizeBytes: number,
  length: number,
): Decoded<Element> => {
  const size = Math.min(headerSizeBytes + length, bytes.length - at);
  return done(
    {
      identifier,
      der: bytes.subarray(at, at + size),
      headerSizeBytes,
      missingBytes: headerSizeBytes + length - size,
    },
    size,
  );
};
