/** The head of an HTTP/1.1 response: status line and fields. RFC 9112 4. */
import { bad, type Decoded, done } from "../bytes/decoded.ts";
import { decodeMessageHead, fieldValues, type HeaderField } from "./message-head.ts";

export interface ResponseHead {
  /** `1.1`. */
  readonly version: string;
  readonly status: number;
  /** May be empty. */
  readonly reason: string;
  readonly fields: readonly HeaderField[];
}

/** Reads the head of a response. What is no HTTP/1.x is told by the first byte that differs. */
export const decodeResponseHead = (bytes: Uint8Array): Decoded<ResponseHead> => {
  const other = bytes.subarray(0, PREFIX.length).findIndex((byte, at) => byte !== PREFIX.charCodeAt(at));
  if (other !== -1) return bad("http.statusLine", other, "not an HTTP/1.x response");
  const head = decodeMessageHead(bytes);
  if (head.status !== "done") return head;
  const [, version, status, reason = ""] = STATUS_LINE.exec(head.value.startLine) ?? [];
  if (version === undefined || status === undefined) {
    return bad("http.statusLine", PREFIX.length, "no version and status of three digits");
  }
  return done({ version, status: Number(status), reason, fields: head.value.fields }, head.size);
};

/** Bytes of content that follow the head; null where the head does not say it in one plain number. */
export const contentLength = (head: ResponseHead): number | null => {
  if (head.status === 204 || head.status === 304) return 0;
  const lengths = new Set(fieldValues(head, "Content-Length"));
  const [length] = lengths;
  if (length === undefined || lengths.size > 1 || !/^\d{1,9}$/.test(length)) return null;
  return fieldValues(head, "Transfer-Encoding").length > 0 ? null : Number(length);
};

/** Whether the connection lives on after the response: RFC 9112 9.3. */
export const keepsConnection = (head: ResponseHead): boolean => {
  const options = fieldValues(head, "Connection").join(",").toLowerCase().split(",");
  const says = (option: string) => options.some((one) => one.trim() === option);
  return head.version === "1.0" ? says("keep-alive") : !says("close");
};

const PREFIX = "HTTP/1.";
const STATUS_LINE = /^HTTP\/(1\.\d) (\d{3})(?: (.*))?$/;
