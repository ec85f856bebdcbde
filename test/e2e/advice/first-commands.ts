/**
 * The right first step for each scenario of the lab, as somebody would take it who has the ladder's text alone: the
 * beginning of the first command, with PORT for the scenario's port, by the scenarios that it is for.
 */
const KEY_EVENTS = "Get-WinEvent -FilterHashtable @{ LogName = 'System'; Id = 36870";
const BOUND_CERTIFICATE =
  "Get-CimInstance -Namespace root/cimv2/TerminalServices -ClassName Win32_TSGeneralSetting";
const SCHANNEL_PROTOCOLS =
  "Get-ChildItem -Recurse 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols'";
const TERMINAL_SERVER = "HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server";

interface FirstStep {
  /** Null where all is well, and nothing is to be done. */
  readonly command: string | null;
  readonly scenarios: readonly string[];
}

const STEPS: readonly FirstStep[] = [
  {
    command: null,
    scenarios: [
      "nla-required",
      "nla-optional",
      "tls-without-nla",
      "tls13-without-nla",
      "tls13-only",
      "unknown-flag",
      "dribble",
      "credssp-spnego-only",
      "credssp-kerberos-only",
      "credssp-broken-pairs",
      "certificate-ec",
      "certificate-chain",
      "certificate-hostile-name",
      "chain-incomplete",
      "farm",
      "layers-disconnects",
      "layers-hybrid-alone",
      "layers-legacy-dropped",
      "layers-negotiate",
      "layers-rdstls",
      "layers-unrequested",
      "mcs-block-without-length",
      "mcs-echo-rewritten",
      "mcs-version-10-12",
      "mcs-version-unknown",
      "routing-by-token",
    ],
  },
  // A key that cannot be read.
  {
    command: KEY_EVENTS,
    scenarios: [
      "key-unreadable",
      "reset-after-hello",
      "closed-after-hello",
      "failure-3",
      "layers-no-certificate",
    ],
  },
  // An own certificate that is over, too weak, or of a former name: look at it and at the events, then have a new one made.
  {
    command: "Get-ChildItem 'Cert:\\LocalMachine\\Remote Desktop' | Format-List",
    scenarios: [
      "certificate-expired",
      "certificate-windows-overdue",
      "renamed-computer",
      "certificate-md5",
      "certificate-rsa1024-sha1",
      "certificate-rsa512",
    ],
  },
  // A bound certificate: which one is it?
  {
    command: BOUND_CERTIFICATE,
    scenarios: [
      "certificate-issued-expired",
      "certificate-expires-soon",
      "certificate-client-eku",
      "certificate-no-encipherment",
      "chain-huge",
      "chain-out-of-order",
      "ed25519-certificate",
      "certificate-key-mismatch",
      "certificate-key-mismatch-ec",
      "certificate-key-mismatch-tls10",
      "certificate-key-mismatch-tls13",
    ],
  },
  { command: "w32tm /query /status", scenarios: ["certificate-not-yet-valid", "clock-ahead"] },
  {
    command: "(Get-ItemProperty 'HKLM:\\SOFTWARE\\Policies\\Microsoft\\Cryptography",
    scenarios: [
      "3des-only",
      "3des-only-alert",
      "alert-40",
      "alert-71",
      "anon-only",
      "dhe-only",
      "ecdsa-suites-with-rsa-certificate",
      "export-only",
      "null-only",
      "rc4-only",
    ],
  },
  {
    command: SCHANNEL_PROTOCOLS,
    scenarios: [
      "alert-70",
      "ssl3-only",
      "ssl3-to-everybody",
      "tls10-only",
      "tls10-hello-only",
      "tls12-refused-alert",
    ],
  },
  {
    command:
      'reg query "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.3\\Server"',
    scenarios: ["tls13-intolerant"],
  },
  {
    command: KEY_EVENTS,
    scenarios: ["alert-80", "alert-after-confirm"],
  },
  // A firewall or an IPS: from the server itself, which no device on the way can cut.
  {
    command: "rdprobe 127.0.0.1:PORT  # on the server itself",
    scenarios: [
      "reset-on-accept",
      "reset-after-request",
      "closed-on-accept",
      "closed-after-request",
      "reply-cut-off",
      "token-required",
      "big-hello-dropped",
      "big-hello-reset",
      "content-filter",
      "garbage-after-hello",
      "endless-after-hello",
      "bytes-after-confirm",
      "certificate-bare-key",
      "certificate-garbage",
      "certificate-garbage-tls13",
      "certificate-list-empty",
      "certificate-list-empty-tls13",
      "certificate-verify-missing-tls13",
      "change-cipher-spec-at-once",
      "finished-for-certificate",
      "finished-wrong-tls13",
      "key-exchange-missing",
      "retry-for-unoffered-group",
      "suite-anonymous-not-offered",
      "suite-not-offered",
      "suite-zero",
    ],
  },
  // What Windows does not say, or a port that a forwarder holds: past whatever stands in front.
  {
    command: "rdprobe 127.0.0.1:PORT  # on the server itself",
    scenarios: [
      "disconnect-request",
      "error-tpdu",
      "mcs-disconnect",
      "failure-5",
      "failure-6",
      "failure-99",
      "credssp-empty",
      "client-certificate-tls12",
      "client-certificate-tls13",
    ],
  },
  // A limit of the probe's own: a client settles it.
  { command: "mstsc /v:127.0.0.1:PORT", scenarios: ["certificate-over-100-kib"] },
  // A bad network: again and again.
  { command: "rdprobe 127.0.0.1:PORT --count 20", scenarios: ["first-hello-reset"] },
  { command: "ping -4 -f -l 1372", scenarios: ["flight-cut", "flight-lost"] },
  {
    command: "rdprobe 127.0.0.1:PORT  # on the server itself",
    scenarios: ["silent", "silent-after-hello", "reply-stops"],
  },
  {
    command: "Get-WinEvent -LogName Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational",
    scenarios: ["reset-after-tls", "closed-after-tls", "silent-after-tls", "credssp-other-mechanism"],
  },
  {
    command:
      "(Get-ItemProperty 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\MSV1_0').RestrictReceivingNTLMTraffic",
    scenarios: ["credssp-refused", "credssp-spnego-reject"],
  },
  { command: "Get-HotFix", scenarios: ["credssp-version-2", "credssp-version-3", "credssp-version-4"] },
  {
    command: "Get-ItemProperty 'HKLM:\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services'",
    scenarios: [
      "failure-1",
      "failure-2",
      "no-negotiation-data",
      "coalesced",
      "selects-rdp",
      "standard-none",
      "standard-low",
      "standard-client-compatible",
      "standard-high",
      "standard-fips",
      "standard-weak-key",
      "standard-x509",
      "standard-ignores-offer",
      "standard-without-negotiation",
      "standard-silent",
      "standard-closes",
      "standard-resets",
      "standard-disconnects",
    ],
  },
  {
    command: `Get-ItemProperty '${TERMINAL_SERVER}\\WinStations\\RDP-Tcp' -Name PortNumber`,
    scenarios: ["failure-4"],
  },
  { command: "sudo -u xrdp test -r /etc/xrdp/key.pem", scenarios: ["xrdp-key-unreadable"] },
  {
    command: "sudo openssl x509 -noout -pubkey -in /etc/xrdp/cert.pem",
    scenarios: ["xrdp-tls-unusable"],
  },
  { command: "mstsc /v:", scenarios: ["failure-7", "layers-rdsaad"] },
  { command: "qwinsta", scenarios: ["port-closed"] },
  {
    command: "Get-NetTCPConnection -LocalPort",
    scenarios: [
      "http",
      "ssh",
      "smtp",
      "ftp",
      "vnc",
      "iso-tsap",
      "garbage",
      "tls-alert-to-request",
      "tls-without-x224",
      "endless",
      "selects-undefined-layer",
      "selects-two-layers",
      "selects-unrequested",
      "tpkt-length-disagrees",
      "tpkt-length-too-long",
      "tpkt-length-too-short",
      "tpkt-of-garbage",
    ],
  },
];

/** How the first command begins: null where there is none, undefined for a scenario that has no row. */
export const firstCommandOf = (scenario: string): string | null | undefined =>
  STEPS.find(({ scenarios }) => scenarios.includes(scenario))?.command;
