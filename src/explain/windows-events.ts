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
  event(50, {
    ...inSystem("TermDD"),
    what: "a component found an error in the protocol stream and disconnected the client (old systems)",
    stage: "any",
    basis: "inferred",
    proof: "generally known of old systems; not checked",
    causes: [],
  }),
  event(56, {
    ...inSystem("TermDD"),
    what: "the security layer found an error and disconnected the client; the status behind it says which",
    stage: "TLS or CredSSP",
    basis: "inferred",
    proof: "generally known of old systems; newer ones log the text under RdpCoreTS",
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
  event(226, {
    log: CLIENT_LOG,
    source: "TerminalServices-ClientActiveXCore",
    what: "the client's state machine met an error; the text names state and status",
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
  event(1056, {
    ...inSystem(MANAGER),
    what: "a new self-signed certificate was made for the listener",
    basis: "reported",
    proof: "the provider has the id; its text is generally known",
  }),
  event(1057, {
    ...inSystem(MANAGER),
    what: "a self-signed certificate could not be made, for instance because the keyset does not exist",
    proof: MICROSOFT,
    causes: MAKING,
  }),
  event(1058, {
    ...inSystem(MANAGER),
    what: "the expired self-signed certificate could not be replaced: access denied, or the object already exists",
    proof: MICROSOFT,
    causes: MAKING,
  }),
  event(1063, {
    ...inSystem(MANAGER),
    what: "a certificate from a template was installed; twice a day where the template's display name is not its name",
    proof: "Microsoft KB2531138",
    causes: ["bound-certificate-not-renewed"],
  }),
  event(36870, {
    ...inSystem("Schannel"),
    what: "the private key of the TLS server credential cannot be read (0x8009030d, state 10001)",
    proof: MICROSOFT,
    causes: KEY_CAUSES,
  }),
  event(36871, {
    ...inSystem("Schannel"),
    what: "a TLS credential could not be made (state 10013), typically because a TLS version that is needed is disabled",
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
