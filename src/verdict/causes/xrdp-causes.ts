/** What goes wrong with the certificate and the key of an xrdp server, as its Connection Confirm shows it. */
import { requestedProtocols } from "../../handshake/facts/layer-states.ts";
import { PROTOCOL } from "../../x224/protocols.ts";
import { all, causeTable, confirmOf, hasCount, hasEvidence, isVerdict, mayBe, type Sign } from "./cause.ts";
import { mainConnection } from "../rules/probe-facts.ts";

/** A Connection Confirm with negotiation data that selects Standard RDP Security, although TLS was asked for. */
const selectsRdp: Sign["seen"] = (material) => {
  const negotiation = confirmOf(material)?.negotiation ?? null;
  const main = mainConnection(material.probe);
  const isAsked = main !== null && (requestedProtocols(main.facts) & PROTOCOL.ssl) !== 0;
  return isAsked && negotiation?.type === "response" && negotiation.selectedProtocol === PROTOCOL.rdp
    ? ""
    : null;
};

/** TLS was selected, and an MCS disconnect came instead of it. */
const takenBack = (why: string): Sign["seen"] =>
  all(isVerdict("refused", ""), hasEvidence("tpdu", ["DT"], ""), hasCount("selected", why));

export const XRDP_CAUSES = causeTable([
  {
    code: "xrdp-key-unreadable",
    title: "xrdp cannot read its private key (user xrdp is not in the group ssl-cert)",
    about:
      "xrdp runs as the user xrdp, and /etc/xrdp/key.pem points to a key that root and the group ssl-cert alone may read. It then logs 'Cannot read private key file' and does without TLS.",
    verdicts: ["standard-security-only", "no-server-certificate"],
    signs: [
      {
        likelihood: "likely",
        when: "TLS was asked for, and a Connection Confirm as xrdp writes it selects Standard RDP Security",
        seen: all(
          isVerdict("standard-security-only", ""),
          selectsRdp,
          mayBe("xrdp", "xrdp falls back to Standard RDP Security where it cannot read its key"),
        ),
      },
      {
        likelihood: "possible",
        when: "failure 3: no certificate that can be used",
        seen: isVerdict(
          "no-server-certificate",
          "an xrdp with security_layer=tls that cannot read its key says so too",
        ),
      },
    ],
    findings: [],
    against: "the server is no xrdp, or its xrdp.ini has security_layer=rdp",
    basis: "reported",
    source: "xrdp issues 1169, 1460, 2858, 3499 and 3795; the comment in Debian's xrdp.ini on ssl-cert",
    remedies: ["xrdp-key-permissions", "check-certificate-files", "xrdp-new-certificate"],
  },
  {
    code: "xrdp-security-layer-rdp",
    title: "xrdp is set to Standard RDP Security (security_layer=rdp)",
    about:
      "xrdp.ini says security_layer=rdp: xrdp then answers every offer of TLS with Standard RDP Security. From the network it looks like a key that xrdp cannot read.",
    verdicts: ["standard-security-only"],
    signs: [
      {
        likelihood: "possible",
        when: "TLS was asked for, and a Connection Confirm as xrdp writes it selects Standard RDP Security",
        seen: all(
          isVerdict("standard-security-only", ""),
          selectsRdp,
          mayBe("xrdp", "xrdp answers like this where its settings say so"),
        ),
      },
    ],
    findings: [],
    against: "xrdp.ini says negotiate or tls",
    basis: "documented",
    source: "xrdp.ini(5), security_layer; xrdp 0.9.21, measured",
    remedies: ["xrdp-security-layer"],
  },
  {
    code: "xrdp-tls-unusable",
    title: "the server cannot set its TLS up: certificate, key or cipher string (xrdp)",
    about:
      "xrdp has answered that it will speak TLS, and then fails to load its certificate and key, which may not belong together, or its tls_ciphers, and disconnects.",
    verdicts: ["refused"],
    signs: [
      {
        likelihood: "likely",
        when: "an MCS disconnect comes instead of TLS, and the Connection Confirm is as xrdp writes it",
        seen: all(
          takenBack(""),
          mayBe("xrdp", "xrdp disconnects like this where its certificate, key or cipher string fails"),
        ),
      },
      {
        likelihood: "possible",
        when: "an MCS disconnect comes instead of TLS",
        seen: takenBack("the server selects TLS, and disconnects when it is to begin"),
      },
    ],
    findings: [],
    against: "xrdp.log has no line on SSL at that second",
    basis: "reported",
    source: "xrdp issues 1172, 1776 and 2297; xrdp 0.9.21 with a key of another certificate, 2026",
    remedies: [
      "check-certificate-files",
      "xrdp-new-certificate",
      "xrdp-tls-settings",
      "xrdp-key-permissions",
    ],
  },
]);
