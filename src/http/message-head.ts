/** The head of an HTTP/1.1 message, start line and fields, and nothing of its content: RFC 9112 2.1, 5. */

import { bad, type Decoded, done, need } from "../bytes/decoded.ts";
import { latin1Text } from "../bytes/latin1.ts";

/** No head that answers our requests is longer; http.sys itself stops at 16 KiB. */
export const MAX_HEAD_SIZE_BYTES = 16 * 1024;

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const DELETE = 0x7f;

/** A field line. All text is Latin-1, so that no byte is lost. */
export interface HeaderField {
  readonly name: string;
  /** Without the white space around it. */
  readonly value: string;
}

export interface MessageHead {
  readonly startLine: string;
  /** In their order; a name may stand there several times. */
  readonly fields: readonly HeaderField[];
}

/** Reads a head up to and including its empty line. RFC 9112 2.2: a bare LF ends a line as well. */
export const decodeMessageHead = (bytes: Uint8Array): Decoded<MessageHead> => {
  let startLine: string | null = null;
  const fields: HeaderField[] = [];
  for (let at = 0; ; ) {
    const end = bytes.indexOf(LF, at);
    if (end >= MAX_HEAD_SIZE_BYTES || (end === -1 && bytes.length >= MAX_HEAD_SIZE_BYTES)) {
      return bad("http.head", MAX_HEAD_SIZE_BYTES, `no end within ${MAX_HEAD_SIZE_BYTES} bytes`);
    }
    if (end === -1) return need(1);
    const line = bytes.subarray(at, bytes[end - 1] === CR && end > at ? end - 1 : end);
    const control = controlIn(line);
    if (control !== -1) return bad("http.line", at + control, "a control character");
    if (startLine === null) {
      if (line.length === 0) return bad("http.startLine", at, "an empty line");
      startLine = latin1Text(line);
    } else if (line.length === 0) {
      return done({ startLine, fields }, end + 1);
    } else {
      const field = fieldOf(latin1Text(line));
      if (field === null) return bad("http.field", at, "no field name and colon");
      fields.push(field);
    }
    at = end + 1;
  }
};

/**
 * The head as bytes, its empty line included.
 * @throws RangeError when a name is no token, or a line holds what would break it.
 */
export const encodeMessageHead = ({ startLine, fields }: MessageHead): Uint8Array => {
  const lines = [startLine, ...fields.map(({ name, value }) => `${checkedName(name)}: ${value}`)];
  const text = lines.map(checkedLine).join("");
  return Uint8Array.from(`${text}\r\n`, (character) => character.charCodeAt(0));
};

/** All values of a field, whose name is compared without regard to case. */
export const fieldValues = (head: Pick<MessageHead, "fields">, name: string): readonly string[] =>
  head.fields.filter((field) => field.name.toLowerCase() === name.toLowerCase()).map(({ value }) => value);

/** RFC 9110 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Where the first control character stands, or -1; by hand, since a head that dribbles is read at each piece. */
const controlIn = (line: Uint8Array): number => {
  for (let at = 0; at < line.length; at += 1) if (isControl(line[at] ?? 0)) return at;
  return -1;
};

const isControl = (byte: number): boolean => (byte < SPACE && byte !== TAB) || byte === DELETE;

/** Null also for a folded line, which begins with white space (RFC 9112 5.2). */
const fieldOf = (line: string): HeaderField | null => {
  const colon = line.indexOf(":");
  const name = line.slice(0, Math.max(colon, 0));
  return TOKEN.test(name) ? { name, value: trimmed(line.slice(colon + 1)) } : null;
};

const isBlank = (character: string | undefined): boolean => character === " " || character === "\t";

/** Without optional white space; by hand, since a pattern for the end would read long blanks many times. */
const trimmed = (text: string): string => {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text[start])) start += 1;
  while (end > start && isBlank(text[end - 1])) end -= 1;
  return text.slice(start, end);
};

const checkedName = (name: string): string => {
  if (!TOKEN.test(name)) throw new RangeError(`http: ${JSON.stringify(name)} is no field name`);
  return name;
};

const checkedLine = (line: string): string => {
  const codes = Array.from({ length: line.length }, (_, index) => line.charCodeAt(index));
  if (line === "" || codes.some((code) => isControl(code) || code > 0xff)) {
    throw new RangeError(`http: ${JSON.stringify(line)} is no line`);
  }
  return `${line}\r\n`;
};
