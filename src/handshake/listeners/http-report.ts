/** What is said of an HTTP answer, to programs and to people. */
import { fieldValues } from "../../http/message-head.ts";
import type { ResponseHead } from "../../http/response.ts";
import type { HttpReport } from "./listener-report.ts";

/** Status, reason and the server's name for itself. */
export const httpReport = (head: ResponseHead): HttpReport => ({
  status: head.status,
  reason: head.reason,
  server: fieldValues(head, "Server")[0] ?? null,
});

/** Whether Windows' own HTTP stack answers. */
export const isHttpSys = (head: ResponseHead): boolean =>
  fieldValues(head, "Server").some((server) => server.startsWith("Microsoft-HTTPAPI/"));

/** `HTTP 404 from nginx`; a server's name is cut where no line is long enough for it. */
export const describeHead = (head: ResponseHead): string => {
  const server = fieldValues(head, "Server")[0];
  return `HTTP ${head.status}${server === undefined ? "" : ` from ${server.slice(0, MAX_SERVER_LENGTH)}`}`;
};

const MAX_SERVER_LENGTH = 60;
