/** Who cut the connection with a reset, where a capture shows its packet. */
import { causeTable, resetOf, type Sign } from "./cause.ts";
import { resetEvidence, resetSender } from "./reset-sender.ts";

const resetBy =
  (sender: "server" | "client" | "device", likelihood: "likely" | "possible" | "unlikely"): Sign["seen"] =>
  (material) => {
    const reset = resetOf(material);
    if (reset === null || (sender !== "device" && reset.side !== sender)) return null;
    const view = resetSender(reset, sender === "device" ? "device" : "host");
    return view.likelihood === likelihood ? view.why : null;
  };

const resetSigns = (sender: "server" | "client" | "device", who: string): readonly Sign[] => [
  {
    likelihood: "likely",
    when: `hop limit, sequence number, time and options of the reset's packet fit ${who}, and clearly better than the other`,
    seen: resetBy(sender, "likely"),
  },
  {
    likelihood: "possible",
    when: "they do not tell the two apart",
    seen: resetBy(sender, "possible"),
  },
  {
    likelihood: "unlikely",
    when: "they clearly fit the other",
    seen: resetBy(sender, "unlikely"),
  },
];

const RESETS = ["reset at negotiation", "reset at tls", "reset at credssp"] as const;
const RESET_SOURCE = "the clues in a capture's packets; weighed and never proven";

export const RESET_CAUSES = causeTable([
  {
    code: "reset-by-server",
    title: "the server itself sent the reset",
    about:
      "Schannel gives the handshake up, and the service drops the connection; the packet is like the server's others.",
    verdicts: RESETS,
    signs: resetSigns("server", "the server's others"),
    findings: [],
    against: "the reset's hop limit is another than that of the server's packets",
    basis: "inferred",
    source: RESET_SOURCE,
    remedies: ["read-schannel-events", "rebuild-rdp-certificate", "machine-keys-permissions"],
    evidence: resetEvidence("host"),
  },
  {
    code: "reset-by-client",
    title: "the client itself sent the reset",
    about: "The client gave up: its own time-out, its security software, or a user who closed the window.",
    verdicts: RESETS,
    signs: resetSigns("client", "the client's others"),
    findings: [],
    against: "the reset's hop limit is another than that of the client's packets",
    basis: "inferred",
    source: RESET_SOURCE,
    remedies: ["check-front-device"],
    evidence: resetEvidence("host"),
  },
  {
    code: "reset-on-the-way",
    title: "a device on the way sent the reset",
    about:
      "A firewall, IPS or load balancer cuts the connection in the name of one side; the packet is not like that side's others.",
    verdicts: RESETS,
    signs: resetSigns("device", "a device"),
    findings: [{ code: "reset-without-effect", likelihood: "certain" }],
    against: "the reset's hop limit, options and sequence number are those of the side that it names",
    basis: "inferred",
    source: RESET_SOURCE,
    remedies: ["exempt-from-inspection", "check-front-device"],
    evidence: resetEvidence("device"),
  },
]);
