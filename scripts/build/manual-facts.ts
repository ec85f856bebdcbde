/** What the manual pages say beside the commands' own definitions. */
import { EXIT } from "../../src/cli/screen/exit-code.ts";
import { CHECK_STATES } from "../../src/verdict/check/check-state.ts";

export interface Fact {
  readonly term: string;
  readonly text: string;
}

export interface Page {
  readonly name: string;
  readonly purpose: string;
  readonly description: readonly string[];
  readonly exits: readonly Fact[];
  readonly files: readonly Fact[];
  readonly environment: readonly Fact[];
  readonly examples: readonly Fact[];
  readonly seeAlso: readonly string[];
}

export const RDPROBE_PAGE: Page = {
  name: "rdprobe",
  purpose: "say why a Remote Desktop (RDP) connection fails, and how to fix it",
  description: [
    "rdprobe talks to a server as the Windows client mstsc does: X.224 negotiation, TLS with the ClientHello of a Windows client, CredSSP up to the NTLM challenge. It names what it saw, the likely causes and the fixes. It sends no credentials.",
    "A command line that names no command probes its targets.",
  ],
  exits: [
    {
      term: String(EXIT.ok),
      text: "No result reached --fail-on; for explain: the code is known; for diff: nothing changed.",
    },
    {
      term: String(EXIT.failOn),
      text: "A result reached --fail-on; the code is not known; something changed.",
    },
    { term: String(EXIT.usage), text: "Wrong usage or unreadable input." },
    { term: String(EXIT.program), text: "rdprobe itself failed, or this machine lacks something it needs." },
    { term: String(EXIT.sigint), text: "Ended by SIGINT; the results known so far are complete." },
    { term: String(EXIT.sigterm), text: "Ended by SIGTERM; the results known so far are complete." },
  ],
  files: [
    { term: "@file", text: "Targets, one or more a line; # begins a comment. UTF-8 or UTF-16." },
    { term: "file.rdp", text: "A connection of mstsc. UTF-8 or UTF-16, signed or not." },
    { term: "/etc/hosts", text: "Read to tell where the addresses of a name come from." },
  ],
  environment: [
    { term: "NO_COLOR", text: "Not empty: no colours. --color always is stronger." },
    { term: "FORCE_COLOR", text: "Not empty and not 0: colours, also where the output is no terminal." },
    { term: "TERM", text: "dumb: no colours, no progress line, ASCII only." },
    { term: "LC_ALL, LC_CTYPE, LANG", text: "Where the locale is not UTF-8, text is ASCII only." },
  ],
  examples: [
    { term: "rdprobe server01", text: "Why does RDP to server01 fail?" },
    { term: "rdprobe 192.0.2.7:3390 -v", text: "The same with every stage, cause and fix." },
    { term: "rdprobe farm.rdp", text: "What an .rdp file connects to." },
    { term: "rdprobe 10.20.0.0/24 -o rdp.csv", text: "A network, into a file." },
    { term: "rdprobe pcap failing-pc.pcapng", text: "The handshakes in a capture." },
    { term: "rdprobe explain 0x904 0x7", text: "What an error code means." },
    { term: "rdprobe watch server01 --until ok", text: "A line a probe, until users get in again." },
  ],
  seeAlso: ["check_rdp(1)", "nmap(1)", "sslscan(1)", "xfreerdp(1)"],
};

const STATE_TEXTS: Readonly<Record<(typeof CHECK_STATES)[number], string>> = {
  ok: "OK: RDP works and what is required is met.",
  warning: "WARNING: the certificate's days or the latency are in the range of -w or --latency-warning.",
  critical: "CRITICAL: a verdict, a finding or the policy says so.",
  unknown: "UNKNOWN: wrong usage, --help, --version, a signal, or check_rdp itself failed.",
};

export const CHECK_PAGE: Page = {
  name: "check_rdp",
  purpose: "check one RDP host as a monitoring plugin",
  description: [
    "check_rdp probes one host as rdprobe(1) does and answers by the Monitoring Plugins guidelines, for Nagios, Icinga, Naemon, Centreon and Checkmk: one line with every problem and performance data, and a line for each below it. It is the same as rdprobe check.",
    "Ranges: 30: alerts below 30; 10 below 0 or above 10; ~:10 above 10; @10:20 from 10 to 20. For -w and -c a bare 30 stands for 30:, and ~: never alerts.",
    "The certificate that Windows makes itself (self-signed, 183 days) does not alarm before its end, since Windows replaces it; --strict-expiry counts it.",
  ],
  exits: CHECK_STATES.map((state, code) => ({ term: String(code), text: STATE_TEXTS[state] })),
  files: [],
  environment: [
    {
      term: "RES_OPTIONS",
      text: "Set for the resolver where it is not set, so that it fits the time-out: resolv.conf(5).",
    },
  ],
  examples: [
    { term: "check_rdp -H server01 -w 30: -c 14: --require nla", text: "NLA, and the certificate's days." },
    { term: "check_rdp -H server01 -I 192.0.2.7", text: "Connect to that address, and ask for the name." },
    {
      term: "check_rdp -H server01 --forbid tls1.0,sha1",
      text: "Critical if the server takes TLS 1.0, or shows SHA-1.",
    },
  ],
  seeAlso: ["rdprobe(1)"],
};
