/**
 * What is done on the server itself, as a table. Commands are for an elevated PowerShell there, safe to paste:
 * those that change something come behind those that only look, and behind a copy of what they change.
 */
import {
  NOTHING_TO_UNDO,
  RDP_TCP,
  RDP_TCP_KEY,
  remedyTable,
  SCHANNEL_KEY,
  TERMINAL_SERVER,
} from "./remedy.ts";

/** Every key of the machine lives there, not the one of RDP alone. */
const MACHINE_KEYS = "C:\\ProgramData\\Microsoft\\Crypto\\RSA\\MachineKeys";
/** The container TSSecKeySet1 of Windows' own RDP certificate; the machine's GUID follows in the name. */
const RDP_CONTAINER = "f686aace6942fb7f7ceb231212eef4a4_*";
const OWN_CERTIFICATES = "Cert:\\LocalMachine\\Remote Desktop";
const LISTENER =
  "Get-CimInstance -Namespace root/cimv2/TerminalServices -ClassName Win32_TSGeneralSetting -Filter \"TerminalName='RDP-Tcp'\"";

const CONNECTION_MANAGER = "System, source TerminalServices-RemoteConnectionManager";
const SCHANNEL = "System, source Schannel";
const PROTOCOLS = `${SCHANNEL_KEY.replace("HKLM", "HKLM:")}\\Protocols`;
const TLS13_SERVER = `${SCHANNEL_KEY}\\Protocols\\TLS 1.3\\Server`;

/** Self-signed ones alone: an issued one that somebody put there stays. SessionEnv makes the new one; no session ends. */
const NEW_CERTIFICATE = [
  `Get-ChildItem '${OWN_CERTIFICATES}' | Where-Object { $_.Issuer -eq $_.Subject } | Remove-Item`,
  "Restart-Service SessionEnv -Force",
] as const;

/** Group Policy's values win over the local ones, which then do nothing. */
const POLICY = "HKLM:\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services";
const POLICY_LOOK = `Get-ItemProperty '${POLICY}' -ErrorAction SilentlyContinue | Select-Object fDenyTSConnections, SecurityLayer, UserAuthentication, CertTemplateName`;
const POLICY_STEP =
  "The first line reads Group Policy: where it prints a value, the local one does nothing, and the policy is what to change (gpresult /h report.html names it).";

const SYSTEM_EVENTS =
  "Get-WinEvent -FilterHashtable @{ LogName = 'System'; Id = 36870, 1055, 1057, 1058, 1059; StartTime = (Get-Date).AddHours(-1) } -ErrorAction SilentlyContinue | Format-List TimeCreated, Id, Message";
const RDP_KEY_FILES = `Get-ChildItem '${MACHINE_KEYS}' -Filter '${RDP_CONTAINER}'`;

const CONNECTION_EVENTS =
  "Get-WinEvent -FilterHashtable @{ LogName = 'Microsoft-Windows-TerminalServices-RemoteConnectionManager/Admin'; Id = 1006 } -MaxEvents 5 -ErrorAction SilentlyContinue | Format-List TimeCreated, Message";
const CONNECTION_LIMIT = `(Get-ItemProperty '${TERMINAL_SERVER}').MaxOutstandingConnections`;
const TOO_MANY_CONNECTIONS =
  "event 1006 in Microsoft-Windows-TerminalServices-RemoteConnectionManager/Admin: a large number of incomplete connections";

export const SERVER_REMEDIES = remedyTable([
  {
    id: "check-listener",
    title: "See whether Remote Desktop listens, and on which port",
    where: "server",
    risk: "low",
    shell: "powershell",
    steps: [
      "qwinsta must list rdp-tcp in the state Listen; TermService must run; fDenyTSConnections must be 0.",
      "PortNumber is the port that the listener uses; 3389 is the default.",
    ],
    commands: [
      "qwinsta",
      "Get-Service TermService, SessionEnv | Format-Table Name, Status, StartType",
      `Get-ItemProperty '${TERMINAL_SERVER}' -Name fDenyTSConnections`,
      `Get-ItemProperty '${RDP_TCP}' -Name PortNumber`,
    ],
    undo: NOTHING_TO_UNDO,
    confirm: ["qwinsta shows no rdp-tcp in the state Listen"],
  },
  {
    id: "enable-rdp",
    title: "Turn Remote Desktop on",
    where: "server",
    risk: "medium",
    shell: "powershell",
    steps: [
      "Do so only where Remote Desktop is meant to be on: from then on anyone who reaches the port may try to log on.",
      POLICY_STEP,
      "The last line enables the rules for all profiles, Public too. They are named by their group's resource, which is the same in every language.",
    ],
    commands: [
      POLICY_LOOK,
      `Get-ItemProperty '${TERMINAL_SERVER}' -Name fDenyTSConnections`,
      `Set-ItemProperty '${TERMINAL_SERVER}' -Name fDenyTSConnections -Value 0`,
      "Enable-NetFirewallRule -Group '@FirewallAPI.dll,-28752'",
    ],
    undo: `Set-ItemProperty '${TERMINAL_SERVER}' -Name fDenyTSConnections -Value 1; Disable-NetFirewallRule -Group '@FirewallAPI.dll,-28752'`,
    confirm: ["fDenyTSConnections is 1"],
  },
  {
    id: "allow-rdp-in-firewall",
    title: "Enable the Remote Desktop rules of Windows' firewall",
    where: "server",
    risk: "medium",
    shell: "powershell",
    steps: [
      "The first line prints the kind of network in use, the second which rules are enabled for it; the third whether a policy of the domain sets them.",
      "The last line enables them for all profiles, Public too: where only a company's network is meant, set that network to Private instead (Set-NetConnectionProfile). A port other than 3389 needs a rule of its own.",
    ],
    commands: [
      "Get-NetConnectionProfile | Format-Table InterfaceAlias, NetworkCategory",
      "Get-NetFirewallRule -Group '@FirewallAPI.dll,-28752' | Format-Table DisplayName, Enabled, Profile, Action, PolicyStoreSourceType",
      "Get-NetFirewallProfile -PolicyStore ActiveStore | Format-Table Name, Enabled, AllowLocalFirewallRules",
      "Enable-NetFirewallRule -Group '@FirewallAPI.dll,-28752'",
    ],
    undo: "Disable-NetFirewallRule -Group '@FirewallAPI.dll,-28752'",
    confirm: ["the rules are disabled, or enabled for another profile than the one in use"],
  },
  {
    id: "start-termservice",
    title: "Start the Remote Desktop service",
    where: "server",
    risk: "low",
    shell: "powershell",
    steps: [
      "The service is called TermService; SessionEnv (Remote Desktop Configuration) makes its certificate.",
      "If it stops again at once, the log says why.",
    ],
    commands: [
      "Get-Service TermService, SessionEnv | Format-Table Name, Status, StartType",
      "Get-Service TermService, SessionEnv | Where-Object { $_.StartType -eq 'Disabled' } | Set-Service -StartupType Manual",
      "Start-Service SessionEnv, TermService",
      "Get-WinEvent -FilterHashtable @{ LogName = 'System'; ProviderName = 'Service Control Manager' } -MaxEvents 20 -ErrorAction SilentlyContinue | Format-List TimeCreated, Id, Message",
    ],
    undo: "Stop-Service TermService -Force",
    confirm: ["events 7023, 7031 or 7034 in System, source Service Control Manager, that name TermService"],
  },
  {
    id: "check-port-number",
    title: "Probe the port that the server is set to",
    where: "server",
    risk: "low",
    shell: "powershell",
    steps: [
      "The listener's port is in the registry; connect to that one, or set it back and restart TermService.",
    ],
    commands: [`Get-ItemProperty '${RDP_TCP}' -Name PortNumber`],
    undo: NOTHING_TO_UNDO,
    confirm: ["PortNumber is another one than the one that was probed"],
  },
  {
    id: "check-port-owner",
    title: "See which program holds the port",
    where: "server",
    risk: "low",
    shell: "powershell",
    steps: [
      "The port must be held by svchost with TermService.",
      "Another program there: move it, or move the RDP listener (PortNumber) and restart TermService.",
    ],
    commands: [
      "Get-NetTCPConnection -LocalPort {port} -State Listen | Select-Object LocalAddress, OwningProcess, @{ n = 'Process'; e = { (Get-Process -Id $_.OwningProcess).Name } }",
      "netstat -anob",
    ],
    undo: NOTHING_TO_UNDO,
    confirm: ["the process is not svchost, or its service is not TermService"],
  },
  {
    id: "check-host-up",
    title: "See that the host is on and answers at all",
    where: "client",
    platform: "any",
    risk: "low",
    shell: "powershell",
    steps: ["Look at its console, hypervisor or cloud portal; a host that just booted needs a minute."],
    commands: ["Test-NetConnection {host} -Port {port}"],
    undo: NOTHING_TO_UNDO,
    confirm: ["the host answers neither ping nor any other port"],
  },
  {
    id: "read-schannel-events",
    title: "Read what Schannel logged at the time of the probe",
    where: "server",
    risk: "low",
    shell: "powershell",
    steps: [
      "36870, 1057 or 1058: the certificate's private key. 36874: no TLS version or suite in common. 36871: no TLS version is left.",
      "1057, 1058: Windows could not make or renew its certificate. 1055, 1059: what was bound is not used.",
      "36871 of a client credential (state 10013) is another program's, and says nothing of RDP.",
      "None of them at the second of the probe: look for a device on the way. IIS and LDAP over TLS log the same numbers.",
    ],
    commands: [
      "Get-WinEvent -FilterHashtable @{ LogName = 'System'; Id = 36870, 36871, 36872, 36874, 36888, 1051, 1055, 1057, 1058, 1059; StartTime = (Get-Date).AddHours(-1) } -ErrorAction SilentlyContinue | Format-List TimeCreated, Id, Message",
    ],
    undo: NOTHING_TO_UNDO,
    confirm: [`events 36870, 36871, 36872, 36874 and 36888 in ${SCHANNEL}`],
  },
  {
    id: "machine-keys-permissions",
    title: "Repair the permissions of MachineKeys",
    where: "server",
    risk: "medium",
    shell: "powershell",
    steps: [
      "Only with event 36870, 1057 or 1058 at the time of the probe. The file is the key of Windows' own RDP certificate alone: SYSTEM and Administrators have full control of it, and NETWORK SERVICE reads it (Microsoft, internal-error article).",
      "The third line saves its permissions, the next ones take it over and grant those three, by SIDs, which are the same in every language. Nothing else in MachineKeys is touched.",
      "A key of a certificate that an authority issued may be elsewhere (Crypto\\Keys): grant-key-read. No session ends.",
    ],
    commands: [
      SYSTEM_EVENTS,
      `${RDP_KEY_FILES} | ForEach-Object { icacls $_.FullName }`,
      `${RDP_KEY_FILES} | ForEach-Object { icacls $_.FullName /save "$env:ProgramData\\rdprobe-key.acl" }`,
      `${RDP_KEY_FILES} | ForEach-Object { takeown /f $_.FullName /a }`,
      `${RDP_KEY_FILES} | ForEach-Object { icacls $_.FullName /grant "*S-1-5-18:(F)" "*S-1-5-20:(R)" "*S-1-5-32-544:(F)" }`,
      "Restart-Service SessionEnv -Force",
    ],
    undo: 'icacls "$env:ProgramData\\Microsoft\\Crypto\\RSA\\MachineKeys" /restore "$env:ProgramData\\rdprobe-key.acl"',
    confirm: [`event 36870 in ${SCHANNEL}`, `events 1057 and 1058 in ${CONNECTION_MANAGER}`],
  },
  {
    id: "replace-rdp-key-container",
    title: "Rename only the RDP key file",
    where: "server",
    risk: "medium",
    shell: "powershell",
    steps: [
      `Only where the permissions are right and the key is still not read: the file ${RDP_CONTAINER} is the key of Windows' own RDP certificate, and of nothing else.`,
      "Renamed, it is as good as gone, and Windows makes a new key with the new certificate.",
    ],
    commands: [
      `Get-ChildItem ${MACHINE_KEYS} -Filter '${RDP_CONTAINER}'`,
      `Get-ChildItem ${MACHINE_KEYS} -Filter '${RDP_CONTAINER}' | Rename-Item -NewName { "$($_.Name).old" }`,
      ...NEW_CERTIFICATE,
    ],
    undo: "there is none: the new certificate has a new key; the old file keeps its name with .old",
    confirm: [
      `event 1056 in ${CONNECTION_MANAGER}: a new self-signed certificate`,
      `event 36870 in ${SCHANNEL} comes no more`,
    ],
  },
  {
    id: "rename-machine-keys",
    title: "Last resort: rename the whole MachineKeys folder",
    where: "server",
    risk: "high",
    shell: "powershell",
    steps: [
      "WARNING: every other service of the machine loses its keys with it: IIS, SQL Server, VPN, WSUS, domain certificates.",
      "Only where icacls and the RDP container alone have not helped, with a backup or snapshot, and with a restart planned.",
    ],
    commands: [
      `Get-ChildItem ${MACHINE_KEYS} | Measure-Object`,
      `Rename-Item ${MACHINE_KEYS} MachineKeys_old`,
      "Restart-Computer -Confirm",
    ],
    undo: `remove the new folder, Rename-Item ${MACHINE_KEYS}_old MachineKeys, and restart`,
    confirm: [`events 1057 and 1058 in ${CONNECTION_MANAGER} that stay after the two gentler steps`],
  },
  {
    id: "rebuild-rdp-certificate",
    title: "Have Windows make a new self-signed RDP certificate",
    where: "server",
    risk: "medium",
    shell: "powershell",
    steps: [
      "Remove the self-signed certificate from LocalMachine\\Remote Desktop; Remote Desktop Configuration (SessionEnv) makes a new one when it starts. No session ends.",
      "The first line shows the certificate. Event 1057 or 1058 in the second: making one fails as well, and then machine-keys-permissions comes first.",
      "On Windows 7 and Server 2008 R2 remove it in certlm.msc: their PowerShell cannot.",
    ],
    commands: [
      `Get-ChildItem '${OWN_CERTIFICATES}' | Format-List Subject, NotBefore, NotAfter, Thumbprint`,
      SYSTEM_EVENTS,
      ...NEW_CERTIFICATE,
    ],
    undo: "there is none, and none is needed: clients are asked once whether they trust the new one",
    confirm: [
      `events 1057 and 1058 in ${CONNECTION_MANAGER}: it could not be made or replaced`,
      `event 1056 in ${CONNECTION_MANAGER}: a new self-signed certificate`,
    ],
  },
  {
    id: "grant-key-read",
    title: "Let NETWORK SERVICE read the bound certificate's key",
    where: "server",
    risk: "medium",
    cutsYourSession: true,
    disconnectsUsers: true,
    shell: "powershell",
    steps: [
      "SSLCertificateSHA1HashType 1 is Windows' own certificate, and this remedy is not for it; 2 is Group Policy's, 3 was bound by hand.",
      "certlm.msc > Personal > the certificate > All Tasks > Manage Private Keys: NETWORK SERVICE needs Read. Server Core has no certlm.msc: certutil -store -v My with the thumbprint names the key's file (Unique container name); give *S-1-5-20 Read on that one file with icacls.",
      "Restart-Service TermService -Force then: it disconnects everybody, whose sessions stay; over RDP it cuts your own, so use the console.",
    ],
    commands: [
      `$listener = ${LISTENER}; $bound = $listener.SSLCertificateSHA1Hash; $listener | Select-Object SSLCertificateSHA1Hash, SSLCertificateSHA1HashType`,
      "Get-ChildItem Cert:\\LocalMachine\\My | Where-Object Thumbprint -eq $bound | Format-List Subject, NotAfter, HasPrivateKey",
      "certutil -store My $bound",
    ],
    undo: "take NETWORK SERVICE out of the list again",
    confirm: [`event 36870 in ${SCHANNEL}`],
  },
  {
    id: "clear-bound-thumbprint",
    title: "See whether the listener is bound to a certificate that is gone",
    where: "server",
    risk: "low",
    shell: "powershell",
    steps: [
      "SSLCertificateSHA1HashType 1: nothing is bound, the thumbprint is that of Windows' own certificate in the store Remote Desktop, and all is well. 2: Group Policy binds it. 3: bound by hand.",
      "Type 3 and a thumbprint that LocalMachine\\My lacks: bind one that exists (bind-new-certificate). Windows itself falls back to its own certificate then, and logs 1051 or 1059.",
      "Do not delete the value: on a Connection Broker Microsoft warns of it, and on a default server there is none.",
    ],
    commands: [
      `${LISTENER} | Select-Object SSLCertificateSHA1Hash, SSLCertificateSHA1HashType`,
      "Get-ChildItem Cert:\\LocalMachine\\My, 'Cert:\\LocalMachine\\Remote Desktop' | Format-List PSParentPath, Subject, NotAfter, Thumbprint",
      `(Get-ItemProperty '${RDP_TCP}').SSLCertificateSHA1Hash`,
    ],
    undo: NOTHING_TO_UNDO,
    confirm: [`event 36870 or 36872 in ${SCHANNEL}`],
  },
  {
    id: "check-certificate-template",
    title: "See whether Group Policy's certificate template works",
    where: "server",
    risk: "low",
    shell: "powershell",
    steps: [
      "No CertTemplateName: there is no template, and this is not it. 1062: the template must put the DNS name into the certificate. 1064, 1065: the name in the policy, the computer's Enroll right, and that an authority issues the template.",
      "1063 twice a day: give the template the same name and display name, and write that one into the policy (KB2531138). gpupdate then, and Restart-Service SessionEnv.",
      "1051, 1055 or 1059: what is bound is not used (clear-bound-thumbprint, grant-key-read).",
    ],
    commands: [
      `(Get-ItemProperty '${POLICY}' -ErrorAction SilentlyContinue).CertTemplateName`,
      "Get-WinEvent -FilterHashtable @{ LogName = 'System'; Id = 1051, 1054, 1055, 1059, 1062, 1063, 1064, 1065; StartTime = (Get-Date).AddDays(-7) } -ErrorAction SilentlyContinue | Format-List TimeCreated, Id, Message",
    ],
    undo: NOTHING_TO_UNDO,
    confirm: [`events 1062, 1064 and 1065 in ${CONNECTION_MANAGER}`],
  },
  {
    id: "bind-new-certificate",
    title: "Renew the bound certificate and bind the new one",
    where: "server",
    risk: "medium",
    shell: "powershell",
    steps: [
      "A certificate bound by its thumbprint is not replaced by itself: after renewal, bind the new thumbprint.",
      "NETWORK SERVICE needs read access to the new key (grant-key-read), and the certificate needs the extended key usage Server Authentication.",
      "The third line asks for the new thumbprint and takes 40 hexadecimal digits alone; the last one binds it.",
    ],
    commands: [
      `${LISTENER} | Select-Object SSLCertificateSHA1Hash, SSLCertificateSHA1HashType`,
      "Get-ChildItem Cert:\\LocalMachine\\My | Format-List Subject, Issuer, NotAfter, Thumbprint",
      "do { $new = Read-Host 'thumbprint of the new certificate' } until ($new -match '^[0-9A-Fa-f]{40}$' -and (Test-Path (\"Cert:\\LocalMachine\\My\\\" + $new)))",
      `${LISTENER} | Set-CimInstance -Property @{ SSLCertificateSHA1Hash = $new }`,
    ],
    undo: "the last two lines again, with the former thumbprint",
    confirm: [`event 1063 in ${CONNECTION_MANAGER}: a certificate from a template was installed`],
  },
  {
    id: "test-certificate-key",
    title: "See which certificate the listener shows, and whether its key is its own",
    where: "server",
    risk: "low",
    shell: "powershell",
    steps: [
      "SSLCertificateSHA1HashType 1 is Windows' own certificate, in the store Remote Desktop; 2 comes from a group policy, and 3 was bound by hand: those are in My.",
      "certutil tries the key: it must end with 'Encryption test passed' or 'Signature test passed'. The certificate that clients see has the SHA-1 that rdprobe shows with -v.",
      "Where the test fails, import the certificate again together with its key (a .pfx), or link the key that is still there: certutil -repairstore My and the certificate's serial number. Then bind it by its thumbprint (bind-new-certificate).",
      "Windows' own certificate is made anew instead (rebuild-rdp-certificate).",
    ],
    commands: [
      `${LISTENER} | Select-Object SSLCertificateSHA1Hash, SSLCertificateSHA1HashType`,
      "Get-ChildItem Cert:\\LocalMachine\\My, 'Cert:\\LocalMachine\\Remote Desktop' | Format-List Subject, NotBefore, NotAfter, HasPrivateKey, Thumbprint",
      `certutil -store My (${LISTENER}).SSLCertificateSHA1Hash`,
      `certutil -store 'Remote Desktop' (${LISTENER}).SSLCertificateSHA1Hash`,
    ],
    undo: NOTHING_TO_UNDO,
    confirm: [
      "certutil says that the key's test failed, or that it does not find the private key",
      `event 36870 in ${SCHANNEL}`,
    ],
  },
  {
    id: "check-clocks",
    title: "Compare the clocks, and set the wrong one right",
    where: "server",
    risk: "low",
    shell: "powershell",
    steps: ["On both machines; correct the clock that is wrong before a new certificate is made."],
    commands: ["w32tm /query /status", "w32tm /resync"],
    undo: "nothing: the clock follows its source again",
    confirm: ["w32tm /query /status names no source, or an offset of minutes"],
  },
  {
    id: "restart-termservice",
    title: "Restart the Remote Desktop service that hangs",
    where: "server",
    risk: "medium",
    shell: "powershell",
    steps: [
      "See first whether it answers on the server itself: rdprobe 127.0.0.1:{port} there.",
      "The service is called TermService; there is none called termserv. Restarting it disconnects everybody; their sessions stay.",
      "Do it from the console, WinRM or the hypervisor, and not over RDP: it cuts your own session, and may hang in Stopping.",
    ],
    commands: ["Get-Service TermService | Format-Table Name, Status", "Restart-Service TermService -Force"],
    undo: "none needed",
    confirm: ["RdpCoreTS/Operational has no event 131 at the time of the probe"],
  },
  {
    id: "check-connection-limit",
    title: "See whether the server throttles new connections",
    where: "server",
    risk: "low",
    shell: "powershell",
    steps: [
      "Event 1006 says that there are too many incomplete connections; a scanner or a brute-force attack makes them: keep it out first (open-firewall).",
      "What the limit is by default is not documented; the value is absent then.",
    ],
    commands: [CONNECTION_EVENTS, CONNECTION_LIMIT],
    undo: NOTHING_TO_UNDO,
    confirm: [TOO_MANY_CONNECTIONS],
  },
  {
    id: "raise-connection-limit",
    title: "Allow more incomplete connections at once",
    where: "server",
    risk: "medium",
    needsRestart: true,
    shell: "powershell",
    steps: [
      "Only with event 1006, and where the clients are all wanted: the limit is a guard against attacks, and 65536 switches it off.",
      "Restart the server then.",
    ],
    commands: [
      CONNECTION_EVENTS,
      CONNECTION_LIMIT,
      'reg add "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server" /v MaxOutstandingConnections /t REG_DWORD /d 65536',
    ],
    undo: 'reg delete "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server" /v MaxOutstandingConnections',
    confirm: [TOO_MANY_CONNECTIONS],
  },
  {
    id: "check-key-services",
    title: "See that the services behind the certificate run",
    where: "server",
    risk: "low",
    shell: "powershell",
    steps: [
      "SessionEnv, KeyIso and CryptSvc must be able to start: Disabled is wrong for each of them.",
      "The second line lets those start again that are disabled; SessionEnv makes the certificate when it starts.",
    ],
    commands: [
      "Get-Service SessionEnv, CertPropSvc, KeyIso, CryptSvc, TermService | Format-Table Name, Status, StartType",
      "Get-Service SessionEnv, CertPropSvc, KeyIso, CryptSvc | Where-Object { $_.StartType -eq 'Disabled' } | Set-Service -StartupType Manual",
      "Start-Service SessionEnv",
    ],
    undo: "Set-Service -StartupType Disabled for those that the first line showed as Disabled",
    confirm: [`event 1056 in ${CONNECTION_MANAGER}: a new self-signed certificate`],
  },
  {
    id: "raise-security-layer",
    title: "Let the server negotiate TLS and NLA",
    where: "server",
    risk: "medium",
    shell: "powershell",
    steps: [
      POLICY_STEP,
      "SecurityLayer 0 forces Standard RDP Security; 1 negotiates; 2 demands TLS, and locks everybody out of a server without a usable certificate: write 1, probe, and raise it later.",
      "fAllowSecProtocolNegotiation must be 1 or absent. Windows XP and Server 2003 have no TLS to speak of: replace them.",
    ],
    commands: [
      POLICY_LOOK,
      `Get-ChildItem '${OWN_CERTIFICATES}' | Format-List Subject, NotAfter, HasPrivateKey`,
      `Get-ItemProperty '${RDP_TCP}' | Select-Object SecurityLayer, UserAuthentication, MinEncryptionLevel, fAllowSecProtocolNegotiation`,
      `reg export "${RDP_TCP_KEY}" "$env:TEMP\\RDP-Tcp.reg" /y`,
      `Set-ItemProperty '${RDP_TCP}' -Name SecurityLayer -Value 1`,
    ],
    undo: 'reg import "$env:TEMP\\RDP-Tcp.reg"',
    confirm: ["SecurityLayer is 0"],
  },
  {
    id: "enable-tls12",
    title: "Enable TLS 1.2 on the server",
    where: "server",
    risk: "medium",
    shell: "powershell",
    steps: [
      "See SCHANNEL\\Protocols on the server: a Server subkey with Enabled=0 turns a version off.",
      "Windows 7 and Server 2008 R2 need updates for TLS 1.2 in Remote Desktop (KB3080079).",
      "The last two lines turn TLS 1.2 on for the server; a restart makes them count.",
    ],
    commands: [
      `Get-ChildItem -Recurse '${PROTOCOLS}' | Get-ItemProperty | Format-List PSPath, Enabled, DisabledByDefault`,
      `reg export "${SCHANNEL_KEY}" "$env:TEMP\\SCHANNEL.reg" /y`,
      `reg add "${SCHANNEL_KEY}\\Protocols\\TLS 1.2\\Server" /v Enabled /t REG_DWORD /d 1`,
      `reg add "${SCHANNEL_KEY}\\Protocols\\TLS 1.2\\Server" /v DisabledByDefault /t REG_DWORD /d 0`,
    ],
    undo: `reg delete "${SCHANNEL_KEY}\\Protocols\\TLS 1.2\\Server" /f; reg import "$env:TEMP\\SCHANNEL.reg"`,
    needsRestart: true,
    confirm: [`event 36871 or 36874 in ${SCHANNEL}`],
  },
  {
    id: "remove-forced-tls13",
    title: "Take back a TLS 1.3 that was forced on",
    where: "server",
    risk: "low",
    shell: "powershell",
    steps: [
      "Windows Server 2019 and older do not support TLS 1.3; forcing it on in the registry breaks Remote Desktop (reported of 2019).",
      "See whether the key exists; save it, remove it, and restart the server. reg delete asks before it deletes.",
    ],
    commands: [
      `reg query "${TLS13_SERVER}"`,
      `reg export "${TLS13_SERVER}" "$env:TEMP\\TLS13-Server.reg" /y`,
      `reg delete "${TLS13_SERVER}"`,
    ],
    undo: 'reg import "$env:TEMP\\TLS13-Server.reg"',
    needsRestart: true,
    confirm: ["the key exists, and its Enabled is 1", `event 36871 in ${SCHANNEL}`],
  },
  {
    id: "enable-cipher-suites",
    title: "Enable a cipher suite that both sides know",
    where: "server",
    risk: "medium",
    shell: "powershell",
    steps: [
      "The first line reads Group Policy (SSL Configuration Settings): where it prints suites, the local list does nothing. A hardening tool may have cut it down too.",
      "Windows 10 and Server 2016 or newer: older ones have neither command, and take their suites from policy and updates.",
      "Enable one that the client offers and that fits the certificate's key: the one below is for RSA.",
    ],
    commands: [
      "(Get-ItemProperty 'HKLM:\\SOFTWARE\\Policies\\Microsoft\\Cryptography\\Configuration\\SSL\\00010002' -ErrorAction SilentlyContinue).Functions",
      "Get-TlsCipherSuite | Format-Table Name",
      "Enable-TlsCipherSuite -Name TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    ],
    undo: "Disable-TlsCipherSuite -Name TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    needsRestart: true,
    confirm: [`event 36874 in ${SCHANNEL}`],
  },
  {
    id: "read-credssp-events",
    title: "Read why the server gave CredSSP up",
    where: "server",
    risk: "low",
    shell: "powershell",
    steps: [
      "TLS works, so the certificate is not the reason: look at the authentication and at what runs in the session.",
      "A domain member needs its domain controller: the last line says whether the computer's trust holds.",
    ],
    commands: [
      "Get-WinEvent -LogName Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational -MaxEvents 20 -ErrorAction SilentlyContinue | Format-List TimeCreated, Id, Message",
      "Test-ComputerSecureChannel -Verbose",
    ],
    undo: NOTHING_TO_UNDO,
    confirm: ["events 131 and 140 in RdpCoreTS/Operational, 5719 in System, source NETLOGON"],
  },
  {
    id: "read-ntlm-policy",
    title: "See whether a policy refuses NTLM",
    where: "server",
    risk: "low",
    shell: "powershell",
    steps: [
      "'Restrict NTLM: Incoming NTLM traffic' refuses what a probe without credentials sends; Kerberos clients, who connect by name, may still get in. No value or 0 allows, 1 refuses domain accounts, 2 refuses all; a domain controller may refuse it as well.",
    ],
    commands: [
      "(Get-ItemProperty 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\MSV1_0').RestrictReceivingNTLMTraffic",
      "Get-WinEvent -LogName Microsoft-Windows-NTLM/Operational -MaxEvents 20 -ErrorAction SilentlyContinue | Format-List TimeCreated, Id, Message",
    ],
    undo: NOTHING_TO_UNDO,
    confirm: ["events in Microsoft-Windows-NTLM/Operational at the time of the probe"],
  },
  {
    id: "install-updates",
    title: "Install the server's updates, the fix of CVE-2018-0886 among them",
    where: "server",
    risk: "medium",
    shell: "powershell",
    steps: [
      "Clients with the update of May 2018 refuse a CredSSP older than the fix of March 2018 ('encryption oracle remediation').",
      "Update the server; do not loosen the clients' policy instead. Where RDP was the only way in: its console, the hypervisor or WinRM.",
      "A server from before August 2010 lacks secure renegotiation as well (RFC 5746, MS10-049).",
    ],
    commands: ["Get-HotFix | Sort-Object InstalledOn | Select-Object -Last 10"],
    undo: "wusa /uninstall, which takes the fix away again",
    confirm: ["the newest update is from before March 2018"],
  },
  {
    id: "remove-session-software",
    title: "Look for software that breaks sessions on the server",
    where: "server",
    risk: "low",
    shell: "powershell",
    steps: [
      "Other remote-control software has been seen to end sessions right after the logon (RustDesk, 0x904 with extended 0x0).",
      "Update it, or stop it for one try.",
    ],
    commands: [
      "Get-Service | Where-Object DisplayName -match 'RustDesk|TeamViewer|AnyDesk|VNC|RDP Wrapper' | Format-Table Name, Status, DisplayName",
    ],
    undo: "start it again",
    confirm: ["the connection works while it is stopped"],
  },
]);
