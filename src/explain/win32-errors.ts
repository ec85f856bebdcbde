/** Win32 and Winsock errors that connections end with ([MS-ERREF] 2.2); as an HRESULT they stand behind 0x8007. */

export interface Win32Error {
  readonly code: number;
  readonly name: string;
  readonly what: string;
  readonly causes: readonly string[];
}

const row = (code: number, name: string, what: string, causes: readonly string[] = []): Win32Error => ({
  code,
  name,
  what,
  causes,
});

/** The facility of Win32 in an HRESULT, as its upper half ([MS-ERREF] 2.1.2). */
export const HRESULT_OF_WIN32 = 0x8007;

const RESET = ["reset-by-server", "reset-on-the-way", "private-key-unreadable", "security-device"];

export const WIN32_ERRORS: readonly Win32Error[] = [
  row(5, "ERROR_ACCESS_DENIED", "access is denied"),
  row(64, "ERROR_NETNAME_DELETED", "the other side ended the network connection", RESET),
  row(121, "ERROR_SEM_TIMEOUT", "the time for an operation, such as a network request, ran out"),
  row(1219, "ERROR_SESSION_CREDENTIAL_CONFLICT", "a connection with other credentials is open already"),
  row(1225, "ERROR_CONNECTION_REFUSED", "the other side refused the TCP connection", [
    "rdp-disabled",
    "service-not-running",
    "other-port",
  ]),
  row(1231, "ERROR_NETWORK_UNREACHABLE", "there is no route to the network", ["no-route"]),
  row(1232, "ERROR_HOST_UNREACHABLE", "the host cannot be reached", ["no-route", "host-down"]),
  row(1326, "ERROR_LOGON_FAILURE", "user name or password are wrong"),
  row(1327, "ERROR_ACCOUNT_RESTRICTION", "a restriction of the account, such as an empty password"),
  row(1330, "ERROR_PASSWORD_EXPIRED", "the password has expired"),
  row(1331, "ERROR_ACCOUNT_DISABLED", "the account is disabled"),
  row(1355, "ERROR_NO_SUCH_DOMAIN", "the domain is not there, or no domain controller can be reached"),
  row(1385, "ERROR_LOGON_TYPE_NOT_GRANTED", "the user lacks the right to log on this way"),
  row(1398, "ERROR_TIME_SKEW", "the clocks of client and server differ", ["clock-wrong"]),
  row(1909, "ERROR_ACCOUNT_LOCKED_OUT", "the account is locked out"),
  row(
    10_013,
    "WSAEACCES",
    "the access to a socket is forbidden: by a filter of this PC, or the port is in use",
  ),
  row(10_050, "WSAENETDOWN", "the network of this PC is down"),
  row(10_051, "WSAENETUNREACH", "there is no route to the network", ["no-route"]),
  row(10_052, "WSAENETRESET", "the connection broke while it was idle", ["unstable-network"]),
  row(10_053, "WSAECONNABORTED", "software on this PC, or a time-out, ended the connection", [
    "security-device",
  ]),
  row(10_054, "WSAECONNRESET", "the other side, or a device on the way, reset the connection", RESET),
  row(10_060, "WSAETIMEDOUT", "no answer came in time", ["firewall-blocks-port", "host-down"]),
  row(10_061, "WSAECONNREFUSED", "the other side refused the TCP connection", [
    "rdp-disabled",
    "service-not-running",
    "other-port",
  ]),
  row(10_064, "WSAEHOSTDOWN", "the host is down", ["host-down"]),
  row(10_065, "WSAEHOSTUNREACH", "the host cannot be reached", ["no-route", "host-down"]),
  row(11_001, "WSAHOST_NOT_FOUND", "there is no such name", ["name-unknown"]),
  row(11_002, "WSATRY_AGAIN", "the resolver did not answer", ["resolver-unreachable"]),
  row(11_004, "WSANO_DATA", "the name has no address of that kind", ["name-unknown"]),
];
