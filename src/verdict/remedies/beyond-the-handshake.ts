/**
 * Why a client fails although the handshake is in order: what shows only at the logon, in the session or in the
 * client. From the network nothing of it can be seen; a row says which servers it can be meant of at all.
 */
import type { Result } from "../result/result.ts";

export interface BeyondTheHandshake {
  readonly code: string;
  /** What the user sees: lower case, no full stop. */
  readonly symptom: string;
  /** Why it comes about: lower case, no full stop. */
  readonly title: string;
  /** Whole sentences. */
  readonly about: string;
  /** Whose machine the commands are for. */
  readonly where: "server" | "client" | "domain controller";
  /** They only look. */
  readonly commands: readonly string[];
  /** Whole sentences. */
  readonly remedy: string;
  readonly basis: "documented" | "reported" | "inferred";
  readonly source: string;
  /** Whether a server of this kind can be meant; what is not known of it may be so. */
  readonly fits: (result: Result) => boolean;
}

/** The first build of Windows 11 24H2 and Windows Server 2025. */
const BUILD_24H2 = 26100;

const isWindows = ({ server }: Result): boolean =>
  server === null || server.implementation === "unknown" || server.implementation === "windows";

/** A computer whose domain is not itself is a member of one. */
const isDomainMember = (result: Result): boolean => {
  const { ntlm } = result;
  return isWindows(result) && (ntlm === null || ntlm.netbiosDomain !== ntlm.netbiosComputer);
};

const hasNla = ({ security }: Result): boolean => security.nla !== "unsupported";

const isSince24H2 = ({ ntlm }: Result): boolean => {
  const build = Number(ntlm?.osVersion?.split(".")[2] ?? BUILD_24H2);
  return build >= BUILD_24H2;
};

const anyServer = (): boolean => true;

const systemEvents = (ids: string, days = 1): string =>
  `Get-WinEvent -FilterHashtable @{ LogName = 'System'; Id = ${ids}; StartTime = (Get-Date).AddDays(-${days}) } -ErrorAction SilentlyContinue | Format-List TimeCreated, Id, ProviderName, Message`;

/** Those that most people meet first. */
const rowsOf = <Code extends string>(
  rows: readonly (BeyondTheHandshake & { readonly code: Code })[],
): readonly (BeyondTheHandshake & { readonly code: Code })[] => rows;

const TABLE = rowsOf([
  {
    code: "no-domain-controller",
    symptom: "“a domain controller cannot be contacted to perform Network Level Authentication”",
    title: "the server reaches no domain controller, or its trust with the domain is broken",
    about:
      "NLA asks a domain controller before there is a session. The server itself answers as ever: the handshake is in order, and no domain account gets in; local accounts do.",
    where: "server",
    commands: [systemEvents("5719"), "Test-ComputerSecureChannel -Verbose", "nltest /dsgetdc:"],
    remedy:
      "Log on with a local account, or at the console. Mend DNS, route and time towards the domain controller; where the trust is broken: Test-ComputerSecureChannel -Repair.",
    basis: "documented",
    source: "Microsoft, cannot-connect-rdp-azure-vm; event NETLOGON 5719",
    fits: (result) => isDomainMember(result) && hasNla(result),
  },
  {
    code: "credentials-refused",
    symptom: "the password is asked for again and again, or “your credentials did not work”",
    title: "wrong or expired password, locked or restricted account, no right to log on by RDP",
    about:
      "With NLA the password is checked before the session: an expired one, an account that must change it, a member of Protected Users (no NTLM) or one without the right to log on cannot get in.",
    where: "server",
    commands: [
      "Get-WinEvent -FilterHashtable @{ LogName = 'Security'; Id = 4625; StartTime = (Get-Date).AddHours(-1) } -ErrorAction SilentlyContinue | Format-List TimeCreated, Message",
      'net localgroup "Remote Desktop Users"',
    ],
    remedy:
      "Read Status and SubStatus in event 4625 and ask rdprobe explain for them: 0xc0000224 and 0xc0000071 are passwords to change first, 0xc000015b is a missing right, 0xc0000234 a locked account.",
    basis: "documented",
    source: "Microsoft, event 4625; [MS-ERREF] 2.3.1",
    fits: isWindows,
  },
  {
    code: "kerberos-encryption",
    symptom: "by address it works, by name it does not",
    title: "Kerberos fails where NTLM works: RC4 is switched off in the domain, or the name has no ticket",
    about:
      "By name Windows asks for a Kerberos ticket, by address it takes NTLM. The updates against CVE-2026-20833 (from January 2026, enforced from April and July 2026) refuse RC4 for accounts that have no AES keys.",
    where: "domain controller",
    commands: [systemEvents("201, 202, 203, 204, 205, 206, 207, 208, 209", 7), "klist purge", "setspn -X"],
    remedy:
      "Set the account's password anew so that it has AES keys, and mend a duplicate or missing name (setspn). A stale DNS record leads to another computer's account as well.",
    basis: "documented",
    source: "Microsoft, KB5073381; techcommunity 4511702",
    fits: (result) => isDomainMember(result) && hasNla(result),
  },
  {
    code: "ntlm-switched-off",
    symptom: "by name it works, by address it does not",
    title: "NTLM is refused, and an address leads to no Kerberos ticket",
    about:
      "Windows 11 24H2 and Server 2025 have no NTLM version 1; policies refuse all NTLM, and Protected Users have none. Without NTLM the client needs the server's full name and a domain controller.",
    where: "server",
    commands: [
      "Get-ItemProperty 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\MSV1_0' | Select-Object RestrictReceivingNTLMTraffic, RestrictSendingNTLMTraffic",
    ],
    remedy: "Connect by the full name (server01.example.com) from a client that reaches a domain controller.",
    basis: "documented",
    source: "Microsoft, Restrict NTLM: incoming NTLM traffic; removed features of Windows 11 24H2",
    fits: (result) => isWindows(result) && hasNla(result),
  },
  {
    code: "cloned-machine",
    symptom: "logon fails between two machines that came from one image",
    title: "client and server have the same machine SID",
    about:
      "Since the updates of August and September 2025 (KB5064081, KB5065426) Windows 11 24H2 and Server 2025 refuse Kerberos and NTLM between machines with one SID: images that were cloned without Sysprep.",
    where: "server",
    commands: [systemEvents("6167", 7)],
    remedy:
      "Make the clones anew with Sysprep /generalize. In a scan, one certificate or key at several hosts is a sign of clones.",
    basis: "documented",
    source: "Microsoft, KB5068222; techcommunity 4503956; event LSA 6167",
    fits: (result) => isWindows(result) && isSince24H2(result),
  },
  {
    code: "server-without-nla",
    symptom: "“an authentication error has occurred. The function requested is not supported”",
    title: "the client insists on NLA, and the server has none",
    about:
      "A .rdp file or policy that demands NLA of the client ends the connection where the server offers TLS alone.",
    where: "client",
    commands: [
      "Select-String -Path *.rdp -Pattern 'enablecredsspsupport|authentication level|negotiate security layer'",
    ],
    remedy: "Turn NLA on at the server; where it has none (xrdp), do not demand it for this connection.",
    basis: "reported",
    source: "neutrinolabs/xrdp issue 3208",
    fits: (result) => !hasNla(result),
  },
  {
    code: "client-policy",
    symptom: "one kind of client fails, and others get in",
    title: "the client demands more than its first message says",
    about:
      "FreeRDP and Remmina follow OpenSSL's security level and refuse TLS 1.0, SHA-1 and short keys; FIPS mode allows few suites and curves; an old client knows RSA certificates alone; an unpatched client has a CredSSP that the server refuses.",
    where: "client",
    commands: ["rdprobe clients --for {endpoint}"],
    remedy: "Update the client, or give the server a certificate and TLS versions of today.",
    basis: "reported",
    source: "FreeRDP issues 9879 and 11234; Microsoft, CredSSP updates for CVE-2018-0886",
    fits: anyServer,
  },
  {
    code: "client-update",
    symptom: "since an update of the client it fails at every server",
    title: "the client's own update",
    about:
      "Known: January 2026 (KB5074109) broke the prompt for credentials in the Windows App and was mended by KB5077793; since April 2026 unsigned .rdp files ask and switch redirections off.",
    where: "client",
    commands: [
      "Get-HotFix | Sort-Object InstalledOn -Descending | Select-Object -First 10 HotFixID, InstalledOn",
    ],
    remedy:
      "Try the same server from another client or computer. If that works, install the newest update on the first.",
    basis: "reported",
    source: "Microsoft release health, January 2026; mRemoteNG issue 3088",
    fits: anyServer,
  },
  {
    code: "udp-freeze",
    symptom: "the session starts, then freezes or ends after about 65 seconds or 30 minutes",
    title: "the UDP transport beside the session",
    about:
      "After the logon Windows opens UDP beside TCP. Known: clients of Windows 11 24H2 with servers up to 2016 end after 65 seconds; Server 2025 with KB5051987 froze until KB5055523. A firewall that drops UDP later does the same.",
    where: "client",
    commands: [
      "Get-ItemProperty 'HKLM:\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services\\Client' -ErrorAction SilentlyContinue | Select-Object fClientDisableUDP",
      "rdprobe {endpoint} --depth full",
    ],
    remedy:
      "Install the updates on both sides. As a test, switch UDP off at the client (fClientDisableUDP = 1).",
    basis: "documented",
    source: "Microsoft, Windows release health: Windows 11 24H2 and Windows Server 2025",
    fits: isWindows,
  },
  {
    code: "black-picture",
    symptom: "the session opens, and its picture stays black or breaks off",
    title: "large packets are lost on the way, or the server's display driver fails",
    about:
      "The handshake is small; the picture is not. A VPN or tunnel with a smaller MTU loses only the large packets. Error information 0x11 says that the display driver did not start.",
    where: "client",
    commands: ["ping -4 -f -l 1372 {host}", "rdprobe explain 0x3 0x11"],
    remedy: "Lower the tunnel's MTU. On the server, update the display driver.",
    basis: "reported",
    source: "Microsoft Q&A 5784189; [MS-RDPBCGR] 2.2.5.1.1",
    fits: anyServer,
  },
  {
    code: "redirected-elsewhere",
    symptom: "after the logon it connects again, and that fails",
    title: "a broker or farm sends the client to another server",
    about:
      "A Remote Desktop broker answers with a redirection after the logon: the client connects anew, to a name or address that it may not reach. The probe sees the first server alone.",
    where: "client",
    commands: [
      "Select-String -Path *.rdp -Pattern 'full address|loadbalanceinfo|use redirection server name'",
    ],
    remedy:
      "Probe the server that the client is sent to: its name stands in the client's error or in the broker's console.",
    basis: "documented",
    source: "[MS-RDPBCGR] 2.2.13 Server Redirection PDU",
    fits: isWindows,
  },
  {
    code: "gateway-between",
    symptom: "from outside it fails, from inside it works",
    title: "the client goes through an RD Gateway, which is not probed here",
    about:
      "With a gateway the client speaks HTTPS to it, and the gateway connects to the server. Its certificate, name and policies (CAP, RAP) count; KB5040437 (July 2024) broke its service.",
    where: "client",
    commands: ["Select-String -Path *.rdp -Pattern 'gatewayhostname|gatewayusagemethod'"],
    remedy: "Read the code in the client's dialog with rdprobe explain: gateway codes begin with 0x3000.",
    basis: "documented",
    source: "Microsoft, KB5040437 known issues; [MS-TSGU]",
    fits: anyServer,
  },
  {
    code: "client-is-the-server",
    symptom: "“your computer could not connect to another console session on the remote computer”",
    title: "the name leads to the client itself",
    about:
      "It is localhost, 127.0.0.1 or the client's own name: mstsc does not connect to the session that it runs in.",
    where: "client",
    commands: ["Resolve-DnsName -Name {host}", "rdprobe explain 0x708"],
    remedy: "Connect to the other machine's name. Through a tunnel: 127.0.0.2 with the tunnel's port.",
    basis: "documented",
    source: "Microsoft, IMsTscAxEvents::OnDisconnected, reason 1800",
    fits: ({ target }) => target.address?.startsWith("127.") === true || target.address === "::1",
  },
  {
    code: "macos-local-network",
    symptom: "on a Mac the app fails with 0x104 or 0x204, and the same probe from Terminal works",
    title: "macOS does not let the app into the local network",
    about:
      "Since macOS 15 each app needs the right to reach the local network; Terminal has it. The app's connection ends as if the host were down.",
    where: "client",
    commands: [],
    remedy: "System Settings > Privacy & Security > Local Network: switch the app off and on again.",
    basis: "reported",
    source: "transmission-remote-gui issues 1476 and 1478; vscode-remote-release issue 11140",
    fits: anyServer,
  },
  {
    code: "client-security-software",
    symptom: "from one computer it fails, from its neighbour it works",
    title: "endpoint security or a VPN client on that computer",
    about:
      "What inspects TLS on the client cuts or changes the connection before it leaves it; the probe may be let through.",
    where: "client",
    commands: ["rdprobe {endpoint}  # on that computer"],
    remedy: "Probe from that computer, and read its security software's own log.",
    basis: "inferred",
    source: "rdprobe's own reckoning: the wire of another client shows nothing of it",
    fits: anyServer,
  },
  {
    code: "smart-card-provider",
    symptom: "logon with a smart card fails since October 2025",
    title: "smart card keys must come from a KSP now",
    about:
      "Since the updates against CVE-2024-30098 Windows opens RSA keys of smart cards by a KSP, and no more by a CSP: old middleware and 32-bit programs fail.",
    where: "client",
    commands: [systemEvents("624", 7)],
    remedy:
      "Install the newest middleware of the card's vendor, and update the program that asks for the card.",
    basis: "documented",
    source: "Microsoft, KB5073121; event 624 of the Smart Card Service",
    fits: (result) => isWindows(result) && hasNla(result),
  },
  {
    code: "remote-credential-guard",
    symptom: "with /remoteGuard or /restrictedAdmin it fails, without it works",
    title: "Remote Credential Guard or Restricted Admin is demanded, and one side lacks it",
    about: "Both need Kerberos, the right on the server and a version of Windows that has it.",
    where: "server",
    commands: [
      "Get-ItemProperty 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Lsa' | Select-Object DisableRestrictedAdmin",
    ],
    remedy:
      "Connect without the switch once: if that works, prepare the server for it (DisableRestrictedAdmin = 0).",
    basis: "documented",
    source: "Microsoft, Remote Credential Guard",
    fits: (result) => isWindows(result) && hasNla(result),
  },
  {
    code: "patched-termsrv",
    symptom: "the port answers, and after each update of Windows nobody gets in for a while",
    title: "RDP Wrapper or a patched termsrv.dll",
    about:
      "Editions of Windows that host no RDP are patched to do so; each update undoes or breaks the patch.",
    where: "server",
    commands: [
      "Get-ItemProperty 'HKLM:\\SYSTEM\\CurrentControlSet\\Services\\TermService\\Parameters' | Select-Object ServiceDll",
    ],
    remedy:
      "ServiceDll is %SystemRoot%\\System32\\termsrv.dll on a Windows of Microsoft's. Use an edition that hosts RDP.",
    basis: "reported",
    source: "stascorp/rdpwrap issue 4473",
    fits: isWindows,
  },
  {
    code: "port-exhaustion",
    symptom: "it works in the morning and fails in the afternoon, and a restart helps",
    title: "the server or the client has no free port left",
    about:
      "A program that leaks connections uses up the ephemeral ports: new connections and name look-ups fail.",
    where: "server",
    commands: [
      systemEvents("4227, 4231", 7),
      "Get-NetTCPConnection | Group-Object OwningProcess -NoElement | Sort-Object Count -Descending | Select-Object -First 5",
    ],
    remedy: "End or mend the program that holds thousands of connections.",
    basis: "documented",
    source: "Microsoft, troubleshoot port exhaustion; events Tcpip 4227 and 4231",
    fits: isWindows,
  },
]);

export type BeyondCode = (typeof TABLE)[number]["code"];

export const BEYOND_THE_HANDSHAKE: readonly (BeyondTheHandshake & { readonly code: BeyondCode })[] = TABLE;

/** The rows that can be meant of this server, in the table's order; none where the handshake is not in order. */
export const beyondTheHandshake = (result: Result): readonly BeyondTheHandshake[] =>
  result.verdict.severity === "ok" && result.source.kind === "live"
    ? BEYOND_THE_HANDSHAKE.filter(({ fits }) => fits(result))
    : [];
