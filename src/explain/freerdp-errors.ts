/**
 * Error codes of FreeRDP's clients, as xfreerdp and Remmina print them: the class in the upper 16 bits, the number
 * in the lower ones (FreeRDP, include/freerdp/error.h and libfreerdp/core/errconnect.c).
 */
import type { VerdictCode } from "../verdict/verdicts.ts";

/** The class of what fails while connecting. */
export const ERRCONNECT_CLASS = 2;

/** The class of what the server says in a Set Error Info PDU: the number is that PDU's. */
export const ERRINFO_CLASS = 1;

export interface FreerdpError {
  /** Without the class. */
  readonly number: number;
  /** Without ERRCONNECT_ before it. */
  readonly name: string;
  readonly what: string;
  readonly stage:
    | "client"
    | "dns"
    | "tcp"
    | "negotiation"
    | "tls"
    | "handshake"
    | "mcs"
    | "logon"
    | "session";
  /** The places whose causes it can have. */
  readonly verdicts: readonly (VerdictCode | `${VerdictCode} at ${string}`)[];
  /** Causes that come before those of the verdicts. */
  readonly causes?: readonly string[];
}

const row = (
  number: number,
  name: string,
  what: string,
  stage: FreerdpError["stage"],
  verdicts: FreerdpError["verdicts"] = [],
  causes: readonly string[] = [],
): FreerdpError => ({ number, name, what, stage, verdicts, causes });

const LOGON = "The server, or its domain controller, refuses the logon";

export const FREERDP_ERRORS: readonly FreerdpError[] = [
  row(0x00, "SUCCESS", "No error", "client"),
  row(
    0x01,
    "PRE_CONNECT_FAILED",
    "The client's own settings or plug-ins failed before it connected",
    "client",
  ),
  row(0x02, "CONNECT_UNDEFINED", "The client knows no more than that it failed", "handshake"),
  row(
    0x03,
    "POST_CONNECT_FAILED",
    "The connection stood; the client could not set its window or its channels up",
    "session",
  ),
  row(0x04, "DNS_ERROR", "The name could not be looked up", "dns", ["dns-failure"]),
  row(0x05, "DNS_NAME_NOT_FOUND", "No such name", "dns", ["dns-failure"]),
  row(0x06, "CONNECT_FAILED", "No TCP connection: the port is closed, or nothing answers in time", "tcp", [
    "port-closed",
    "port-filtered",
    "unreachable",
  ]),
  row(
    0x07,
    "MCS_CONNECT_INITIAL_ERROR",
    "The server did not answer the MCS Connect-Initial as the client expects",
    "mcs",
  ),
  row(
    0x08,
    "TLS_CONNECT_FAILED",
    "TLS failed: the server ended it, or the client's own OpenSSL refused what the server offers, or the user refused the certificate",
    "tls",
    ["reset at tls", "tls-alert", "certificate-key-mismatch"],
    ["client-policy-refuses-old-tls", "client-demands-secure-renegotiation"],
  ),
  row(
    0x09,
    "AUTHENTICATION_FAILED",
    "The authentication failed, in CredSSP or before it began; the number alone does not say why",
    "logon",
    ["credssp-refused"],
  ),
  row(0x0a, "INSUFFICIENT_PRIVILEGES", "The user may not log on over Remote Desktop", "logon"),
  row(0x0b, "CONNECT_CANCELLED", "The user, or the program, cancelled the connection", "client"),
  row(
    0x0c,
    "SECURITY_NEGO_CONNECT_FAILED",
    "Client and server agree on no security layer, or the server closed the connection while they negotiated",
    "negotiation",
    ["nla-required", "standard-security-only", "entra-required", "no-server-certificate"],
  ),
  row(
    0x0d,
    "CONNECT_TRANSPORT_FAILED",
    "The connection broke while it was set up: reset, closed, or no answer; what mstsc has 0x904 for",
    "handshake",
    ["reset at tls", "reset at negotiation", "timeout at negotiation"],
  ),
  row(0x0e, "PASSWORD_EXPIRED", `${LOGON}: the password has expired`, "logon"),
  row(0x0f, "PASSWORD_CERTAINLY_EXPIRED", `${LOGON}: the password has expired`, "logon"),
  row(0x10, "CLIENT_REVOKED", `${LOGON}: Kerberos has the client revoked (disabled or locked out)`, "logon"),
  row(0x11, "KDC_UNREACHABLE", "No Kerberos KDC can be reached", "logon"),
  row(0x12, "ACCOUNT_DISABLED", `${LOGON}: the account is disabled`, "logon"),
  row(
    0x13,
    "PASSWORD_MUST_CHANGE",
    `${LOGON}: the password must be changed first, which NLA cannot do`,
    "logon",
  ),
  row(0x14, "LOGON_FAILURE", `${LOGON}: user name or password are wrong`, "logon"),
  row(0x15, "WRONG_PASSWORD", `${LOGON}: the password is wrong`, "logon"),
  row(0x16, "ACCESS_DENIED", `${LOGON}: access is denied`, "logon"),
  row(
    0x17,
    "ACCOUNT_RESTRICTION",
    `${LOGON}: a restriction of the account, such as an empty password`,
    "logon",
  ),
  row(0x18, "ACCOUNT_LOCKED_OUT", `${LOGON}: the account is locked out`, "logon"),
  row(0x19, "ACCOUNT_EXPIRED", `${LOGON}: the account has expired`, "logon"),
  row(
    0x1a,
    "LOGON_TYPE_NOT_GRANTED",
    `${LOGON}: the user lacks the right to log on over Remote Desktop`,
    "logon",
  ),
  row(0x1b, "NO_OR_MISSING_CREDENTIALS", "The client has no user or password for NLA", "logon"),
  row(0x1c, "ACTIVATION_TIMEOUT", "The session did not become active in time (FreeRDP 3)", "session"),
  row(0x1d, "TARGET_BOOTING", "The server is still starting (FreeRDP 3)", "session"),
];
