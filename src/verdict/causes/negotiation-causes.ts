/** Why the X.224 negotiation does not lead on to TLS. */
import { requestedProtocols } from "../../handshake/facts/layer-states.ts";
import { PROTOCOL } from "../../x224/protocols.ts";
import { all, type CauseMaterial, causeTable, hasEvidence, isVerdict, reads } from "./cause.ts";
import { mainConnection } from "../rules/probe-facts.ts";

const routingOf = ({ probe }: CauseMaterial): "cookie" | "token" | null =>
  mainConnection(probe)?.facts.negotiation?.request?.routing?.kind ?? null;

const withoutToken = (material: CauseMaterial): string | null =>
  routingOf(material) === "token" ? null : "";

const offersNla = ({ probe }: CauseMaterial): boolean => {
  const main = mainConnection(probe);
  return main !== null && (requestedProtocols(main.facts) & PROTOCOL.hybrid) !== 0;
};

const offersNlaAlone = ({ probe }: CauseMaterial): boolean => {
  const main = mainConnection(probe);
  const requested = main === null ? 0 : requestedProtocols(main.facts);
  return (requested & (PROTOCOL.hybrid | PROTOCOL.hybridEx)) !== 0 && (requested & PROTOCOL.ssl) === 0;
};

/** NLA required ends a connection only where the offer of it was refused, or not made. */
const isNlaRefusal = ({ ruling }: CauseMaterial): string | null =>
  ruling.code === "nla-required" && ruling.severity === "critical" ? "" : null;

export const NEGOTIATION_CAUSES = causeTable([
  {
    code: "other-program-on-port",
    title: "another program holds the port",
    about:
      "Something that does not speak RDP listens there: a web server, another remote-control program, a port forwarding that ends elsewhere.",
    verdicts: ["not-rdp", "malformed at negotiation"],
    signs: [
      {
        likelihood: "likely",
        when: "what answers is known not to be RDP",
        seen: isVerdict("not-rdp", "what answers does not speak RDP"),
      },
      {
        likelihood: "possible",
        when: "the answer is no X.224 packet",
        seen: isVerdict(
          "malformed at negotiation",
          "the answer breaks the protocol, as another program's would",
        ),
      },
    ],
    findings: [],
    against: "a valid Connection Confirm came",
    basis: "documented",
    source: "Microsoft, general remote desktop connection troubleshooting: netstat -anob",
    remedies: ["check-port-owner", "check-port-number"],
  },
  {
    code: "front-device",
    title: "a load balancer, gateway or proxy in front answers instead",
    about:
      "A device before the server takes the connection and refuses, rewrites or drops it: it has no live member, does not know the request, or expects TLS at once.",
    verdicts: [
      "not-rdp",
      "refused",
      "inconsistent-flags",
      "client-certificate-required",
      "timeout at negotiation",
      "malformed",
      "tls-required",
      "nla-required",
      "certificate-key-mismatch",
    ],
    signs: [
      {
        likelihood: "likely",
        when: "a client certificate is demanded within TLS",
        seen: isVerdict(
          "client-certificate-required at tls",
          "RDP servers do not ask for one; a proxy that authenticates its clients does",
        ),
      },
      {
        likelihood: "possible",
        when: "the handshake is signed with another key than the certificate's",
        seen: isVerdict(
          "certificate-key-mismatch",
          "a device that inspects TLS, or damages it, breaks the signature as well",
        ),
      },
      {
        likelihood: "likely",
        when: "an X.224 Disconnect Request or Error answers, which Windows does not send",
        seen: hasEvidence(
          "tpdu",
          ["DR", "ER"],
          "Windows answers with no such packet; gateways and brokers do",
        ),
      },
      {
        likelihood: "possible",
        when: "the server refuses in a way that Windows is not known for",
        seen: isVerdict("refused", "a device in front may refuse what it does not know"),
      },
      {
        likelihood: "possible",
        when: "TLS or HTTP answers, as of an RD Gateway or a proxy that ends TLS",
        seen: hasEvidence(
          "protocol",
          ["tls", "http"],
          "an RD Gateway or a proxy that ends TLS answers like this",
        ),
      },
      {
        likelihood: "possible",
        when: "the server finds fault with a request as mstsc makes it",
        seen: isVerdict("inconsistent-flags", "something on the way may have rewritten the request"),
      },
      {
        likelihood: "possible",
        when: "TLS is demanded in answer to an offer of TLS",
        seen: isVerdict("tls-required", "the offer contains TLS: something on the way may have rewritten it"),
      },
      {
        likelihood: "likely",
        when: "NLA is demanded in answer to an offer of NLA",
        seen: all(isNlaRefusal, (material) =>
          offersNla(material) ? "the offer contains NLA: something on the way may have rewritten it" : null,
        ),
      },
      {
        likelihood: "possible",
        when: "a client certificate is demanded",
        seen: isVerdict(
          "client-certificate-required",
          "a device in front may ask for a certificate of its own",
        ),
      },
      {
        likelihood: "possible",
        when: "the port is open and nothing answers",
        seen: isVerdict("timeout at negotiation", "a proxy accepts although the server behind it is gone"),
      },
      {
        likelihood: "possible",
        when: "the answer breaks the protocol",
        seen: isVerdict("malformed", "a broken proxy damages what it passes on"),
      },
    ],
    findings: [
      { code: "requested-protocols-rewritten", likelihood: "likely" },
      { code: "bytes-before-client-hello", likelihood: "possible" },
      { code: "unrequested-protocol", likelihood: "possible" },
    ],
    against: "the server's own address, past the device, fails the same way",
    basis: "inferred",
    source: "[MS-RDPBCGR] 2.2.1.2 lists what a server may answer; field reports of proxies",
    remedies: ["check-front-device", "exempt-from-inspection"],
  },
  {
    code: "routing-token-missing",
    title: "a load balancer or broker waits for its routing token",
    about:
      "Farms route by the token or cookie in the Connection Request. Without one that it knows, a balancer may drop, reset or leave the request unanswered.",
    verdicts: ["reset at negotiation", "closed at negotiation", "timeout at negotiation", "refused"],
    signs: [
      {
        likelihood: "unlikely",
        when: "a routing token was sent",
        seen: (material) =>
          routingOf(material) === "token" ? "a routing token was sent, and it fails all the same" : null,
      },
      {
        likelihood: "possible",
        when: "an X.224 Disconnect Request answers",
        seen: hasEvidence("tpdu", ["DR"], "brokers refuse with such a packet, and no token was sent"),
      },
      {
        likelihood: "possible",
        when: "the request without a token is dropped",
        seen: all(withoutToken, ({ ruling }) =>
          ruling.code === "refused" ? null : "no routing token was sent, and the request goes no further",
        ),
      },
    ],
    findings: [{ code: "routing-changes-answer", likelihood: "likely" }],
    against: "the server's own address, past the balancer, fails the same way",
    basis: "documented",
    source: "[MS-RDPBCGR] 3.2.5.3.1 and 3.3.5.3.1 on routingToken and cookie",
    remedies: ["send-routing-token", "check-front-device"],
  },
  {
    code: "server-hangs",
    title: "the service hangs, or a forwarder has nothing behind the port",
    about:
      "TCP is answered by the kernel, or by a proxy; TermService, or the machine behind, does not take the connection up.",
    verdicts: ["timeout at negotiation", "timeout at tls", "timeout at credssp"],
    signs: [
      {
        likelihood: "likely",
        when: "the port is open and nothing answers the Connection Request",
        seen: isVerdict(
          "timeout at negotiation",
          "the port is open, and the Connection Request stays unanswered",
        ),
      },
      {
        likelihood: "likely",
        when: "no hello of any kind is answered",
        seen: reads("never-answered"),
      },
      {
        likelihood: "possible",
        when: "TLS is established, and the first CredSSP message stays unanswered",
        seen: isVerdict(
          "timeout at credssp",
          "TLS is established, and the first CredSSP message stays unanswered",
        ),
      },
    ],
    findings: [],
    against: "a short hello or another layer is answered",
    basis: "inferred",
    source: "the kernel completes a TCP handshake without the service; [MS-RDPBCGR] 3.3.6.1 on its time-outs",
    remedies: ["check-front-device", "check-connection-limit", "restart-termservice"],
  },
  {
    code: "security-layer-mismatch",
    title: "the server's security layer does not fit the client's offer",
    about:
      "SecurityLayer and UserAuthentication under WinStations\\RDP-Tcp, or the policies over them, decide which of Standard RDP Security, TLS and NLA a server takes. mstsc shows other codes than 0x904 for it.",
    verdicts: ["standard-security-only", "tls-required", "nla-required", "refused"],
    signs: [
      {
        likelihood: "likely",
        when: "failure 2: TLS is not allowed on the server",
        seen: hasEvidence("failureCode", [2], "the server says that its configuration does not allow TLS"),
      },
      {
        likelihood: "likely",
        when: "failure 1: the server demands TLS",
        seen: isVerdict("tls-required", "the server says that it takes nothing but TLS"),
      },
      {
        likelihood: "possible",
        when: "the server selects Standard RDP Security although more was offered",
        seen: isVerdict(
          "standard-security-only",
          "Standard RDP Security was selected although TLS and NLA were offered",
        ),
      },
      {
        likelihood: "unlikely",
        when: "failure 5 to a client that offers NLA: no setting of the server's does that",
        seen: all(isNlaRefusal, (material) =>
          offersNla(material) ? "the server requires NLA and refuses the offer of it" : null,
        ),
      },
      {
        likelihood: "possible",
        when: "an MCS disconnect instead of a Connection Confirm, as of xrdp",
        seen: all(
          ({ ruling }) => (ruling.evidence["selected"] === undefined ? "" : null),
          hasEvidence("tpdu", ["DT"], "xrdp ends requests for a layer that it does not have like this"),
        ),
      },
    ],
    findings: [{ code: "standard-security-accepted", likelihood: "certain" }],
    against: "the reset or alert comes in TLS: the layer was agreed on by then",
    basis: "documented",
    source: "[MS-RDPBCGR] 2.2.1.2.2; SecurityLayer and UserAuthentication in the registry",
    remedies: ["raise-security-layer", "check-front-device"],
  },
  {
    code: "nla-not-offered",
    title: "the client does not offer NLA, which the server requires",
    about:
      "CredSSP is off in the client (enablecredsspsupport:i:0), or the client does not have it. mstsc shows 0xb09.",
    verdicts: ["nla-required"],
    signs: [
      {
        likelihood: "certain",
        when: "a captured client's request does not contain NLA, and is refused with failure 5",
        seen: all(isNlaRefusal, (material) =>
          offersNla(material) ? null : "the client's request does not contain NLA, and the server demands it",
        ),
      },
    ],
    findings: [],
    against: "the request offers CredSSP",
    basis: "documented",
    source: "[MS-RDPBCGR] 2.2.1.2.2, HYBRID_REQUIRED_BY_SERVER; mstsc's dialog for 2825",
    remedies: ["offer-nla"],
  },
  {
    code: "nla-alone-offered",
    title: "the client offers NLA and nothing else, and the server has no NLA",
    about:
      "FreeRDP from 3.15 on (Remmina with it) and clients that are set to insist on NLA ask for CredSSP alone. A server without it, as xrdp, then answers with Standard RDP Security or a failure, although it would take TLS.",
    verdicts: ["standard-security-only", "tls-required", "no-server-certificate"],
    signs: [
      {
        likelihood: "certain",
        when: "a captured client's request contains NLA and not TLS",
        seen: (material) =>
          offersNlaAlone(material) ? "the client asks for NLA alone, and the server has none to offer" : null,
      },
    ],
    findings: [],
    against: "the request offers TLS as well",
    basis: "documented",
    source: "xrdp 0.9.21 with request 0x02, measured; reported of FreeRDP from 3.15 on; xrdp issue 3208",
    remedies: ["offer-tls"],
  },
  {
    code: "old-server",
    title: "the server is too old for TLS, or a very small one",
    about:
      "Windows XP and Server 2003, and some small servers, answer without negotiation data: to them there is only Standard RDP Security.",
    verdicts: ["standard-security-only"],
    signs: [
      {
        likelihood: "likely",
        when: "the Connection Confirm has no negotiation data",
        seen: ({ ruling, probe }) => {
          const answer = mainConnection(probe)?.facts.negotiation?.answer;
          return ruling.code === "standard-security-only" &&
            answer?.kind === "tpdu" &&
            answer.tpdu.kind === "connection-confirm" &&
            answer.tpdu.negotiation === null
            ? "the Connection Confirm has no negotiation data, as of Windows XP and Server 2003"
            : null;
        },
      },
    ],
    findings: [],
    against: "the Connection Confirm has negotiation data",
    basis: "documented",
    source: "[MS-RDPBCGR] 3.2.5.3.2; nmap's notes on Windows XP SP3",
    remedies: ["raise-security-layer", "install-updates"],
  },
  {
    code: "direct-approach-endpoint",
    title: "the port expects CredSSP, or a VM's id, before X.224",
    about:
      "Hyper-V's VMConnect (2179) and its like begin with a pre-connection blob or with CredSSP itself; a plain request has the wrong flags there.",
    verdicts: ["inconsistent-flags"],
    signs: [
      {
        likelihood: "likely",
        when: "failure 4: inconsistent flags",
        seen: isVerdict("inconsistent-flags", "documented only for connections that begin inside CredSSP"),
      },
    ],
    findings: [],
    against: "mstsc gets on at the same port",
    basis: "documented",
    source: "[MS-RDPBCGR] 2.2.1.2.2 and 5.4.2.2",
    remedies: ["check-port-number", "check-front-device"],
  },
  {
    code: "client-certificate-policy",
    title: "the server wants a client certificate in TLS",
    about:
      "Failure 6 is documented for servers of RDP 6.0 alone. Within TLS a CertificateRequest and an alert say the same, as of a proxy with mutual TLS. Today's RDP clients have no such certificate to show.",
    verdicts: ["client-certificate-required"],
    signs: [
      {
        likelihood: "likely",
        when: "failure 6",
        seen: isVerdict("client-certificate-required at negotiation", "the server says so (failure 6)"),
      },
      {
        likelihood: "likely",
        when: "a CertificateRequest in TLS, and a fatal alert to a client that has none",
        seen: isVerdict(
          "client-certificate-required at tls",
          "it asked for a certificate and ended the handshake without one",
        ),
      },
    ],
    findings: [],
    against: "another client gets in without a certificate",
    basis: "documented",
    source: "[MS-RDPBCGR] 2.2.1.2.2 and note <4>; RFC 5246 7.4.4, RFC 8446 4.4.2.4 and 6.2 (alert 116)",
    remedies: ["check-front-device", "stop-asking-client-certificate"],
  },
  {
    code: "entra-only",
    title: "the host takes only sign-ins by Microsoft Entra ID",
    about:
      "Cloud PCs and joined devices can be set to take a web account alone. The failure code 7 is reported by other implementations and not in Microsoft's published specification.",
    verdicts: ["entra-required", "credssp-refused"],
    signs: [
      {
        likelihood: "likely",
        when: "failure 7",
        seen: isVerdict("entra-required", "the server answers with failure 7, which others name so"),
      },
      {
        likelihood: "possible",
        when: "NTLM is blocked",
        seen: hasEvidence(
          "errorName",
          ["STATUS_NTLM_BLOCKED"],
          "hosts that know only Entra ID block NTLM as well",
        ),
      },
    ],
    findings: [],
    against: "the server answers NTLM with a challenge",
    basis: "reported",
    source: "three third-party implementations; absent from [MS-RDPBCGR] 61.0",
    remedies: ["use-entra-sign-in"],
  },
]);
