/** Why CredSSP fails once TLS is established, before anybody tried to log on. */
import { causeTable, hasEvidence, isVerdict, type VerdictPlace } from "./cause.ts";

const CUT = ["reset at credssp", "closed at credssp"] as const satisfies readonly VerdictPlace[];

/** Answers that a policy about NTLM gives. */
const POLICY_STATUS = [
  "STATUS_NTLM_BLOCKED",
  "STATUS_NOT_SUPPORTED",
  "STATUS_AUTHENTICATION_FIREWALL_FAILED",
  "SEC_E_POLICY_NLTM_ONLY",
];

export const CREDSSP_CAUSES = causeTable([
  {
    code: "ntlm-restricted",
    title: "a policy refuses NTLM; Kerberos may still work",
    about:
      "'Restrict NTLM: Incoming NTLM traffic' refuses the message that a probe without credentials sends. Domain clients that connect by name use Kerberos and get in.",
    verdicts: ["credssp-refused"],
    signs: [
      {
        likelihood: "likely",
        when: "the status names a policy about NTLM",
        seen: hasEvidence(
          "errorName",
          POLICY_STATUS,
          "the status that the server answers with names NTLM's policy",
        ),
      },
      {
        likelihood: "possible",
        when: "CredSSP is refused with another status, an alert or SPNEGO's reject",
        seen: isVerdict("credssp-refused", "the server refuses the first message of NTLM"),
      },
    ],
    findings: [],
    against: "the server answers with an NTLM challenge",
    basis: "inferred",
    source: "[MS-ERREF] 2.3.1 STATUS_NTLM_BLOCKED; Microsoft on restricting NTLM",
    remedies: ["read-ntlm-policy", "connect-by-name", "read-credssp-events"],
  },
  {
    code: "kerberos-alone",
    title: "the server takes Kerberos, and no NTLM",
    about:
      "NTLM is off there, as it will be by default. Kerberos needs the server's name as the domain knows it and a domain controller that the client reaches: by address, or from outside the domain, nobody gets in.",
    verdicts: [],
    signs: [],
    findings: [{ code: "kerberos-only", likelihood: "likely" }],
    against: "the server answers with an NTLM challenge",
    basis: "documented",
    source: "RFC 4178 4.2.2; Microsoft on the end of NTLM, January 2026",
    remedies: ["read-ntlm-policy", "connect-by-name"],
  },
  {
    code: "credssp-broken",
    title: "CredSSP or LSA on the server fails, and not TLS",
    about:
      "TLS is established, so certificate, versions and suites are right; what answers the first CredSSP message is LSA, and behind it the domain.",
    verdicts: [...CUT, "timeout at credssp", "malformed at credssp", "credssp-refused"],
    signs: [
      {
        likelihood: "likely",
        when: "the connection is reset at the first CredSSP message",
        seen: isVerdict(
          "reset at credssp",
          "TLS is established, and the first CredSSP message is answered with a reset",
        ),
      },
      {
        likelihood: "likely",
        when: "the connection is closed at the first CredSSP message",
        seen: isVerdict(
          "closed at credssp",
          "TLS is established, and the first CredSSP message ends the connection",
        ),
      },
      {
        likelihood: "likely",
        when: "nothing answers the first CredSSP message",
        seen: isVerdict(
          "timeout at credssp",
          "TLS is established, and nothing answers the first CredSSP message",
        ),
      },
      {
        likelihood: "possible",
        when: "the CredSSP answer breaks the protocol",
        seen: isVerdict(
          "malformed at credssp",
          "TLS is established, and the answer to CredSSP breaks the protocol",
        ),
      },
      {
        likelihood: "unlikely",
        when: "CredSSP is refused with a status",
        seen: isVerdict("credssp-refused", "the server answers CredSSP properly, with a refusal"),
      },
    ],
    findings: [],
    against: "the handshake fails before TLS is established",
    basis: "inferred",
    source: "[MS-CSSP] 3.1.5; the stage in which it ends",
    remedies: ["read-credssp-events", "restart-termservice"],
  },
  {
    code: "session-software",
    title: "other remote-control software on the server breaks sessions",
    about:
      "Some software hooks into sessions and ends them right after the logon (RustDesk, reported as 0x904 with extended 0x0). Nothing of it shows before credentials, save where the end comes once TLS is established.",
    verdicts: CUT,
    signs: [
      {
        likelihood: "possible",
        when: "the connection is reset once TLS is established",
        seen: isVerdict(
          "reset at credssp",
          "it ends only once TLS is established, as reported of such software",
        ),
      },
      {
        likelihood: "possible",
        when: "the connection is closed once TLS is established",
        seen: isVerdict(
          "closed at credssp",
          "it ends only once TLS is established, as reported of such software",
        ),
      },
    ],
    findings: [{ code: "ended-behind-tls", likelihood: "possible" }],
    against: "the handshake fails before TLS is established",
    basis: "reported",
    source: "RustDesk issue 10125",
    remedies: ["remove-session-software", "read-credssp-events"],
  },
  {
    code: "credssp-unpatched-server",
    title: "the server lacks the fix of CVE-2018-0886",
    about:
      "Since the update of May 2018 every Windows client refuses such a server by default, with 'encryption oracle remediation'; older ones and FreeRDP get in.",
    verdicts: ["credssp-version-refused"],
    signs: [
      {
        likelihood: "likely",
        when: "the server's CredSSP version is below the client's lowest",
        seen: isVerdict(
          "credssp-version-refused",
          "a server with the fix of March 2018 answers with CredSSP 5 or 6",
        ),
      },
    ],
    findings: [{ code: "credssp-unpatched", likelihood: "likely" }],
    against: "the server answers with CredSSP version 5 or 6",
    basis: "documented",
    source:
      "[MS-CSSP] 2.2.1 and its notes 10 and 25; KB4093492; Microsoft, CredSSP encryption oracle remediation",
    remedies: ["install-updates"],
  },
]);
