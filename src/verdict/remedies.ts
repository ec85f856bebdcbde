/**
 * What to do, where, with what risk, and how to undo it. Commands are for an elevated PowerShell on the
 * machine that `where` names, safe to paste. Sources: the facts' sections 2.4, 4.4, 5 and 6.
 */

export interface Remedy {
  readonly id: string;
  readonly title: string;
  readonly where: "server" | "client" | "network" | "azure";
  readonly risk: "low" | "medium" | "high";
  readonly steps: readonly string[];
  readonly commands: readonly string[];
  readonly undo: string;
  /** Event ids or observations on the server that would confirm the cause. */
  readonly confirm: readonly string[];
}

const NOTHING_TO_UNDO = "nothing: it only reads";

const REMEDIES = [
  {
    id: "check-name",
    title: "Check the name's spelling and its DNS record",
    where: "client",
    risk: "low",
    steps: [
      "Look the name up with the full domain.",
      "Try the server's address instead: if that works, the record is missing or stale.",
    ],
    commands: ["Resolve-DnsName -Name <host>"],
    undo: NOTHING_TO_UNDO,
    confirm: [],
  },
  {
    id: "check-resolver",
    title: "Check that this machine reaches its DNS server",
    where: "client",
    risk: "low",
    steps: [
      "See which DNS servers are configured, and ask one of them directly.",
      "On a VPN: see that its DNS server is reachable.",
    ],
    commands: ["Get-DnsClientServerAddress", "Resolve-DnsName -Name <host> -Server <dns-server>"],
    undo: NOTHING_TO_UNDO,
    confirm: [],
  },
  {
    id: "enable-rdp",
    title: "See that Remote Desktop is on and its service runs",
    where: "server",
    risk: "low",
    steps: [
      "fDenyTSConnections must be 0 and TermService running.",
      "Settings > System > Remote Desktop turns it on.",
    ],
    commands: [
      "Get-Service TermService, SessionEnv",
      "Get-ItemProperty 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server' -Name fDenyTSConnections",
    ],
    undo: NOTHING_TO_UNDO,
    confirm: ["qwinsta lists the listener rdp-tcp in state Listen"],
  },
  {
    id: "check-port-number",
    title: "See on which port the server listens",
    where: "server",
    risk: "low",
    steps: ["The listener's port is in the registry; 3389 is the default."],
    commands: [
      "Get-ItemProperty 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\WinStations\\RDP-Tcp' -Name PortNumber",
    ],
    undo: NOTHING_TO_UNDO,
    confirm: [],
  },
  {
    id: "open-firewall",
    title: "Allow TCP to the RDP port on the way to the server",
    where: "network",
    risk: "medium",
    steps: [
      "Probe from the server's own segment: if that works, the filter is on the way.",
      "On the server, see that the Remote Desktop rules are enabled for the profile in use.",
      "Allow the sources that need it, not the whole internet.",
    ],
    commands: [
      "Get-NetFirewallRule -DisplayGroup 'Remote Desktop' | Format-Table DisplayName, Enabled, Profile",
    ],
    undo: "disable the rule again",
    confirm: [],
  },
  {
    id: "check-host-up",
    title: "See that the host is on and not out of connection slots",
    where: "server",
    risk: "low",
    steps: [
      "Look at its console or hypervisor.",
      "A server with too many incomplete connections stops answering for a while.",
    ],
    commands: [],
    undo: NOTHING_TO_UNDO,
    confirm: [
      "event 1006 in Microsoft-Windows-TerminalServices-RemoteConnectionManager/Admin: large number of incomplete connections",
    ],
  },
  {
    id: "check-route",
    title: "Check route, VPN and gateway towards the host",
    where: "network",
    risk: "low",
    steps: ["Trace the way to the address, and see which hop reports that it is unreachable."],
    commands: ["Test-NetConnection <host> -TraceRoute"],
    undo: NOTHING_TO_UNDO,
    confirm: [],
  },
  {
    id: "check-proxy",
    title: "Check the proxy that the probe went through",
    where: "network",
    risk: "low",
    steps: [
      "See that the proxy runs, speaks SOCKS 5, and takes the user name and password that were given.",
      "See that its rules allow connections to the host and its RDP port.",
      "Probe without --proxy where this machine reaches the host itself.",
    ],
    commands: ["Test-NetConnection <proxy> -Port <proxy-port>"],
    undo: NOTHING_TO_UNDO,
    confirm: [],
  },
  {
    id: "read-schannel-events",
    title: "Read what Schannel logged at the time of the probe",
    where: "server",
    risk: "low",
    steps: [
      "36870: the certificate's private key cannot be read.",
      "36871: a TLS credential could not be made, typically because a TLS version is disabled.",
      "36874: the client's versions and suites have nothing in common with the server's.",
      "None of them: look for a device on the way.",
    ],
    commands: [
      "Get-WinEvent -FilterHashtable @{ LogName = 'System'; ProviderName = 'Schannel' } -MaxEvents 20 | Format-List TimeCreated, Id, Message",
    ],
    undo: NOTHING_TO_UNDO,
    confirm: ["events 36870, 36871, 36874, 36888 in System, source Schannel"],
  },
  {
    id: "machine-keys-permissions",
    title: "Let the service read the certificate's key again",
    where: "server",
    risk: "medium",
    steps: [
      "See the permissions of MachineKeys first; SYSTEM and Administrators need full control, NETWORK SERVICE needs read.",
      "Grant what is missing, then make a new certificate (rebuild-rdp-certificate).",
      "Do not rename the folder: that takes the keys from every other service of the machine.",
    ],
    commands: [
      "icacls C:\\ProgramData\\Microsoft\\Crypto\\RSA\\MachineKeys",
      'icacls C:\\ProgramData\\Microsoft\\Crypto\\RSA\\MachineKeys /t /c /grant "NT AUTHORITY\\System:(F)" "NT AUTHORITY\\NETWORK SERVICE:(R)" "BUILTIN\\Administrators:(F)"',
    ],
    undo: "icacls MachineKeys /save <file> before, icacls <folder> /restore <file> after",
    confirm: [
      "event 36870 in System, source Schannel",
      "events 1057 and 1058 in System, source TerminalServices-RemoteConnectionManager",
    ],
  },
  {
    id: "rebuild-rdp-certificate",
    title: "Have Windows make a new self-signed RDP certificate",
    where: "server",
    risk: "medium",
    steps: [
      "Remove the certificate from LocalMachine\\Remote Desktop; Remote Desktop Configuration (SessionEnv) makes a new one when it starts.",
      "Restarting TermService ends the sessions of logged-on users.",
      "If no new one appears, renewal itself fails: machine-keys-permissions first.",
    ],
    commands: [
      "Get-ChildItem 'Cert:\\LocalMachine\\Remote Desktop' | Format-List Subject, NotAfter, Thumbprint",
      "Get-ChildItem 'Cert:\\LocalMachine\\Remote Desktop' | Remove-Item",
      "Restart-Service SessionEnv -Force",
      "Restart-Service TermService -Force",
    ],
    undo: "export the certificate before removing it; the new one needs no undoing",
    confirm: [
      "event 1056 in System, source TerminalServices-RemoteConnectionManager: a new self-signed certificate",
      "events 1057 and 1058: it could not be made or replaced",
    ],
  },
  {
    id: "clear-bound-thumbprint",
    title: "See whether the listener is bound to a certificate that is gone",
    where: "server",
    risk: "medium",
    steps: [
      "Compare the listener's thumbprint with those in LocalMachine\\My.",
      "If it is gone: bind one that exists, or remove the value to fall back to the self-signed certificate.",
    ],
    commands: [
      "Get-CimInstance -Namespace root/cimv2/TerminalServices Win32_TSGeneralSetting -Filter \"TerminalName='RDP-tcp'\" | Select-Object SSLCertificateSHA1Hash, SSLCertificateSHA1HashType",
      "Get-ChildItem Cert:\\LocalMachine\\My | Format-List Subject, NotAfter, Thumbprint",
    ],
    undo: NOTHING_TO_UNDO,
    confirm: ["event 36870 or 36872 in System, source Schannel"],
  },
  {
    id: "bind-new-certificate",
    title: "Renew the bound certificate and bind the new one",
    where: "server",
    risk: "medium",
    steps: [
      "A certificate bound by its thumbprint is not replaced by itself: after renewal, bind the new thumbprint.",
      "NETWORK SERVICE needs read access to the new key (certlm.msc > Manage Private Keys).",
    ],
    commands: ["Get-ChildItem Cert:\\LocalMachine\\My | Format-List Subject, NotAfter, Thumbprint"],
    undo: "bind the former thumbprint again",
    confirm: [],
  },
  {
    id: "check-clocks",
    title: "Compare the clocks of this machine and of the server",
    where: "server",
    risk: "low",
    steps: ["Correct the clock that is wrong before making a new certificate."],
    commands: ["w32tm /query /status", "w32tm /resync"],
    undo: NOTHING_TO_UNDO,
    confirm: [],
  },
  {
    id: "exempt-from-inspection",
    title: "Look for a firewall, IPS or security suite that cuts the handshake",
    where: "network",
    risk: "low",
    steps: [
      "Probe from the server itself and from its segment: if that works, a device on the way resets the connection.",
      "Make an exception for this connection there; do not turn the firewall off.",
    ],
    commands: [],
    undo: "remove the exception",
    confirm: ["the device's own log names the connection"],
  },
  {
    id: "check-front-device",
    title: "See what stands before the server: load balancer, gateway, proxy",
    where: "network",
    risk: "low",
    steps: [
      "Probe the server's own address and port, past the device in front of it.",
      "A balancer may wait for a routing token or have no live member.",
    ],
    commands: [],
    undo: NOTHING_TO_UNDO,
    confirm: [],
  },
  {
    id: "restart-termservice",
    title: "Restart the Remote Desktop service that hangs",
    where: "server",
    risk: "medium",
    steps: [
      "See first whether it answers on the server itself.",
      "Restarting ends the sessions of logged-on users.",
    ],
    commands: ["Get-Service TermService", "Restart-Service TermService -Force"],
    undo: "none needed",
    confirm: [],
  },
  {
    id: "check-path-mtu",
    title: "Look for large packets that get lost on the way",
    where: "network",
    risk: "low",
    steps: [
      "A small answer arrives and a large one (the certificate) does not: typical of a VPN or tunnel with a smaller MTU and ICMP filtered.",
      "Find the size that still passes, and lower the MTU of the tunnel.",
    ],
    commands: ["ping -f -l 1372 <host>"],
    undo: NOTHING_TO_UNDO,
    confirm: [],
  },
  {
    id: "check-port-owner",
    title: "See which program holds the port",
    where: "server",
    risk: "low",
    steps: [
      "Port 3389 must be held by svchost with TermService.",
      "Another program there: move it, or move the RDP listener.",
    ],
    commands: [
      "Get-NetTCPConnection -LocalPort 3389 -State Listen | Select-Object LocalAddress, OwningProcess",
      "netstat -anob",
    ],
    undo: NOTHING_TO_UNDO,
    confirm: [],
  },
  {
    id: "raise-security-layer",
    title: "Let the server negotiate TLS and NLA",
    where: "server",
    risk: "medium",
    steps: [
      "SecurityLayer 0 forces Standard RDP Security; 1 negotiates, 2 demands TLS. A group policy may set it.",
      "A server that has no usable certificate falls back to it as well: see no-server-certificate.",
      "On xrdp: security_layer=negotiate, and certificate and key_file that xrdp can read.",
    ],
    commands: [
      "Get-ItemProperty 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\WinStations\\RDP-Tcp' -Name SecurityLayer, UserAuthentication, MinEncryptionLevel",
    ],
    undo: "set the former value again",
    confirm: [],
  },
  {
    id: "use-entra-sign-in",
    title: "Connect with a web account (Entra ID)",
    where: "client",
    risk: "low",
    steps: [
      "In mstsc: Advanced > Use a web account to sign in to the remote computer; in a .rdp file: enablerdsaadauth:i:1.",
    ],
    commands: [],
    undo: NOTHING_TO_UNDO,
    confirm: [],
  },
  {
    id: "enable-tls12",
    title: "Enable TLS 1.2 on the side that lacks it",
    where: "server",
    risk: "medium",
    steps: [
      "See SCHANNEL\\Protocols on the server: a Server subkey with Enabled=0 turns a version off.",
      "Windows 7 and Server 2008 R2 need updates for TLS 1.2 in Remote Desktop (KB3080079).",
    ],
    commands: [
      "Get-ChildItem -Recurse 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols' | Get-ItemProperty | Format-List PSPath, Enabled, DisabledByDefault",
    ],
    undo: NOTHING_TO_UNDO,
    confirm: ["event 36871 or 36874 in System, source Schannel"],
  },
  {
    id: "remove-forced-tls13",
    title: "Take back a TLS 1.3 that was forced on",
    where: "server",
    risk: "low",
    steps: [
      "Windows Server 2016 and 2019 do not support TLS 1.3; forcing it on in the registry breaks Remote Desktop.",
      "See whether the key exists, then remove it and restart the server.",
    ],
    commands: [
      'reg query "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.3\\Server"',
      'reg delete "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.3\\Server"',
    ],
    undo: "reg export the key before deleting it, reg import the file after",
    confirm: ["event 36871 in System, source Schannel"],
  },
  {
    id: "enable-cipher-suites",
    title: "Enable a cipher suite that both sides know",
    where: "server",
    risk: "medium",
    steps: [
      "List the server's suites; a group policy (SSL Configuration Settings) or a hardening tool may have cut them down.",
      "Enable one that the client offers and that fits the certificate's key.",
    ],
    commands: [
      "Get-TlsCipherSuite | Format-Table Name",
      "Enable-TlsCipherSuite -Name TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    ],
    undo: "Disable-TlsCipherSuite -Name <suite>",
    confirm: ["event 36874 in System, source Schannel"],
  },
  {
    id: "read-ntlm-policy",
    title: "See whether a policy refuses NTLM",
    where: "server",
    risk: "low",
    steps: [
      "'Restrict NTLM: Incoming NTLM traffic' refuses what a probe without credentials sends; Kerberos clients may still work.",
    ],
    commands: [
      "Get-ItemProperty 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\MSV1_0' -Name RestrictReceivingNTLMTraffic",
    ],
    undo: NOTHING_TO_UNDO,
    confirm: ["Microsoft-Windows-NTLM/Operational"],
  },
] as const satisfies readonly Remedy[];

export type RemedyId = (typeof REMEDIES)[number]["id"];

/** The remedies of these ids, in their order. */
export const remediesOf = (ids: readonly RemedyId[]): readonly Remedy[] =>
  ids.flatMap((id) => REMEDIES.filter((remedy) => remedy.id === id));
