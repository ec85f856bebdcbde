/** Status codes of Guacamole's protocol (manual, "Guacamole protocol reference"), as its error page prints them. */

export interface GuacamoleCode {
  readonly code: number;
  readonly name: string;
  readonly what: string;
}

const row = (code: number, name: string, what: string): GuacamoleCode => ({ code, name, what });

export const GUACAMOLE_CODES: readonly GuacamoleCode[] = [
  row(0x0100, "UNSUPPORTED", "the operation is not supported"),
  row(0x0200, "SERVER_ERROR", "an internal error of the Guacamole server or of the desktop server"),
  row(0x0201, "SERVER_BUSY", "the server is busy"),
  row(0x0202, "UPSTREAM_TIMEOUT", "the desktop server does not answer"),
  row(0x0203, "UPSTREAM_ERROR", "the desktop server closed the connection or reports an error"),
  row(0x0204, "RESOURCE_NOT_FOUND", "a file or stream that was asked for is not there"),
  row(0x0205, "RESOURCE_CONFLICT", "a resource is locked or in use"),
  row(0x0206, "RESOURCE_CLOSED", "a resource was closed"),
  row(0x0207, "UPSTREAM_NOT_FOUND", "the desktop server is not there, or cannot be reached from guacd"),
  row(0x0208, "UPSTREAM_UNAVAILABLE", "the desktop server refuses the connection"),
  row(0x0209, "SESSION_CONFLICT", "the session ended because another one took its place"),
  row(0x020a, "SESSION_TIMEOUT", "the session was idle for too long"),
  row(0x020b, "SESSION_CLOSED", "an administrator or the desktop server closed the session"),
  row(0x0300, "CLIENT_BAD_REQUEST", "a request of the browser's was no good"),
  row(0x0301, "CLIENT_UNAUTHORIZED", "the desktop server refuses the user or the password"),
  row(0x0303, "CLIENT_FORBIDDEN", "the user may not do this"),
  row(0x0308, "CLIENT_TIMEOUT", "the browser answered too late"),
  row(0x030d, "CLIENT_OVERRUN", "the browser sent more than it may"),
  row(0x030f, "CLIENT_BAD_TYPE", "the browser sent a type that is not supported"),
  row(0x031d, "CLIENT_TOO_MANY", "the user has too many connections"),
];
