/** Why too little was seen to say whether the server works. */
import { causeTable, type Sign } from "./cause.ts";

const isInconclusive: Sign["seen"] = ({ ruling }) => (ruling.code === "inconclusive" ? "" : null);

const ofMechanism: Sign["seen"] = (material) =>
  typeof material.ruling.evidence["mechanism"] === "string" ? isInconclusive(material) : null;

const ofLimit: Sign["seen"] = (material) =>
  typeof material.ruling.evidence["limit"] === "string" ? isInconclusive(material) : null;

const when =
  (applies: (material: Parameters<Sign["seen"]>[0]) => boolean, why: string): Sign["seen"] =>
  (material) => {
    const isTold = ofMechanism(material) !== null || ofLimit(material) !== null;
    return isInconclusive(material) !== null && !isTold && applies(material) ? why : null;
  };

export const INCONCLUSIVE_CAUSES = causeTable([
  {
    code: "capture-incomplete",
    title: "the capture ends too early, begins too late, or has one direction alone",
    about:
      "What the server said next is not in the file, so that nothing can be said for it or against it. A capture at the client that begins before the connection and ends after it has all.",
    verdicts: ["inconclusive"],
    signs: [
      {
        likelihood: "likely",
        when: "it is a capture that is judged",
        seen: when(
          ({ probe }) => probe.capture?.view != null,
          "the capture does not show what would have come next",
        ),
      },
    ],
    findings: [],
    against: "the capture goes on for seconds, with both directions",
    basis: "inferred",
    source: "what RFC 8446 2 and [MS-RDPBCGR] 1.3.1.1 let follow, and is not there",
    remedies: ["capture-again"],
  },
  {
    code: "probe-cut-short",
    title: "the probe could not go on for a reason of its own",
    about: "Its time was up, or this machine would not let it connect. It says nothing of other clients.",
    verdicts: ["inconclusive"],
    signs: [
      {
        likelihood: "likely",
        when: "it is a live probe that is judged",
        seen: when(({ probe }) => probe.capture?.view == null, "the verdict's line says what stopped it"),
      },
    ],
    findings: [],
    against: "a probe with more time, or from another machine, fails the same way",
    basis: "inferred",
    source: "rdprobe's own limits",
    remedies: ["probe-longer"],
  },
  {
    code: "beyond-the-probe",
    title: "the server's TLS needs what rdprobe has not",
    about:
      "A suite, a group or a kind of key that rdprobe cannot compute with, or a Certificate message that is longer than it reads. What the server showed in the clear is told; whether a client gets in, only a client can tell.",
    verdicts: ["inconclusive at tls", "inconclusive at certificate"],
    signs: [
      {
        likelihood: "likely",
        when: "the handshake is right as far as it went, and rdprobe cannot go on",
        seen: (material) => (ofLimit(material) === null ? null : "the verdict's line says what it has not"),
      },
    ],
    findings: [],
    against: "another client fails at the same place",
    basis: "inferred",
    source: "rdprobe's own limits",
    remedies: ["try-a-client"],
  },
  {
    code: "other-mechanism",
    title: "the server authenticates with a mechanism that rdprobe does not speak",
    about:
      "SPNEGO chose neither NTLM nor Kerberos; NEGOEX is the choice of machines that are joined to Entra ID alone. Clients that know it may get in.",
    verdicts: ["inconclusive at credssp"],
    signs: [
      {
        likelihood: "likely",
        when: "the server's answer names another mechanism",
        seen: (material) =>
          ofMechanism(material) === null ? null : "the server's answer names the mechanism",
      },
    ],
    findings: [],
    against: "the server answers with an NTLM challenge or with Kerberos",
    basis: "documented",
    source: "RFC 4178 4.2.2; [MS-SPNG] 1.9; [MS-NEGOEX]",
    remedies: ["read-credssp-events", "use-entra-sign-in"],
  },
]);
