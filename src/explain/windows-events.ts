/** Events that Windows logs of Remote Desktop and its TLS, as a table: which log, what it says. */

export interface WindowsEvent {
  readonly id: number;
  readonly log: string;
  readonly source: string;
  readonly what: string;
  /** On whose machine. */
  readonly where: "server" | "client";
  readonly stage: string;
  readonly basis: "documented" | "reported" | "inferred";
  readonly proof: string;
  /** Causes of rdprobe's table that it confirms. */
  readonly causes: readonly string[];
}

const MANAGER = "TerminalServices-RemoteConnectionManager";
const CORE_LOG = "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational";
const CLIENT_LOG = "Microsoft-Windows-TerminalServices-RDPClient/Operational";
const MICROSOFT = "Microsoft, event IDs to troubleshoot RDP to a VM";
const PROVIDER = "the provider's own list of events";
const KEY_CAUSES = ["private-key-unreadable", "bound-certificate-key-unreadable", "bound-thumbprint-gone"];
const MAKING = ["certificate-renewal-fails", "certificate-not-created", "private-key-unreadable"];
const POLICY = ["cipher-policy", "tls-version-policy"];

type Told = Omit<WindowsEvent, "id" | "where" | "stage" | "basis" | "causes"> &
  Partial<Pick<WindowsEvent, "where" | "stage" | "basis" | "causes">>;

const event = (id: number, told: Told): WindowsEvent => ({
  where: "server",
  stage: "certificate and TLS",
  basis: "documented",
  causes: [],
  ...told,
  id,
});

const inSystem = (source: string) => ({ log: "System", source });

export const WINDOWS_EVENTS: readonly WindowsEvent[] = [
  event(40, {
    log: "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",
    source: "TerminalServices-LocalSessionManager",
    what: "a session was disconnected; the reason code in its text is an extended code (rdprobe explain extended <number>)",
    stage: "session",
    basis: "reported",
    proof: "TechNet wiki 37874",
  }),
  event(50, {
    ...inSystem("TermDD"),
    what: "a component found an error in the protocol stream and disconnected the client (old systems); its binary data ends with a status, lowest byte first, as that of event 56",
    stage: "any",
    basis: "inferred",
    proof: "generally known of old systems; Microsoft's AskPerf blog on the binary data",
    causes: [],
  }),
  event(56, {
    ...inSystem("TermDD"),
    what: "the security layer found an error and disconnected the client; the status is the last four bytes of its binary data, lowest byte first, where a leading D stands for C",
    stage: "TLS or CredSSP",
    basis: "inferred",
    proof: "Microsoft's AskPerf blog on the binary data; newer systems log the text under RdpCoreTS",
    causes: ["server-tls-fault"],
  }),
  event(97, {
    log: CORE_LOG,
    source: "RdpCoreTS",
    what: "a protocol error was detected, and the client was disconnected",
    stage: "session",
    proof: PROVIDER,
  }),
  event(98, {
    log: CORE_LOG,
    source: "RdpCoreTS",
    what: "a TCP connection was established",
    stage: "TCP",
    proof: PROVIDER,
  }),
  event(99, {
    log: CORE_LOG,
    source: "RdpCoreTS",
    what: "a TCP connection failed",
    stage: "TCP",
    proof: PROVIDER,
  }),
  event(103, {
    log: "Microsoft-Windows-TerminalServices-Gateway/Operational",
    source: "TSGateway",
    what: "the RD Gateway service failed; with 700, reported after KB5040437 (July 2024), which aaedge.dll crashed after",
    stage: "RD Gateway",
    basis: "reported",
    proof: "Microsoft's known issue of KB5040437 and reports on it",
  }),
  event(131, {
    log: CORE_LOG,
    source: "RdpCoreTS",
    what: "the server accepted a new TCP connection; the text names the client's address. None at the time of a probe: it never arrived there",
    stage: "TCP",
    basis: "reported",
    proof: "FreeRDP issue 7769 quotes it",
    causes: ["security-device", "front-device"],
  }),
  event(140, {
    log: CORE_LOG,
    source: "RdpCoreTS",
    what: "a connection failed because user name or password are not right",
    stage: "CredSSP, at the logon",
    basis: "inferred",
    proof: "generally known; not checked",
  }),
  ...[201, 202, 203, 204, 205, 206, 207, 208, 209].map((id) =>
    event(id, {
      ...inSystem("KDCSVC"),
      what: "a domain controller would refuse or refuses RC4 in Kerberos (events 201 to 209, CVE-2026-20833): by address it may work while by name it fails",
      stage: "the logon, at a domain controller",
      proof: "Microsoft KB5073381",
    }),
  ),
  event(227, {
    log: CORE_LOG,
    source: "RdpCoreTS",
    what: "RdpCoreTS met an error in a state of a connection, named in the text with a function and a result",
    stage: "any",
    basis: "reported",
    proof: "the provider's own texts, as public logs show them",
  }),
  event(226, {
    log: CLIENT_LOG,
    source: "TerminalServices-ClientActiveXCore",
    what: "in the client's log its state machine met an error, with state and status in the text; in the server's RdpCoreTS log a state of a TCP connection changed",
    where: "client",
    stage: "any",
    basis: "reported",
    proof: "Rackspace's article and a TechNet thread",
  }),
  event(261, {
    log: "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational",
    source: MANAGER,
    what: "the listener RDP-Tcp received a connection",
    stage: "TCP",
    proof: PROVIDER,
  }),
  event(700, {
    log: "Microsoft-Windows-TerminalServices-Gateway/Operational",
    source: "TSGateway",
    what: "the RD Gateway service failed; with 103, reported after KB5040437 (July 2024)",
    stage: "RD Gateway",
    basis: "reported",
    proof: "Microsoft's known issue of KB5040437 and reports on it",
  }),
  event(1006, {
    log: "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Admin",
    source: MANAGER,
    what: "a large number of incomplete connections: the server may be under attack, and drops new ones",
    stage: "TCP and negotiation",
    proof: PROVIDER,
    causes: ["connection-throttling"],
  }),
  event(1026, {
    log: CLIENT_LOG,
    source: "TerminalServices-ClientActiveXCore",
    what: "the client was disconnected; the text has the disconnect reason in decimal",
    where: "client",
    stage: "any",
    basis: "reported",
    proof: "Rackspace's article and a TechNet thread",
  }),
  event(1050, {
    ...inSystem(MANAGER),
    what: "the listener's settings do not fit each other or the system, and defaults are used",
    basis: "reported",
    proof: "the provider's own list of events",
  }),
  event(1051, {
    ...inSystem(MANAGER),
    what: "no usable certificate is configured; the default, self-signed one is used",
    proof: "Microsoft TechNet, Terminal Services certificate events",
    causes: ["bound-thumbprint-gone"],
  }),
  event(1052, {
    ...inSystem(MANAGER),
    what: "the configured certificate will expire soon",
    basis: "reported",
    proof: "the provider's own list of events",
  }),
  event(1053, {
    ...inSystem(MANAGER),
    what: "the configured certificate has expired; the default one is used",
    basis: "reported",
    proof: "the provider's own list of events",
    causes: ["issued-certificate-unfit"],
  }),
  event(1054, {
    ...inSystem(MANAGER),
    what: "the configured certificate is unfit: it has no extended key usage of a server; the default one is used",
    basis: "reported",
    proof: "the provider's own list of events",
    causes: ["issued-certificate-unfit", "template-enrolment-fails"],
  }),
  event(1055, {
    ...inSystem(MANAGER),
    what: "the key of the configured certificate cannot be read; the default, self-signed one is used from now on",
    proof: "Microsoft TechNet ee891233",
    causes: ["bound-certificate-key-unreadable"],
  }),
  event(1056, {
    ...inSystem(MANAGER),
    what: "a new self-signed certificate was made for the listener",
    basis: "reported",
    proof: "the provider has the id; its text is generally known",
  }),
  event(1057, {
    ...inSystem(MANAGER),
    what: "a self-signed certificate could not be made, for instance because the keyset does not exist or the key is not valid for use in its state",
    proof: MICROSOFT,
    causes: MAKING,
  }),
  event(1058, {
    ...inSystem(MANAGER),
    what: "the expired self-signed certificate could not be replaced: access denied, or the object already exists",
    proof: MICROSOFT,
    causes: MAKING,
  }),
  event(1059, {
    ...inSystem(MANAGER),
    what: "the certificate's hash in the settings is not valid; the service reset it, and uses the default certificate",
    proof: "Microsoft TechNet, Terminal Services certificate events",
    causes: ["bound-thumbprint-gone"],
  }),
  event(1062, {
    ...inSystem(MANAGER),
    what: "the subject name of a certificate made from the template is not valid; the default one is used",
    proof: "Microsoft TechNet, Terminal Services certificate events",
    causes: ["template-enrolment-fails"],
  }),
  event(1063, {
    ...inSystem(MANAGER),
    what: "a certificate from a template was installed; twice a day where the template's display name is not its name",
    proof: "Microsoft KB2531138",
    causes: ["template-enrolment-fails"],
  }),
  event(1064, {
    ...inSystem(MANAGER),
    what: "no new certificate could be made from the configured template; the text has the error",
    basis: "reported",
    proof: "Microsoft AskDS 4137437 and the provider's own list",
    causes: ["template-enrolment-fails"],
  }),
  event(1065, {
    ...inSystem(MANAGER),
    what: "the certificate made from the template has expired and cannot be replaced",
    basis: "reported",
    proof: "Microsoft AskDS 4137437 and the provider's own list",
    causes: ["template-enrolment-fails"],
  }),
  event(1067, {
    ...inSystem(MANAGER),
    what: "the service principal name TERMSRV could not be registered: Kerberos by name may fail",
    stage: "the logon, by Kerberos",
    basis: "reported",
    proof: "Microsoft TechNet, Terminal Services events",
    causes: ["name-leads-elsewhere"],
  }),
  event(1068, {
    ...inSystem(MANAGER),
    what: "the licensing mode is not set",
    stage: "licensing",
    basis: "reported",
    proof: "the provider's own list of events",
  }),
  event(1069, {
    ...inSystem(MANAGER),
    what: "the licensing mode is not set, or the grace period is over",
    stage: "licensing",
    basis: "reported",
    proof: "the provider's own list of events",
  }),
  event(1149, {
    log: "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational",
    source: MANAGER,
    what: "'user authentication succeeded': with NLA the credentials passed; without NLA, and on 2008, it also comes where the logon then fails",
    stage: "CredSSP (NLA), or the connection without it",
    basis: "reported",
    proof: "Cyber Triage's and psmths' notes on RDP events",
  }),
  event(1158, {
    log: "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Admin",
    source: MANAGER,
    what: "a connection came in; the text names the client's address",
    stage: "TCP",
    basis: "reported",
    proof: "the provider's own list of events",
  }),
  event(1296, {
    log: "Microsoft-Windows-TerminalServices-SessionBroker-Client/Operational",
    source: "TerminalServices-SessionBroker-Client",
    what: "the Connection Broker could not be asked, or did not answer",
    stage: "a farm's broker, after the handshake",
    proof: "Microsoft on Connection Broker events",
  }),
  event(2056, {
    log: "Microsoft-Windows-TerminalServices-SessionBroker/Operational",
    source: "TerminalServices-SessionBroker",
    what: "the Connection Broker could not work with its database",
    stage: "a farm's broker, after the handshake",
    proof: "Microsoft on Connection Broker events",
  }),
  event(4227, {
    ...inSystem("Tcpip"),
    what: "a local port was used again too soon: the ports of outgoing connections run short",
    stage: "TCP",
    proof: "Microsoft on port exhaustion",
    causes: ["intermittent"],
  }),
  event(4231, {
    ...inSystem("Tcpip"),
    what: "all local ports of outgoing connections are in use",
    stage: "TCP",
    proof: "Microsoft on port exhaustion",
    causes: ["intermittent"],
  }),
  event(4625, {
    log: "Security",
    source: "Microsoft-Windows-Security-Auditing",
    what: "a logon failed; Status and SubStatus say why (rdprobe explain <status>); logon type 3 is NLA, type 10 a logon without it",
    stage: "CredSSP (NLA), or the logon",
    proof: "Microsoft on event 4625",
  }),
  event(5719, {
    ...inSystem("NETLOGON"),
    what: "no domain controller could be reached to set up the computer's secure channel",
    stage: "the logon, at the domain",
    proof: "Microsoft on event 5719",
  }),
  event(6167, {
    ...inSystem("LsaSrv"),
    what: "a partial mismatch of the machine's identity: cloned machines with one SID, since KB5064081 and KB5065426 (2025)",
    stage: "CredSSP (NLA), between cloned machines",
    proof: "Microsoft techcommunity 4503956; KB5068222",
  }),
  event(20499, {
    log: "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Admin",
    source: MANAGER,
    what: "the user's settings took long to load from a domain controller",
    stage: "the logon, at the domain",
    basis: "reported",
    proof: "the provider's own list of events",
  }),
  event(36870, {
    ...inSystem("Schannel"),
    what: "the private key of the TLS server credential cannot be read (0x8009030d, state 10001); other programs of the server log it too, so mind the time and the process",
    proof: MICROSOFT,
    causes: KEY_CAUSES,
  }),
  event(36871, {
    ...inSystem("Schannel"),
    what: "a TLS credential could not be made (state 10013), because no TLS version is left that may be used; most of them are of the client credentials of other programs and have nothing to do with RDP: the one that counts says server credential",
    proof: MICROSOFT,
    causes: ["tls-version-policy", "tls13-intolerant"],
  }),
  event(36872, {
    ...inSystem("Schannel"),
    what: "there is no suitable default server credential",
    proof: MICROSOFT,
    causes: ["certificate-not-created", "bound-thumbprint-gone"],
  }),
  event(36874, {
    ...inSystem("Schannel"),
    what: "a client's versions and suites have nothing in common with the server's",
    stage: "TLS",
    basis: "reported",
    proof: "FreeRDP issue 7769 and field reports quote it",
    causes: POLICY,
  }),
  event(36876, {
    ...inSystem("Schannel"),
    what: "the other side's certificate could not be verified",
    stage: "TLS",
    proof: "Microsoft on Schannel events",
    causes: ["client-rejects-certificate"],
  }),
  event(36882, {
    ...inSystem("Schannel"),
    what: "the other side's certificate comes from an authority that is not trusted",
    stage: "TLS",
    proof: "Microsoft on Schannel events",
    causes: ["client-rejects-certificate"],
  }),
  event(36887, {
    ...inSystem("Schannel"),
    what: "a fatal alert came from the other side; the text has its number (rdprobe explain alert <number>)",
    stage: "TLS",
    proof: "Microsoft on Schannel events",
    causes: ["client-rejects-certificate"],
  }),
  event(36888, {
    ...inSystem("Schannel"),
    what: "a fatal alert was made for the other side; the text has its number (rdprobe explain alert <number>)",
    stage: "TLS",
    basis: "reported",
    proof: "Remmina issue 684: with alert 40 on Server 2012 without TLS 1.0 and an old client",
    causes: [...POLICY, "server-tls-fault"],
  }),
];
