/** Advice that is popular for these failures, and that only weakens the host or does nothing: why not, and what instead. */
import { fits, type VerdictPlace } from "../causes/cause.ts";
import type { RefusedAdvice, Verdict } from "../result/result.ts";

export interface RefusedAdviceRow extends RefusedAdvice {
  /** Where pages and forums give it. */
  readonly verdicts: readonly VerdictPlace[];
}

const CUT: readonly VerdictPlace[] = ["reset at tls", "closed at tls"];
const NO_SHARED: readonly VerdictPlace[] = ["no-shared-cipher", "no-shared-tls-version", "tls-alert"];

export const REFUSED_ADVICE: readonly RefusedAdviceRow[] = [
  {
    id: "security-layer-rdp",
    advice: "set the security layer to RDP (SecurityLayer=0)",
    why: "it only avoids TLS: no server authentication, RC4 encryption, and clients that require NLA still fail",
    instead: "find out why TLS fails, and fix that",
    verdicts: [
      ...CUT,
      ...NO_SHARED,
      "no-server-certificate",
      "certificate-expired",
      "certificate-key-mismatch",
      "client-certificate-required at tls",
    ],
  },
  {
    id: "disable-nla",
    advice: "turn NLA off (UserAuthentication=0)",
    why: "NLA comes after TLS and is not what failed; without it anybody who reaches the port gets a logon screen and the pre-authentication flaws behind it",
    instead: "find out why TLS fails; where a client lacks NLA, update or set that client",
    verdicts: [...CUT, "nla-required", "no-server-certificate", "certificate-key-mismatch"],
  },
  {
    id: "disable-nla-for-credssp",
    advice: "turn NLA off for good (UserAuthentication=0) because CredSSP fails",
    why: "anybody who reaches the port then gets a logon screen and the pre-authentication flaws behind it, and what CredSSP fails at (NTLM's policy, the domain, an update) stays as it is",
    instead: "as a test it tells whether CredSSP is all that fails: put it back at once, and fix that",
    verdicts: ["credssp-refused", "credssp-version-refused", "reset at credssp", "closed at credssp"],
  },
  {
    id: "allow-encryption-oracle",
    advice: "set AllowEncryptionOracle=2 at the clients (Encryption Oracle Remediation: Vulnerable)",
    why: "the client then hands its credentials to every server without the fix of CVE-2018-0886, and to any device in between; it does nothing for any other failure",
    instead: "install the server's updates, through its console or hypervisor if RDP was the only way in",
    verdicts: ["credssp-version-refused", "credssp-refused"],
  },
  {
    id: "skip-signature-check",
    advice: "have the clients ignore the certificate (authentication level 0, /cert:ignore)",
    why: "that leaves out the issuer and the name; the signature is checked all the same, and the handshake still fails",
    instead: "give the server the key that its certificate was issued for",
    verdicts: ["certificate-key-mismatch"],
  },
  {
    id: "lower-client-security",
    advice: "lower the client's security level (/tls-seclevel:0, MinProtocol, a LEGACY crypto policy)",
    why: "it does so for every server that the client talks to, and TLS 1.0 with SHA-1 stays open to any device in between",
    instead: "turn TLS 1.2 on at the server, or update it",
    verdicts: ["tls-alert"],
  },
  {
    id: "rename-machine-keys-first",
    advice: "rename the MachineKeys folder as a first step",
    why: "it takes the keys from every other service of the machine (IIS, SQL Server, VPN), and the permissions or the one RDP container are usually all that is wrong",
    instead: "icacls first, the RDP key container alone next (rdprobe explain replace-rdp-key-container)",
    verdicts: [...CUT, "no-server-certificate", "certificate-expired"],
  },
  {
    id: "empty-machine-keys",
    advice: "make an empty MachineKeys folder in place of the old one",
    why: "the new folder inherits the rights of ProgramData and has not its own, and every other service of the machine loses its keys",
    instead: "look at the rights of the one RDP key file (rdprobe explain machine-keys-permissions)",
    verdicts: [...CUT, "no-server-certificate"],
  },
  {
    id: "disable-firewall",
    advice: "turn the firewall or the security software off",
    why: "it opens every port of the host to find out about one; often the filter is not on the host at all",
    instead: "probe from the server itself and from its segment, then make one exception",
    verdicts: [
      ...CUT,
      "port-closed",
      "port-filtered",
      "unreachable",
      "reset at negotiation",
      "closed at negotiation",
      "timeout",
    ],
  },
  {
    id: "enable-weak-tls",
    advice: "turn TLS 1.0, RC4 or 3DES on again for an old client",
    why: "it lowers the server for everybody; and what is off by update comes off again",
    instead: "update the client, or enable a suite that both have and that is sound",
    verdicts: ["no-shared-cipher", "no-shared-tls-version"],
  },
  {
    id: "ignore-certificate",
    advice: "set the clients to connect without a warning (authentication level 0)",
    why: "the warning is all that tells the server from somebody in between, and the renewal that failed stays broken",
    instead: "renew the certificate, or repair its renewal",
    verdicts: ["certificate-expired", "certificate-not-yet-valid"],
  },
  {
    id: "clear-client-caches",
    advice: "delete the licence cache, reset WMI or the profile, or turn UDP off",
    why: "licensing, profiles and UDP come after this stage: nothing of them was reached",
    instead: "look at the stage that failed",
    verdicts: CUT,
  },
  {
    id: "open-websocket-ports",
    advice: "open ports 3387 and 3392",
    why: "they serve the web client alone; mstsc never uses them",
    instead: "open the port that mstsc uses, for the sources that need it",
    verdicts: ["port-filtered", "port-closed"],
  },
];

/** What is popular for this verdict and would be wrong; nothing where all is well. */
export const refusedAdviceFor = (
  verdict: Pick<Verdict, "code" | "stage" | "severity">,
): readonly RefusedAdvice[] =>
  verdict.severity === "ok"
    ? []
    : REFUSED_ADVICE.filter(({ verdicts }) => verdicts.some((place) => fits(place, verdict))).map(
        ({ verdicts: _verdicts, ...advice }) => advice,
      );
