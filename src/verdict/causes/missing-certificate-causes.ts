/** Why a server has no certificate to begin TLS with. */
import { causeTable, hasEvidence, isVerdict } from "./cause.ts";

export const MISSING_CERTIFICATE_CAUSES = causeTable([
  {
    code: "certificate-not-created",
    title: "the server has no certificate, and could not make one",
    about:
      "Windows makes its RDP certificate itself. Where MachineKeys does not let it (events 1057 and 1058), or right after a first start, there is none: failure 3, or Standard RDP Security alone.",
    verdicts: ["no-server-certificate", "standard-security-only"],
    signs: [
      {
        likelihood: "likely",
        when: "failure 3: no certificate on the server",
        seen: isVerdict(
          "no-server-certificate",
          "the server says that it has no certificate that it can use",
        ),
      },
      {
        likelihood: "unlikely",
        when: "failure 2: TLS is forbidden, and not merely impossible",
        seen: hasEvidence(
          "failureCode",
          [2],
          "the server says that TLS is not allowed, not that it has no certificate",
        ),
      },
      {
        likelihood: "possible",
        when: "Standard RDP Security is selected although TLS was offered",
        seen: isVerdict(
          "standard-security-only",
          "a server without a certificate falls back to Standard RDP Security",
        ),
      },
    ],
    findings: [],
    against: "a certificate is shown in TLS",
    basis: "reported",
    source: "Microsoft, event IDs to troubleshoot RDP to a VM: 1057, 1058; a field log of failure 3",
    remedies: [
      "read-schannel-events",
      "rebuild-rdp-certificate",
      "machine-keys-permissions",
      "replace-rdp-key-container",
      "azure-run-command",
      "rename-machine-keys",
    ],
  },
]);

/** Those that only a server's own word that it has no certificate makes likely. */
export const NO_CERTIFICATE_CAUSES = causeTable([
  {
    code: "server-just-started",
    title: "the server has just started, and its certificate is not ready yet",
    about:
      "For a while after the first start, after a restart or in a fresh virtual machine the listener is up before its certificate is: failure 3, which goes away by itself.",
    verdicts: ["no-server-certificate"],
    signs: [
      {
        likelihood: "possible",
        when: "failure 3: no certificate on the server",
        seen: isVerdict("no-server-certificate", "right after a start it says the same, for a minute or two"),
      },
    ],
    findings: [],
    against: "it is the same half an hour later",
    basis: "reported",
    source: "winapps issue 244; FreeRDP issue 12034",
    remedies: ["probe-again"],
  },
  {
    code: "key-services-off",
    title: "a service that makes or reads the certificate is off",
    about:
      "SessionEnv makes the RDP certificate and binds it, KeyIso and CryptSvc keep its key, CertPropSvc carries certificates. Hardening scripts disable them, and then there is no certificate to use.",
    verdicts: ["no-server-certificate", "standard-security-only"],
    signs: [
      {
        likelihood: "possible",
        when: "failure 3: no certificate on the server",
        seen: isVerdict("no-server-certificate", "without these services Windows has no certificate to show"),
      },
      {
        likelihood: "unlikely",
        when: "Standard RDP Security alone",
        seen: isVerdict("standard-security-only", "without a certificate only Standard RDP Security is left"),
      },
    ],
    findings: [],
    against: "Get-Service shows SessionEnv, KeyIso and CryptSvc running",
    basis: "documented",
    source: "Microsoft, internal-error article: the services that Remote Desktop needs",
    remedies: ["check-key-services"],
  },
]);
