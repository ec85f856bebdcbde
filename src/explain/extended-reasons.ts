/** Extended disconnect reasons (ExtendedDisconnectReasonCode), as a table. */

export interface ExtendedReason {
  readonly code: number;
  readonly name: string;
  readonly what: string;
  readonly stage: "none" | "session" | "licensing";
}

const row = (
  code: number,
  name: string,
  what: string,
  stage: ExtendedReason["stage"] = "session",
): ExtendedReason => ({ code, name, what, stage });

const licence = (code: number, name: string, what: string): ExtendedReason =>
  row(code, name, what, "licensing");

/** Above the licences: what the server found wrong with the session's protocol. */
export const PROTOCOL_RANGE = { from: 4096, to: 32_767 } as const;

export const EXTENDED_REASONS: readonly ExtendedReason[] = [
  row(0, "NoInfo", "no additional information", "none"),
  row(1, "APIInitiatedDisconnect", "an application on the server called for the disconnect"),
  row(2, "APIInitiatedLogoff", "an application on the server logged the user off"),
  row(3, "ServerIdleTimeout", "the session was idle for longer than it may be"),
  row(4, "ServerLogonTimeout", "the logon took longer than it may"),
  row(5, "ReplacedByOtherConnection", "another connection took the session over"),
  row(6, "OutOfMemory", "the server is out of memory"),
  row(7, "ServerDeniedConnection", "the server denied the connection"),
  row(8, "ServerDeniedConnectionFips", "the server denied the connection for reasons of FIPS"),
  row(9, "ServerInsufficientPrivileges", "the user may not log on over Remote Desktop"),
  row(10, "ServerFreshCredsRequired", "the server takes no saved credentials"),
  row(11, "RpcInitiatedDisconnectByUser", "a user ended the session with a tool"),
  row(12, "LogoffByUser", "the user logged off"),
  row(25, "Shutdown", "the server shuts down"),
  row(26, "Reboot", "the server restarts"),
  licence(256, "LicenseInternal", "internal error in the licence protocol"),
  licence(257, "LicenseNoLicenseServer", "no licence server"),
  licence(258, "LicenseNoLicense", "no licence to be had"),
  licence(259, "LicenseErrClientMsg", "a message of the client's was no good"),
  licence(260, "LicenseHwidDoesntMatchLicense", "the licence is another machine's"),
  licence(261, "LicenseErrClientLicense", "the client's licence is no good"),
  licence(262, "LicenseCantFinishProtocol", "the licence protocol came to no end"),
  licence(263, "LicenseClientEndedProtocol", "the client ended the licence protocol"),
  licence(264, "LicenseErrClientEncryption", "the client's encryption is no good"),
  licence(265, "LicenseCantUpgradeLicense", "the licence cannot be upgraded"),
  licence(266, "LicenseNoRemoteConnections", "the server has no licence for remote connections"),
  licence(267, "LicenseCreatingLicStoreAccDenied", "the client may not write its licence store"),
  row(768, "RdpEncInvalidCredentials", "the credentials were not accepted"),
];

/** What 7 is beside a closed socket, and what it is not. */
export const SEVEN_IN_THE_HANDSHAKE =
  "A Set Error Info PDU exists only after MCS and licensing. Where the handshake fails, none can have come: the 7 is then the client's own value and carries no cause. Pages that read it as Win32 error 7, out of memory, a licence cache or bandwidth are guessing.";
