/** What goes wrong with servers on FreeRDP's library (GNOME's, weston, the shadow server), as their answers show it. */
import { all, causeTable, hasEvidence, isVerdict, mayBe, reads } from "./cause.ts";

export const FREERDP_CAUSES = causeTable([
  {
    code: "freerdp-tls-off",
    title: "the server runs with Standard RDP Security alone (weston's --rdp4-key, FreeRDP's /sec:rdp)",
    about:
      "A server on FreeRDP's library takes the layers that its program turns on: weston those for which it was given files, the shadow server those that /sec names.",
    verdicts: ["standard-security-only"],
    signs: [
      {
        likelihood: "likely",
        when: "failure 2, and the Connection Confirm is as FreeRDP's library writes it",
        seen: all(
          hasEvidence("failureCode", [2], ""),
          mayBe("freerdp", "a server on FreeRDP's library refuses TLS where it was started without it"),
        ),
      },
    ],
    findings: [],
    against: "the options that the server runs with name a certificate or /sec:tls",
    basis: "documented",
    source: "weston-rdp(7); freerdp-shadow-cli(1), /sec; weston 10 and FreeRDP 2.11.7, measured",
    remedies: ["server-of-which-program", "weston-tls", "freerdp-security"],
  },
  {
    code: "freerdp-key-unusable",
    title: "the server cannot use its key: it is missing, or not the certificate's (GNOME, weston, FreeRDP)",
    about:
      "OpenSSL refuses a key that is not the certificate's, and the server then has none to sign with: it selects TLS or NLA and refuses every ClientHello.",
    verdicts: ["no-shared-cipher", "tls-alert", "reset at tls", "closed at tls"],
    signs: [
      {
        likelihood: "likely",
        when: "every hello is refused, whatever it offers, and the Connection Confirm is as FreeRDP's library writes it",
        seen: all(
          reads("refuses-all", "all-alike"),
          mayBe("freerdp", "a server on FreeRDP's library refuses every hello where its key does not fit"),
        ),
      },
      {
        likelihood: "possible",
        when: "the handshake is refused with alert 40 or 80, and the Connection Confirm is as FreeRDP's library writes it",
        seen: all(
          hasEvidence("alert", [40, 80], ""),
          isVerdict("tls-alert", ""),
          mayBe("freerdp", "a server on FreeRDP's library ends the handshake like this without a usable key"),
        ),
      },
    ],
    findings: [],
    against: "a certificate is shown in TLS",
    basis: "inferred",
    source:
      "gnome-remote-desktop 43.3, weston 10 and FreeRDP 2.11.7 with a key of another certificate, measured",
    remedies: ["server-of-which-program", "gnome-new-certificate", "weston-tls", "freerdp-new-certificate"],
  },
]);
