/** Text in a field of fixed size, padded with NULs; nothing of the field is lost, whatever stands in it. */
import type { Reader } from "../bytes/reader.ts";
import type { Writer } from "../bytes/writer.ts";

/** UTF-16LE units without the NULs at the end; what a client left behind an earlier NUL stays. */
export const readFixedUtf16 = (reader: Reader, sizeBytes: number, field: string): string => {
  const part = reader.sub(sizeBytes, field);
  let text = "";
  while (part.remaining > 1) text += String.fromCharCode(part.u16le(field));
  return withoutPadding(text);
};

/** @throws RangeError when the text does not fit. */
export const writeFixedUtf16 = (writer: Writer, text: string, sizeBytes: number): Writer => {
  const padded = pad(text, sizeBytes / 2);
  for (let i = 0; i < padded.length; i += 1) writer.u16le(padded.charCodeAt(i));
  return writer;
};

/** One byte a character, ISO 8859-1. */
export const readFixedAnsi = (reader: Reader, sizeBytes: number, field: string): string => {
  let text = "";
  for (const byte of reader.bytes(sizeBytes, field)) text += String.fromCharCode(byte);
  return withoutPadding(text);
};

/** @throws RangeError when the text does not fit, or has a character above U+00FF. */
export const writeFixedAnsi = (writer: Writer, text: string, sizeBytes: number): Writer => {
  for (const char of pad(text, sizeBytes)) writer.u8(char.charCodeAt(0));
  return writer;
};

const withoutPadding = (text: string): string => {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 0) end -= 1;
  return text.slice(0, end);
};

const pad = (text: string, units: number): string => {
  if (text.length > units) throw new RangeError(`text of ${text.length} characters in a field of ${units}`);
  return text.padEnd(units, "\0");
};
