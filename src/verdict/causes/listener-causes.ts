/** Why nothing listens where the client connects, or something else does. */
import { all, causeTable, isVerdict, type Sign } from "./cause.ts";
import { KNOWN_PORTS } from "./known-ports.ts";

const DEFAULT_PORT = 3389;

const onDefaultPort =
  (isDefault: boolean): Sign["seen"] =>
  ({ probe }) =>
    (probe.target.port === DEFAULT_PORT) === isDefault ? "" : null;

const refused = "the host is there and refuses the connection: nothing listens on this port";

const LOOPBACK = /^(?:127\.|::1$)/;

export const LISTENER_CAUSES = causeTable([
  {
    code: "rdp-disabled",
    title: "Remote Desktop is turned off (fDenyTSConnections; in GNOME: grdctl)",
    about:
      "With fDenyTSConnections set to 1, by Settings or by policy, TermService does not listen at all. GNOME's server listens only where it is enabled and has a certificate, a key and credentials.",
    verdicts: ["port-closed"],
    signs: [
      {
        likelihood: "likely",
        when: "3389 refuses the connection",
        seen: all(isVerdict("port-closed", ""), onDefaultPort(true), () => refused),
      },
      {
        likelihood: "possible",
        when: "another port refuses the connection",
        seen: isVerdict("port-closed", refused),
      },
    ],
    findings: [],
    against: "no answer at all instead of a refusal: that is a firewall, or a host that is off",
    basis: "documented",
    source: "Microsoft, general remote desktop connection troubleshooting: fDenyTSConnections",
    remedies: ["check-listener", "enable-rdp", "gnome-set-up"],
  },
  {
    code: "service-not-running",
    title: "the service or its listener is down (TermService, xrdp)",
    about:
      "The service was stopped, disabled, or ends as soon as it starts. Or it runs, and qwinsta shows no rdp-tcp in the state Listen: a broken RDP-Tcp key, another program that took the port first, an update that met RDP Wrapper or a patched termsrv.dll.",
    verdicts: ["port-closed"],
    signs: [
      {
        likelihood: "possible",
        when: "the host refuses the connection",
        seen: isVerdict("port-closed", refused),
      },
    ],
    findings: [],
    against: "qwinsta shows rdp-tcp in the state Listen, or systemctl that xrdp is active",
    basis: "documented",
    source:
      "Microsoft, general remote desktop connection troubleshooting: TermService, qwinsta; stascorp/rdpwrap issue 4473",
    remedies: ["check-listener", "start-termservice", "start-xrdp", "restart-termservice"],
  },
  {
    code: "other-port",
    title: "Remote Desktop listens on another port or address",
    about:
      "PortNumber under WinStations\\RDP-Tcp moves the listener; the firewall rule and every client must follow. A listener can also be bound to one network adapter (LanAdapter), to loopback, or to a socket that is no TCP port at all (vsock, as xrdp in a Hyper-V or WSL guest).",
    verdicts: ["port-closed", "not-rdp"],
    signs: [
      {
        likelihood: "likely",
        when: "a port other than 3389 refuses the connection",
        seen: all(isVerdict("port-closed", ""), onDefaultPort(false), () => refused),
      },
      {
        likelihood: "possible",
        when: "3389 refuses the connection, or something else answers",
        seen: isVerdict("port-closed", refused),
      },
      {
        likelihood: "possible",
        when: "something else answers on the port",
        seen: isVerdict(
          "not-rdp",
          "where another program has this port, RDP may have been given another one",
        ),
      },
    ],
    findings: [],
    against: "PortNumber says this port, and qwinsta shows rdp-tcp in the state Listen",
    basis: "documented",
    source:
      "Microsoft, general remote desktop connection troubleshooting: PortNumber, qwinsta, netstat; xrdp.ini(5), port=tcp://... and vsock://...",
    remedies: ["check-listener", "check-port-number", "xrdp-listener"],
  },
  {
    code: "port-of-another-program",
    title: "this port is another program's by custom",
    about:
      "A port that is known for something else: a virtual machine's console of Hyper-V (2179), SSH, a web server, VNC. RDP is at 3389 unless somebody moved it.",
    verdicts: [
      "not-rdp",
      "inconsistent-flags",
      "reset at negotiation",
      "closed at negotiation",
      "timeout at negotiation",
      "malformed at negotiation",
    ],
    signs: [
      {
        likelihood: "likely",
        when: "the port is known for another program",
        seen: ({ probe }) => {
          const name = KNOWN_PORTS.get(probe.target.port);
          return name === undefined ? null : `port ${probe.target.port} is that of ${name}`;
        },
      },
    ],
    findings: [],
    against: "another client gets in at this port",
    basis: "documented",
    source: "IANA, service names and port numbers; [MS-RDPEPS] on 2179",
    remedies: ["check-port-number", "check-port-owner"],
  },
  {
    code: "forwarder-without-target",
    title: "a forwarder or balancer holds the port, and what is behind it is shut",
    about:
      "ssh -L, a published container port, a cloud's relay or a balancer accepts the connection itself and then finds nobody to pass it to: the client sees an open port that ends at once.",
    verdicts: ["reset at negotiation", "closed at negotiation"],
    signs: [
      {
        likelihood: "likely",
        when: "the connection was made, and ends at the first bytes without an answer, on this machine itself",
        seen: ({ probe }) =>
          LOOPBACK.test(probe.target.address ?? "")
            ? "the port is on this machine: what listens there forwards, and its far end is shut"
            : null,
      },
      {
        likelihood: "possible",
        when: "the connection was made, and ends at the first bytes without an answer",
        seen: () => "the port takes the connection, and ends it at the first bytes",
      },
    ],
    findings: [],
    against: "the same happens at the server's own address, past the forwarder",
    basis: "reported",
    source: "OpenSSH ssh(1) -L: 'channel open failed: connect failed'; Docker's userland proxy",
    remedies: ["check-front-device", "check-listener"],
  },
]);
