/** Why there is no TCP connection, or none that lasts: names, ports, filters, routes. */
import { all, causeTable, hasEvidence, isVerdict, reads, withoutReading } from "./cause.ts";

/** RFC 1918, RFC 3927 and RFC 4193. */
const PRIVATE_ADDRESS = /^(?:10\.|172\.(?:1[6-9]|2\d|3[01])\.|192\.168\.|169\.254\.|fe80:|f[cd])/i;

export const REACHABILITY_CAUSES = causeTable([
  {
    code: "name-unknown",
    title: "the name is misspelt, or its record is missing",
    about:
      "DNS and the hosts file have no address for the name. A short name also needs the right DNS suffix, which a VPN may not give.",
    verdicts: ["name-not-found"],
    signs: [
      {
        likelihood: "likely",
        when: "the resolver answers that there is no such name",
        seen: isVerdict("name-not-found", "the resolver answers that the name has no address"),
      },
    ],
    findings: [],
    against: "the name works on another machine with the same DNS server",
    basis: "documented",
    source: "RFC 2308; mstsc 0x104, 0x208 and 0x508 say the same",
    remedies: ["check-name", "check-resolver"],
  },
  {
    code: "resolver-unreachable",
    title: "the DNS server does not answer",
    about:
      "The resolver failed or timed out, so nothing is known of the server itself: a VPN that is down, or DNS that is filtered.",
    verdicts: ["dns-failure"],
    signs: [
      {
        likelihood: "likely",
        when: "the resolver fails or times out",
        seen: isVerdict(
          "dns-failure",
          "the resolver gave no answer, neither an address nor that there is none",
        ),
      },
    ],
    findings: [],
    against: "other names resolve on this machine at the same time",
    basis: "documented",
    source: "getaddrinfo(3), EAI_AGAIN and EAI_FAIL",
    remedies: ["check-resolver", "check-name"],
  },
  {
    code: "name-leads-elsewhere",
    title: "the name leads to other machines as well",
    about:
      "A name with several addresses, a stale record, a hosts file, or IPv6 and IPv4 that end at different devices: who connects by name may reach another machine than who connects by address.",
    verdicts: [],
    signs: [],
    findings: [
      { code: "certificate-differs-between-addresses", likelihood: "likely" },
      { code: "addresses-differ", likelihood: "likely" },
      { code: "hosts-file-differs-from-dns", likelihood: "likely" },
    ],
    against: "every address of the name shows the same certificate and the same computer name",
    basis: "reported",
    source: "pages on 0x904 and Windows 11 22H2; no capture is known",
    remedies: ["compare-addresses", "check-name"],
  },
  {
    code: "proxy-refuses",
    title: "the proxy on the way fails or refuses",
    about:
      "A SOCKS proxy stands between this machine and the host: it is down, wants other credentials, or its rules do not let the connection through.",
    verdicts: ["proxy-failed"],
    signs: [
      {
        likelihood: "certain",
        when: "the proxy itself did not do its part",
        seen: ({ ruling }) => (ruling.code === "proxy-failed" ? ruling.summary : null),
      },
    ],
    findings: [{ code: "seen-through-proxy", likelihood: "possible" }],
    against: "the same probe without --proxy fails the same way",
    basis: "documented",
    source: "RFC 1928 6: the reply codes of SOCKS 5",
    remedies: ["check-proxy"],
  },
  {
    code: "firewall-blocks-port",
    title: "a firewall or security group blocks the port",
    about:
      "A filter on the server (the Remote Desktop rules of the network profile in use), on the way, or in the cloud (security group, NSG) drops the SYN or forbids it by ICMP.",
    verdicts: ["port-filtered", "unreachable"],
    signs: [
      {
        likelihood: "likely",
        when: "nothing answers the SYN",
        seen: isVerdict("port-filtered", "nothing at all answers the SYN, not even a refusal"),
      },
      {
        likelihood: "likely",
        when: "the network says that the connection is prohibited",
        seen: hasEvidence("error", ["EACCES"], "a filter on the way says that the connection is prohibited"),
      },
      {
        likelihood: "possible",
        when: "the network says that the host cannot be reached",
        seen: isVerdict("unreachable", "a filter may answer with 'unreachable' as a router does"),
      },
    ],
    findings: [],
    against: "the host refuses the connection: its SYN arrived there",
    basis: "documented",
    source: "RFC 1812 5.2.7.1 on ICMP; nmap's reference guide on filtered ports",
    remedies: ["open-firewall", "check-host-up", "allow-rdp-in-firewall", "allow-rdp-in-linux-firewall"],
  },
  {
    code: "public-profile",
    title: "Windows takes the server's network for a public one",
    about:
      "The Remote Desktop rules are often enabled for Domain and Private alone. After an update or a restart a network can come up as Public, and the port is dropped without a word: domain controllers of Windows Server 2025 did so until KB5060842.",
    verdicts: ["port-filtered"],
    signs: [
      {
        likelihood: "possible",
        when: "nothing answers the SYN",
        seen: isVerdict("port-filtered", "Windows' own firewall drops the SYN where the profile is Public"),
      },
    ],
    findings: [],
    against: "Get-NetConnectionProfile says DomainAuthenticated or Private",
    basis: "documented",
    source: "Microsoft, release health of Windows Server 2025: domain controllers and firewall profiles",
    remedies: ["open-firewall", "allow-rdp-in-firewall"],
  },
  {
    code: "host-down",
    title: "the host is off, asleep or has another address",
    about:
      "Nobody answers at the address; on the same network the ARP or neighbour request stays unanswered.",
    verdicts: ["port-filtered", "unreachable"],
    signs: [
      {
        likelihood: "likely",
        when: "the last router finds no host at the address",
        seen: hasEvidence("error", ["EHOSTUNREACH"], "the last hop finds no host at this address"),
      },
      {
        likelihood: "possible",
        when: "nothing answers the SYN",
        seen: isVerdict("port-filtered", "a host that is off answers nothing either"),
      },
      {
        likelihood: "unlikely",
        when: "the network itself cannot be reached",
        seen: isVerdict("unreachable", "it is the network that cannot be reached, not this one host"),
      },
    ],
    findings: [],
    against: "another port of the host answers or refuses",
    basis: "documented",
    source: "RFC 1122 3.2.2.1",
    remedies: ["check-host-up", "check-route"],
  },
  {
    code: "client-network-permission",
    title: "the client's own system keeps the program out of the local network",
    about:
      "macOS 15 and later ask for each app whether it may reach the local network. Where it may not, the connection ends as if the host were down; Terminal may, and the Windows App may not, or the other way round.",
    verdicts: ["unreachable"],
    signs: [
      {
        likelihood: "possible",
        when: "the host cannot be reached, and its address is of a private network",
        seen: all(hasEvidence("error", ["EHOSTUNREACH"], ""), ({ probe }) =>
          PRIVATE_ADDRESS.test(probe.target.address ?? "")
            ? "on a Mac a program without the right to the local network sees the same"
            : null,
        ),
      },
    ],
    findings: [],
    against: "another program on the same computer cannot reach the host either",
    basis: "reported",
    source: "transmission-remote-gui issues 1476 and 1478; vscode-remote-release issue 11140",
    remedies: ["check-host-up"],
  },
  {
    code: "no-route",
    title: "there is no route to the network: VPN, gateway, wrong net",
    about:
      "This machine or a router has no way to the address: a VPN that is down, or an address of a network that is not connected.",
    verdicts: ["unreachable"],
    signs: [
      {
        likelihood: "likely",
        when: "this machine or a router has no route",
        seen: hasEvidence("error", ["ENETUNREACH"], "there is no route to the address"),
      },
      {
        likelihood: "possible",
        when: "the host is reported to be unreachable",
        seen: isVerdict("unreachable", "a router on the way reports that it cannot deliver"),
      },
    ],
    findings: [],
    against: "other hosts of the same network answer",
    basis: "documented",
    source: "RFC 1812 5.2.7.1",
    remedies: ["check-route", "open-firewall"],
  },
  {
    code: "connection-throttling",
    title: "too many incomplete connections: the server throttles (1006)",
    about:
      "TermService counts connections that never came to a logon, and drops new ones beyond a limit (MaxOutstandingConnections). A scanner or a brute-force attack brings it there. It passes by itself.",
    verdicts: [
      "port-filtered",
      "reset at negotiation",
      "closed at negotiation",
      "timeout at negotiation",
      "reset at tls",
      "closed at tls",
    ],
    signs: [
      {
        likelihood: "possible",
        when: "the connection ends at the Connection Request",
        seen: isVerdict(
          "reset at negotiation",
          "the connection is cut at the Connection Request, before any TLS",
        ),
      },
      {
        likelihood: "possible",
        when: "the connection is closed at the Connection Request",
        seen: isVerdict(
          "closed at negotiation",
          "the connection is closed at the Connection Request, before any TLS",
        ),
      },
      {
        likelihood: "possible",
        when: "nothing answers the Connection Request",
        seen: isVerdict(
          "timeout at negotiation",
          "the port is open, and the Connection Request stays unanswered",
        ),
      },
      {
        likelihood: "possible",
        when: "the same hello fails once and is answered the next time",
        seen: reads("answered-next-time"),
      },
      {
        likelihood: "possible",
        when: "nothing answers the SYN",
        seen: isVerdict("port-filtered", "a listener whose queue is full drops SYNs"),
      },
    ],
    findings: [{ code: "fails-under-load", likelihood: "possible" }],
    against: "it fails every time, also hours later",
    basis: "reported",
    source: "event 1006 and CDoSConnections of TermService; the limits' defaults are not documented",
    remedies: ["check-connection-limit", "open-firewall", "raise-connection-limit"],
  },
  {
    code: "intermittent",
    title: "it comes and goes, whatever the client offers",
    about:
      "The same connection works at one time and fails at another: a farm with a bad member, a device that fails under load, an unstable network or VPN.",
    verdicts: ["reset at tls", "closed at tls", "timeout at tls"],
    signs: [
      {
        likelihood: "likely",
        when: "the very same ClientHello is answered on the next try",
        seen: reads("answered-next-time"),
      },
    ],
    findings: [
      { code: "comes-and-goes", likelihood: "certain" },
      { code: "fails-in-turn", likelihood: "likely" },
    ],
    against: "it fails the same way in twenty tries out of twenty",
    basis: "inferred",
    source: "rdprobe's own second try with the same bytes",
    remedies: ["probe-again", "read-schannel-events", "exempt-from-inspection"],
  },
  {
    code: "unstable-network",
    title: "an unstable network, Wi-Fi or VPN loses packets",
    about: "Losses and long pauses end handshakes at any stage, now here and now there.",
    verdicts: ["reset at tls", "closed at tls", "timeout at tls", "timeout at negotiation"],
    signs: [
      {
        likelihood: "possible",
        when: "the same hello fails once and is answered the next time",
        seen: reads("answered-next-time"),
      },
      {
        likelihood: "possible",
        when: "an answer began and stopped in the middle",
        seen: reads("answer-cut-short"),
      },
      {
        likelihood: "possible",
        when: "no answer comes to the ClientHello of a capture",
        seen: withoutReading("timeout at tls", "the server's answer did not come in time"),
      },
      {
        likelihood: "unlikely",
        when: "the port is open and the next answer never comes",
        seen: isVerdict("timeout at negotiation", "the TCP handshake itself was not disturbed"),
      },
    ],
    findings: [{ code: "packets-lost", likelihood: "likely" }],
    against: "twenty probes in a row fail at the same stage in the same time",
    basis: "reported",
    source: "pages on 0x904; TCP's own retransmissions hide all but long losses",
    remedies: ["probe-again", "check-route", "check-path-mtu"],
  },
]);
