/** Why a certificate is past its end, not for this computer, or unfit; and why clocks matter. */
import { type CauseMaterial, causeTable, isVerdict, reads } from "./cause.ts";

/** As far as Kerberos lets clocks differ; what is more can move a certificate's dates too. */
const MAX_SKEW_MS = 5 * 60_000;

const hasFinding = ({ findings }: CauseMaterial, code: string): boolean =>
  findings.some((finding) => finding.code === code);

const isSelfSigned = ({ certificate }: CauseMaterial): boolean => certificate?.selfSigned === true;

const clockDiffers = ({ ntlm }: CauseMaterial): boolean => Math.abs(ntlm?.clockSkewMs ?? 0) > MAX_SKEW_MS;

const ifExpired =
  (applies: (material: CauseMaterial) => boolean, why: string) =>
  (material: CauseMaterial): string | null =>
    material.ruling.code === "certificate-expired" && applies(material) ? why : null;

export const CERTIFICATE_CAUSES = causeTable([
  {
    code: "certificate-renewal-fails",
    title: "Windows' own certificate is not renewed: renewal itself fails",
    about:
      "Windows replaces its self-signed RDP certificate at its end. One that is past it shows that replacing fails, as a rule at MachineKeys (event 1058); its key can be read, since TLS was finished with it, so Windows is asked for a new one first. Where the renewal stops half-way, the key of the new one cannot be read, and every handshake is cut (36870 with 1057 or 1058).",
    verdicts: ["certificate-expired", "reset at tls", "closed at tls"],
    signs: [
      {
        likelihood: "possible",
        when: "every hello fails the same way: the renewal stopped half-way, and the new key cannot be read",
        seen: reads("all-alike"),
      },
      {
        likelihood: "likely",
        when: "it is self-signed with one name and 183 days, as Windows makes it",
        seen: ifExpired(
          (material) => hasFinding(material, "windows-certificate-not-renewed"),
          "Windows renews such a certificate (self-signed, 183 days) by itself, and has not",
        ),
      },
      {
        likelihood: "possible",
        when: "it is self-signed in another way",
        seen: ifExpired(isSelfSigned, "it is self-signed; Windows' own would have been renewed"),
      },
    ],
    findings: [{ code: "windows-certificate-not-renewed", likelihood: "likely" }],
    against: "the certificate was issued by an authority, or lives longer than 183 days",
    basis: "reported",
    source:
      "Microsoft, event IDs to troubleshoot RDP to a VM: 1057, 1058; Rackspace, expired self-signed certificate",
    remedies: [
      "rebuild-rdp-certificate",
      "replace-rdp-key-container",
      "machine-keys-permissions",
      "azure-run-command",
      "rename-machine-keys",
    ],
  },
  {
    code: "bound-certificate-not-renewed",
    title: "a certificate that was put there by hand is not renewed by itself",
    about:
      "A certificate that was bound by its thumbprint stays bound when it ends; the new one must be bound by hand, or come from a template. An xrdp serves the files that it was given.",
    verdicts: ["certificate-expired"],
    signs: [
      {
        likelihood: "likely",
        when: "the expired certificate was issued by an authority",
        seen: ifExpired(
          (material) => !isSelfSigned(material),
          "an authority issued it, and Windows does not renew a bound certificate",
        ),
      },
      {
        likelihood: "unlikely",
        when: "it is the one that Windows makes itself",
        seen: ifExpired(
          (material) => hasFinding(material, "windows-certificate-not-renewed"),
          "it looks like the one that Windows makes itself",
        ),
      },
      {
        likelihood: "possible",
        when: "it is self-signed, and not as Windows makes it",
        seen: ifExpired(() => true, "it is self-signed, and not as Windows makes it"),
      },
    ],
    findings: [{ code: "certificate-expires-soon", likelihood: "possible" }],
    against: "the certificate is the one that Windows makes itself",
    basis: "inferred",
    source: "Microsoft KB3042780 and KB2531138",
    remedies: [
      "clear-bound-thumbprint",
      "bind-new-certificate",
      "grant-key-read",
      "xrdp-new-certificate",
      "server-of-which-program",
      "gnome-new-certificate",
      "weston-tls",
      "freerdp-new-certificate",
    ],
  },
  {
    code: "clock-wrong",
    title: "a clock is wrong, here or on the server",
    about:
      "Certificates and Kerberos hold dates against the clock: mstsc then shows 0x1b07 or 0x1d07. Virtual machines that were paused or restored are prone to it.",
    verdicts: ["certificate-not-yet-valid", "certificate-expired"],
    signs: [
      {
        likelihood: "likely",
        when: "the server's clock, as NTLM shows it, differs by more than five minutes",
        seen: (material) =>
          clockDiffers(material) ? "the server's own clock differs from this machine's" : null,
      },
      {
        likelihood: "likely",
        when: "the certificate's validity has not begun",
        seen: isVerdict(
          "certificate-not-yet-valid",
          "a certificate whose validity has not begun was made under another clock",
        ),
      },
      {
        likelihood: "unlikely",
        when: "the certificate expired, and NTLM shows the right time",
        seen: ifExpired(
          ({ ntlm }) => ntlm?.clockSkewMs != null,
          "the server's clock agrees with this machine's",
        ),
      },
    ],
    findings: [{ code: "clock-skew", likelihood: "certain" }],
    against: "the time in the NTLM challenge agrees with this machine's",
    basis: "documented",
    source: "mstsc's texts for 0x1b07 and 0x1d07; RFC 4120 7.5.6",
    remedies: ["check-clocks"],
  },
  {
    code: "certificate-issued-ahead",
    title: "the certificate was issued ahead of time",
    about: "An authority gave it a validity that begins later; it works from then on.",
    verdicts: ["certificate-not-yet-valid"],
    signs: [
      {
        likelihood: "possible",
        when: "the certificate's validity has not begun",
        seen: isVerdict("certificate-not-yet-valid", "an authority may have issued it for a later day"),
      },
    ],
    findings: [],
    against: "the certificate is the one that Windows makes itself, whose validity begins when it is made",
    basis: "inferred",
    source: "RFC 5280 4.1.2.5",
    remedies: ["rebuild-rdp-certificate", "bind-new-certificate"],
  },
  {
    code: "computer-renamed",
    title: "the computer was renamed, and its certificate has the old name",
    about:
      "The certificate is made for the name of its day. After a renaming or a cloned image it stays, and its key may not be renewed; the one first-hand cure of 0x904 / 0x7 was such a case.",
    verdicts: [],
    signs: [],
    findings: [{ code: "certificate-not-for-this-computer", likelihood: "likely" }],
    against: "the certificate's name is the one in the NTLM challenge",
    basis: "reported",
    source: "a first-hand report of 0x904 / 0x7 (Qiita, mtmana); a cross-check of certificate and NTLM names",
    remedies: ["rebuild-rdp-certificate", "machine-keys-permissions", "replace-rdp-key-container"],
  },
  {
    code: "certificate-unfit",
    title: "the certificate's key or hash is too weak for clients",
    about:
      "Its key is shorter than Windows takes, or it is signed with a hash that is broken: clients refuse it or warn of it. Since Windows 11 24H2 clients also refuse RSA keys under 2048 bits of public authorities; self-signed certificates and those of an enterprise's own authority are exempt.",
    verdicts: [],
    signs: [],
    findings: [
      { code: "certificate-key-refused", likelihood: "certain" },
      { code: "certificate-hash-weak", likelihood: "likely" },
    ],
    against: "a client of the same kind gets in without a warning",
    basis: "documented",
    source: "Microsoft KB2661254 on RSA keys; techcommunity 4134028 on 2048 bits",
    remedies: ["rebuild-rdp-certificate", "bind-new-certificate"],
  },
  {
    code: "issued-certificate-unfit",
    title: "the issued certificate or its chain does not suit a server",
    about:
      "Its usage is not for servers or excludes the key exchange, or its chain is out of order or longer than Windows takes.",
    verdicts: [],
    signs: [],
    findings: [
      { code: "certificate-not-for-servers", likelihood: "likely" },
      { code: "certificate-key-usage", likelihood: "likely" },
      { code: "chain-too-long", likelihood: "likely" },
      { code: "chain-out-of-order", likelihood: "possible" },
    ],
    against: "a client of the same kind gets in without a warning",
    basis: "documented",
    source: "Microsoft, TLS registry settings on message limits, and KB2000960 on key usage",
    remedies: ["bind-new-certificate", "rebuild-rdp-certificate"],
  },
  {
    code: "template-enrolment-fails",
    title: "Group Policy's certificate template gives the server no certificate that it can use",
    about:
      "With a template in Group Policy the server has its certificate issued by itself. Where the name in it is not the computer's (event 1062), or none is issued (1064, 1065: the template's name, the Enroll right, a template that no authority issues), Windows answers with its own certificate. Where the template's name and display name differ, a new one is issued twice a day (1063).",
    verdicts: ["certificate-expired"],
    signs: [
      {
        likelihood: "possible",
        when: "the expired certificate was issued by an authority",
        seen: ifExpired(
          (material) => !isSelfSigned(material),
          "an authority issued it; from a template it would have been renewed",
        ),
      },
    ],
    findings: [{ code: "certificate-fell-back", likelihood: "possible" }],
    against: "no policy sets CertTemplateName",
    basis: "documented",
    source: "Microsoft TechNet on events 1062 and 1064; KB2531138",
    remedies: ["check-certificate-template", "bind-new-certificate"],
  },
  {
    code: "farm-members-differ",
    title: "several machines answer at this one address, and they differ",
    about:
      "A load balancer hands connections to members with certificates of their own; one bad member makes it come and go.",
    verdicts: [],
    signs: [],
    findings: [
      { code: "certificate-differs-between-connections", likelihood: "likely" },
      { code: "routing-changes-answer", likelihood: "possible" },
      { code: "farm-member-bad", likelihood: "certain" },
      { code: "several-machines", likelihood: "possible" },
    ],
    against: "twenty connections show one and the same certificate",
    basis: "inferred",
    source: "different certificates on consecutive connections",
    remedies: ["probe-again", "check-front-device"],
  },
]);
