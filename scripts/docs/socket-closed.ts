/** What stands on the page about 0x904 with 0x7 and in no table of the program: the path, and what people advise. */

export interface Step {
  readonly run: string;
  readonly answers: readonly (readonly [answer: string, means: string])[];
}

/** From the symptom to the cause, each step a command that changes nothing. */
export const TEN_MINUTES: readonly Step[] = [
  {
    run: "rdprobe server01",
    answers: [
      [
        "`OK`",
        "the handshake works from here: probe from the PC that fails; then look at the account and the logon",
      ],
      [
        "`FAILED ... tcp`",
        "nothing of TLS was reached: [port-closed](verdicts/port-closed.md), [port-filtered](verdicts/port-filtered.md)",
      ],
      [
        "`FAILED ... negotiation`",
        "something else answers, or the server wants another layer: [verdicts](index.md)",
      ],
      ["`FAILED ... tls`, reset or closed", "the case that this page is about: go on"],
      ["`FAILED ... credssp`", "TLS works; NLA fails: [credssp-refused](verdicts/credssp-refused.md)"],
    ],
  },
  {
    run: "rdprobe 127.0.0.1   # on the server itself, at its console or over WinRM",
    answers: [
      ["fails in the same way", "the server: go on with its log"],
      [
        "works",
        "a device between: [security-device](causes/security-device.md), [path-mtu](causes/path-mtu.md)",
      ],
    ],
  },
  {
    run: "Get-WinEvent -FilterHashtable @{LogName='System';Id=36870,36871,36874,1057,1058;StartTime=(Get-Date).AddHours(-1)} -ErrorAction SilentlyContinue | Format-List TimeCreated, Id, Message",
    answers: [
      ["36870 at the second of the probe", "[the key cannot be read](causes/private-key-unreadable.md)"],
      ["1057 or 1058", "[the certificate cannot be made or renewed](causes/certificate-renewal-fails.md)"],
      ["36874", "[no suite or version in common](causes/cipher-policy.md)"],
      [
        "36871 of a *server* credential",
        "[no TLS version is left](causes/tls-version-policy.md); of a client credential it is another program's",
      ],
      ["nothing", "the connection did not reach TLS on this server, or something in front of it answers"],
    ],
  },
];

export interface PopularAdvice {
  readonly advice: string;
  readonly worth: "helps in its case" | "harms" | "does nothing here" | "unproven";
  readonly why: string;
  readonly source: string;
}

const NO_SOURCE = "no source was found but pages written for search engines";

export const POPULAR_ADVICE: readonly PopularAdvice[] = [
  {
    advice: "Delete the expired certificate and restart SessionEnv",
    worth: "helps in its case",
    why: "where the certificate is Windows' own, has expired, and no event 1057 or 1058 stands beside it. Disconnects nobody",
    source: "Microsoft, troubleshoot-rdp-internal-error (Azure)",
  },
  {
    advice: "Rename the MachineKeys folder",
    worth: "harms",
    why: "takes the keys from every other service of the machine (IIS, SQL Server, VPN)",
    source:
      "Microsoft names one container, and its permissions: internal-error-has-occurred-connecting-remote-machine",
  },
  {
    advice: "Make an empty MachineKeys folder",
    worth: "harms",
    why: "the new folder inherits the rights of ProgramData and has not its own",
    source: "Microsoft, default permissions of the MachineKeys folders",
  },
  {
    advice: "Grant everybody, or NETWORK SERVICE, the whole of MachineKeys",
    worth: "harms",
    why: "every process of that identity can then use the keys of IIS, SQL Server and the domain; one file is enough",
    source:
      "Microsoft, internal-error article: NETWORK SERVICE reads the file f686aace6942fb7f7ceb231212eef4a4_*",
  },
  {
    advice: "Connect by address and not by name",
    worth: "helps in its case",
    why: "only where the name leads elsewhere; it turns Kerberos off. rdprobe probes every address of a name",
    source: "it follows from DNS; no report ties it to this pair",
  },
  {
    advice: "SecurityLayer=0",
    worth: "harms",
    why: "gives TLS up: nothing proves the server. As a test, put back at once, it shows that TLS is what fails",
    source: "Microsoft uses it as a temporary test in its general troubleshooting",
  },
  {
    advice: "Turn NLA off (UserAuthentication=0)",
    worth: "harms",
    why: "NLA comes behind TLS: it is not what failed, and without it anybody gets a logon screen",
    source: "[MS-RDPBCGR] 1.3.1.1, order of the connection sequence",
  },
  {
    advice: "Turn the firewall or the antivirus off",
    worth: "harms",
    why: "the server answered until TLS, so the port is open. A filter that looks into TLS is found by a probe on the server",
    source: "the handshake itself",
  },
  {
    advice: "Allow mstsc.exe in the client's firewall",
    worth: "does nothing here",
    why: "mstsc opens connections and needs no inbound rule",
    source: "Windows Firewall lets outbound connections pass by default",
  },
  {
    advice: "Take the Store app or the Windows App instead of mstsc",
    worth: "does nothing here",
    why: "another client proves nothing of the server; the Store's Remote Desktop was retired in 2025",
    source: "Microsoft's notice on the Store app",
  },
  {
    advice: "Uninstall the newest update (KB5055528 and others)",
    worth: "unproven",
    why: "takes its security fixes away; no notice of Microsoft ties an update of Windows to this pair",
    source: NO_SOURCE,
  },
  {
    advice: "“Windows 11 22H2 resolves names differently”",
    worth: "unproven",
    why: "no capture shows it; rdprobe probes every address of a name and says where they differ",
    source: NO_SOURCE,
  },
  {
    advice: "“Updates of Windows changed how TLS falls back”",
    worth: "unproven",
    why: "Schannel's clients offer all their versions in one hello and fall back to none; what is off is a setting that can be read",
    source: NO_SOURCE,
  },
  {
    advice: "Raise MaxOutstandingConnections",
    worth: "helps in its case",
    why: "only with event 1006 at the time; what opens so many connections is the better question",
    source: "event 1006 of TerminalServices-RemoteConnectionManager",
  },
  {
    advice: "netsh int ip reset, netsh winsock reset",
    worth: "unproven",
    why: "needs a restart and wipes static addresses; TCP works, as the probe shows",
    source: NO_SOURCE,
  },
  {
    advice: "AllowEncryptionOracle=2",
    worth: "harms",
    why: "concerns CredSSP alone, which is behind TLS, and opens the client to CVE-2018-0886",
    source: "Microsoft, credssp-encryption-oracle-remediation",
  },
  {
    advice: "Restart the service termserv",
    worth: "does nothing here",
    why: "there is no service of that name: it is TermService. Restarting it disconnects everybody; for a certificate SessionEnv is enough",
    source: "Microsoft, Remote Desktop Services service names",
  },
  {
    advice: "Delete Default.rdp, the bitmap cache or the licence cache",
    worth: "does nothing here",
    why: "the handshake comes to none of them",
    source: NO_SOURCE,
  },
  {
    advice: "Turn UDP off",
    worth: "does nothing here",
    why: "UDP begins behind the handshake; it matters where a session freezes or ends after a while",
    source: "[MS-RDPEMT], [MS-RDPEUDP]",
  },
  {
    advice: "Read the 7 as Win32 error 7, memory or licences",
    worth: "unproven",
    why: "an extended code comes in a Set Error Info PDU, behind MCS; here the connection did not come so far",
    source: "[MS-RDPBCGR] 2.2.5.1.1",
  },
];
