/** Why a server that has a certificate cannot sign with its key. */
import { all, byServer, causeTable, hasEvidence, isVerdict, reads } from "./cause.ts";
import { CUT, cutAtHello, isFromDevice } from "./tls-signs.ts";

/** The log decides between the causes, and comes before any change. */
const MACHINE_KEYS = [
  "read-schannel-events",
  "rebuild-rdp-certificate",
  "machine-keys-permissions",
  "replace-rdp-key-container",
  "azure-run-command",
  "rename-machine-keys",
] as const;

export const PRIVATE_KEY_CAUSES = causeTable([
  {
    code: "private-key-unreadable",
    title: "the certificate's private key cannot be read (MachineKeys)",
    about:
      "The certificate is there, so TermService selects TLS; its key is not readable, so Schannel fails at every ClientHello (event 36870). Permissions of MachineKeys that were changed, or a damaged key container, are the usual reasons.",
    verdicts: [...CUT, "no-shared-cipher", "no-server-certificate", "tls-alert"],
    signs: [
      {
        likelihood: "likely",
        when: "every hello fails the same way, whatever it offers, while the Connection Confirm selects TLS",
        seen: reads("all-alike"),
      },
      {
        likelihood: "unlikely",
        when: "a captured reset is a device's and not the server's",
        seen: isFromDevice("the reset does not come from the server"),
      },
      {
        likelihood: "possible",
        when: "even a hello that offers every suite is refused with an alert",
        seen: reads("refuses-all"),
      },
      {
        likelihood: "possible",
        when: "the handshake is cut right after the ClientHello, and no other hello was tried",
        seen: cutAtHello("cut right after the ClientHello, as it is where the key cannot be read"),
      },
      {
        likelihood: "possible",
        when: "failure 3: no certificate that can be used",
        seen: isVerdict("no-server-certificate", "a certificate whose key cannot be read is as good as none"),
      },
      {
        likelihood: "possible",
        when: "alert 80, internal_error",
        seen: all(
          byServer,
          hasEvidence("alert", [80], "internal_error: the server could not do its own part"),
        ),
      },
    ],
    findings: [],
    against: "any other hello is answered with a certificate",
    basis: "reported",
    source: "Microsoft on event 36870; one first-hand report of 0x904 / 0x7 that was cured there",
    remedies: MACHINE_KEYS,
  },
]);
