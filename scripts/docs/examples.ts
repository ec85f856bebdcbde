/** For each verdict and each cause the example that makes it appear; the suite runs every one of them. */
import { SCENARIOS } from "../../src/lab/scenarios.ts";
import type { CauseCode } from "../../src/verdict/causes/causes.ts";
import type { VerdictCode } from "../../src/verdict/verdicts.ts";

/** What no scenario on loopback shows: made by hand in test/e2e/advice/situations.ts, and how to see it for real. */
const SITUATIONS = {
  "name-not-found": "`rdprobe no-such-host.invalid`: a name that never has an address (RFC 6761)",
  "dns-failure": "`rdprobe server01` on a machine whose DNS server does not answer",
  "port-filtered":
    "a listener whose accept queue is full, which drops SYNs (`test/e2e/servers/fronts/full-backlog.py`)",
  "host-unreachable": "an address of the own network that nobody has: EHOSTUNREACH",
  "no-route": "an address without a route: ENETUNREACH",
  "private-host-unreachable":
    "an address of a private network that nobody has, from an app on a Mac: EHOSTUNREACH",
  "port-closed-3389": "a host without Remote Desktop: port 3389 refuses",
  "port-2179": "port 2179 of a Hyper-V host, which closes at a Connection Request",
  "addresses-differ": "a name with two addresses, whose servers show different certificates",
  "nla-not-offered": "a capture of a client with `enablecredsspsupport:i:0` at a server that requires NLA",
  "client-alert": "a capture in which the client ends the handshake with alert 48, unknown_ca",
  "client-alert-40":
    "a capture in which an OpenSSL 3 client ends the handshake with alert 40 after a ServerHello without renegotiation_info",
  "client-alert-80": "a capture in which an OpenSSL 3 client ends the handshake with alert 80 after TLS 1.0",
  "client-alert-47": "a capture in which the client ends the handshake with alert 47, illegal_parameter",
  "capture-ends": "a capture whose last packet is the client's Connection Request",
  "probe-cut-short": "a probe whose time was up before the server could answer",
  "server-reset": "`rdprobe pcap fixtures/lab/reset-after-hello.pcap`",
  "client-reset": "a capture in which the client resets once it has the server's certificate",
  "proxy-failed": "`rdprobe --proxy socks5://127.0.0.1:1 server01`: a proxy that is not there",
  "name-refused":
    "a reverse proxy in front of the server that ends handshakes for names that it does not serve",
  "freerdp-tls-off": "`freerdp-shadow-cli /sec:rdp`, or weston with `--rdp4-key` alone",
  "freerdp-key-unusable":
    "weston, gnome-remote-desktop or FreeRDP's shadow server with the key of another certificate",
  "nla-alone": "a capture of FreeRDP 3.15 or later at xrdp: it offers NLA and nothing else",
  "forged-reset": "a capture in which a reset has come fewer hops than the server's own packets",
} as const;

export type SituationId = keyof typeof SITUATIONS;

export type Example =
  | { readonly kind: "lab"; readonly scenario: string; readonly depth?: "full" }
  | { readonly kind: "situation"; readonly situation: SituationId };

const lab = (scenario: string): Example => ({ kind: "lab", scenario });
const situation = (id: SituationId): Example => ({ kind: "situation", situation: id });

export const CAUSE_EXAMPLES: Readonly<Record<CauseCode, Example>> = {
  "half-renewed-certificate": lab("certificate-key-mismatch"),
  "key-file-of-another-certificate": lab("certificate-key-mismatch"),
  "client-demands-secure-renegotiation": situation("client-alert-40"),
  "client-policy-refuses-old-tls": situation("client-alert-80"),
  "server-flight-wrong": situation("client-alert-47"),
  "freerdp-tls-off": situation("freerdp-tls-off"),
  "freerdp-key-unusable": situation("freerdp-key-unusable"),
  "xrdp-key-unreadable": lab("xrdp-key-unreadable"),
  "xrdp-security-layer-rdp": lab("xrdp-key-unreadable"),
  "xrdp-tls-unusable": lab("xrdp-tls-unusable"),
  "capture-incomplete": situation("capture-ends"),
  "probe-cut-short": situation("probe-cut-short"),
  "beyond-the-probe": lab("certificate-over-100-kib"),
  "other-mechanism": lab("credssp-other-mechanism"),
  "kerberos-alone": lab("credssp-kerberos-only"),
  "private-key-unreadable": lab("key-unreadable"),
  "tls-policy-leaves-nothing": lab("key-unreadable"),
  "security-device": lab("reset-after-request"),
  "bound-certificate-key-unreadable": lab("failure-3"),
  "bound-thumbprint-gone": lab("failure-3"),
  "tls13-intolerant": lab("tls13-intolerant"),
  "tls-version-policy": lab("ssl3-only"),
  "cipher-policy": lab("3des-only"),
  "signature-policy": lab("ed25519-certificate"),
  "anonymous-suites-only": lab("anon-only"),
  "null-suites-only": lab("null-only"),
  "suites-do-not-fit-certificate": lab("ecdsa-suites-with-rsa-certificate"),
  "middlebox-hello-size": lab("big-hello-reset"),
  "middlebox-hello-content": lab("content-filter"),
  "path-mtu": lab("flight-cut"),
  "server-tls-fault": lab("alert-80"),
  "client-rejects-certificate": situation("client-alert"),
  "reset-by-server": situation("server-reset"),
  "reset-by-client": situation("client-reset"),
  "reset-on-the-way": situation("forged-reset"),
  "certificate-renewal-fails": lab("certificate-windows-overdue"),
  "bound-certificate-not-renewed": lab("certificate-issued-expired"),
  "clock-wrong": lab("clock-ahead"),
  "certificate-issued-ahead": lab("certificate-not-yet-valid"),
  "computer-renamed": lab("renamed-computer"),
  "certificate-unfit": lab("certificate-rsa512"),
  "issued-certificate-unfit": lab("certificate-client-eku"),
  "template-enrolment-fails": lab("certificate-issued-expired"),
  "farm-members-differ": { kind: "lab", scenario: "farm", depth: "full" },
  "other-program-on-port": lab("ssh"),
  "front-device": lab("disconnect-request"),
  "routing-token-missing": lab("token-required"),
  "server-hangs": lab("silent-after-hello"),
  "security-layer-mismatch": lab("failure-2"),
  "nla-not-offered": situation("nla-not-offered"),
  "nla-alone-offered": situation("nla-alone"),
  "old-server": lab("no-negotiation-data"),
  "certificate-not-created": lab("failure-3"),
  "direct-approach-endpoint": lab("failure-4"),
  "client-certificate-policy": lab("failure-6"),
  "entra-only": lab("failure-7"),
  "ntlm-restricted": lab("credssp-refused"),
  "credssp-broken": lab("reset-after-tls"),
  "session-software": lab("reset-after-tls"),
  "credssp-unpatched-server": lab("credssp-version-2"),
  "name-unknown": situation("name-not-found"),
  "resolver-unreachable": situation("dns-failure"),
  "name-leads-elsewhere": situation("addresses-differ"),
  "other-port": lab("port-closed"),
  "rdp-disabled": lab("port-closed"),
  "service-not-running": lab("port-closed"),
  "port-of-another-program": situation("port-2179"),
  "forwarder-without-target": lab("reset-after-request"),
  "public-profile": situation("port-filtered"),
  "client-network-permission": situation("private-host-unreachable"),
  "key-services-off": lab("failure-3"),
  "server-just-started": lab("failure-3"),
  "firewall-blocks-port": situation("port-filtered"),
  "host-down": situation("host-unreachable"),
  "no-route": situation("no-route"),
  "connection-throttling": lab("reset-after-request"),
  "proxy-refuses": situation("proxy-failed"),
  "server-name-refused": situation("name-refused"),
  intermittent: lab("first-hello-reset"),
  "unstable-network": lab("first-hello-reset"),
};

const OFF_LOOPBACK: Partial<Record<VerdictCode, SituationId>> = {
  "name-not-found": "name-not-found",
  "dns-failure": "dns-failure",
  "port-filtered": "port-filtered",
  unreachable: "no-route",
  "proxy-failed": "proxy-failed",
  inconclusive: "capture-ends",
};

/** Scenarios that show a verdict better than the first one that has it. */
const SHOWN_BY: Partial<Record<VerdictCode, string>> = {
  "certificate-key-mismatch": "certificate-key-mismatch",
};

/** The first scenario of the lab that has the verdict, or the situation for one that none has. */
export const verdictExample = (code: VerdictCode): Example => {
  const off = OFF_LOOPBACK[code];
  if (off !== undefined) return situation(off);
  const shown = SHOWN_BY[code];
  if (shown !== undefined) return lab(shown);
  const found = SCENARIOS.find(({ verdict }) => verdict === code);
  if (found === undefined) throw new Error(`no scenario of the lab has the verdict ${code}`);
  return lab(found.id);
};

/** The line that shows an example. */
export const exampleText = (example: Example): string =>
  example.kind === "lab"
    ? `\`rdprobe lab ${example.scenario}\`, and \`rdprobe${example.depth === "full" ? " --depth full" : ""}\` at the port that it prints`
    : SITUATIONS[example.situation];
