/**
 * The disconnect reasons of mstsc, as a table. `documented`: IMsTscAxEvents::OnDisconnected names it. `dialog`: only
 * the text of the dialog is known, from tables that several projects copied from TechNet. `unverified`: users
 * report the number, and no list has it.
 */

/** Where in a connection a reason arises, as far as its name says. */
export type ReasonStage =
  | "none"
  | "dns"
  | "tcp"
  | "handshake"
  | "tls"
  | "credssp"
  | "standard-security"
  | "licensing"
  | "session"
  | "any";

export interface DisconnectReason {
  readonly code: number;
  readonly name: string;
  readonly stage: ReasonStage;
  readonly basis: "documented" | "dialog" | "unverified";
}

const row = (
  code: number,
  name: string,
  stage: ReasonStage,
  basis: DisconnectReason["basis"] = "documented",
): DisconnectReason => ({ code, name, stage, basis });

/** The name of a number that users report, and no document, dialog or list has. */
export const NO_SOURCE = "no reliable source";

export const DISCONNECT_REASONS: readonly DisconnectReason[] = [
  row(0x0, "no information", "any"),
  row(0x1, "disconnected locally (no error)", "session"),
  row(0x2, "disconnected by a user of the server (no error)", "session"),
  row(0x3, "disconnected by the server (no error)", "session"),
  row(0x4, "generic code of Microsoft's clients for macOS, iOS and Android", "any", "unverified"),
  row(0x104, "DNS lookup failed", "dns"),
  row(0x106, "out of memory", "none"),
  row(0x107, "disconnected (no error), as event 1026 has it", "any", "unverified"),
  row(0x108, "connection timed out", "tcp"),
  row(0x10a, "the smart card service does not run", "credssp", "dialog"),
  row(0x204, "connect failed", "tcp"),
  row(0x206, "out of memory (2)", "none"),
  row(0x207, NO_SOURCE, "any", "unverified"),
  row(0x208, "host not found", "dns"),
  row(0x20a, "no smart card reader", "credssp", "dialog"),
  row(0x304, "sending failed", "any"),
  row(0x306, "out of memory (3)", "none"),
  row(0x308, "invalid IP address", "dns"),
  row(0x30a, "no smart card in the reader", "credssp", "dialog"),
  row(0x404, "receiving failed", "any"),
  row(0x406, "invalid security data", "standard-security"),
  row(0x408, "internal error, or an invalid computer name", "any"),
  row(0x40a, "the smart card subsystem failed", "credssp", "dialog"),
  row(0x4b4, NO_SOURCE, "any", "unverified"),
  row(0x504, "internal error", "any", "unverified"),
  row(0x506, "invalid encryption method", "standard-security"),
  row(0x507, NO_SOURCE, "any", "unverified"),
  row(0x508, "DNS lookup failed (2)", "dns"),
  row(0x516, NO_SOURCE, "any", "unverified"),
  row(0x604, "gethostbyname failed", "dns"),
  row(0x606, "invalid security data of the server", "standard-security"),
  row(0x607, NO_SOURCE, "any", "unverified"),
  row(0x608, "timer error", "none"),
  row(0x704, "time-out", "handshake"),
  row(0x706, "the server's certificate could not be unpacked", "standard-security"),
  row(0x707, NO_SOURCE, "any", "unverified"),
  row(0x708, "another console session is in progress", "session", "dialog"),
  row(0x804, "bad IP address", "dns"),
  row(0x807, "SSL_ERR_LOGON_FAILURE", "credssp"),
  row(0x808, "licence negotiation failed", "licensing"),
  row(0x904, "socket closed", "any"),
  row(0x906, "internal security error", "any"),
  row(0x907, "an unexpected server authentication certificate came", "tls", "dialog"),
  row(0x908, "licensing timed out", "licensing"),
  row(0xa06, "internal security error (2)", "any"),
  row(0xa07, "SSL_ERR_NO_SUCH_USER", "credssp"),
  row(0xb04, "an error prevented the connection", "any", "dialog"),
  row(0xb06, "encryption error", "session"),
  row(0xb07, "SSL_ERR_ACCOUNT_DISABLED", "credssp"),
  row(0xb08, "internal error", "any", "unverified"),
  row(0xb09, "server requires NLA", "handshake", "dialog"),
  row(0xc06, "decryption error", "session"),
  row(0xc07, "SSL_ERR_ACCOUNT_RESTRICTION", "credssp"),
  row(0xc08, "decompression error", "session"),
  row(0xd06, "protocol error", "session", "unverified"),
  row(0xd07, "SSL_ERR_ACCOUNT_LOCKED_OUT", "credssp"),
  row(
    0xd09,
    "a policy of the client demands the password in the Windows Security dialog",
    "credssp",
    "dialog",
  ),
  row(0xe06, "the client does not support the FIPS level", "standard-security", "dialog"),
  row(0xe07, "SSL_ERR_ACCOUNT_EXPIRED", "credssp"),
  row(0xe08, "reconnecting failed", "session", "dialog"),
  row(0xe09, "the server does not support Restricted Admin", "credssp", "dialog"),
  row(0xf07, "SSL_ERR_PASSWORD_EXPIRED", "credssp"),
  row(0xf08, "credentials may not be sent (delegation policy)", "credssp", "dialog"),
  row(0x1007, "not within the account's logon hours", "credssp", "dialog"),
  row(0x1008, "the client is short of video memory", "session", "dialog"),
  row(0x1104, "protocol error detected at the client", "session", "unverified"),
  row(0x1107, "the account may not log on from this workstation", "credssp", "dialog"),
  row(0x1207, "SSL_ERR_PASSWORD_MUST_CHANGE", "credssp"),
  row(0x1307, "the account lacks this type of logon", "credssp", "dialog"),
  row(0x1407, "Kerberos user-to-user is required", "credssp", "dialog"),
  row(0x1607, "SSL_ERR_DELEGATION_POLICY", "credssp"),
  row(0x1707, "SSL_ERR_POLICY_NTLM_ONLY", "credssp"),
  row(0x1807, "SSL_ERR_NO_AUTHENTICATING_AUTHORITY", "credssp"),
  row(0x1b07, "authentication certificate expired or invalid", "tls"),
  row(0x1c07, "wrong PIN of the smart card", "credssp"),
  row(0x1d07, "the server's identity cannot be verified: time or date differ", "credssp", "dialog"),
  row(0x1f04, NO_SOURCE, "any", "unverified"),
  row(0x1f07, "the server's identity cannot be verified, as users report it", "tls", "unverified"),
  row(
    0x2104,
    "TLS or certificate trouble, as Microsoft's clients for macOS and mobiles show it",
    "tls",
    "unverified",
  ),
  row(0x2107, "SSL_ERR_FRESH_CRED_REQUIRED_BY_SERVER", "credssp"),
  row(0x2207, "the smart card is blocked", "credssp"),
  row(0x2407, NO_SOURCE, "any", "unverified"),
  row(0x2507, "RemoteApp could not reconnect by itself", "session", "dialog"),
  row(0x2604, "the versions of client and server do not match", "handshake", "dialog"),
  row(0x2000001, "RemoteApp could not reconnect", "session", "dialog"),
  row(0x2000002, "the computer does not support RemoteApp", "session", "dialog"),
];

/** The reason of a number, or null. */
export const disconnectReason = (code: number): DisconnectReason | null =>
  DISCONNECT_REASONS.find((reason) => reason.code === code) ?? null;
