/** Why the TLS handshake is not taken: keys, versions, suites, and what stands on the way. */
import {
  all,
  byServer,
  causeTable,
  hasCount,
  hasEvidence,
  isVerdict,
  reads,
  readsAs,
  resetOf,
  withoutReading,
} from "./cause.ts";
import { resetSender } from "./reset-sender.ts";
import { CUT, cutAtHello, isFromDevice } from "./tls-signs.ts";

export const TLS_CAUSES = causeTable([
  {
    code: "tls-policy-leaves-nothing",
    title: "a policy leaves the server no TLS version or suite that it can use (36871, 36874)",
    about:
      "Every version is off for servers under SCHANNEL\\Protocols, by a hardening tool or by an Enabled that is not written as Windows reads it, or no suite that is left fits the certificate's key. From outside it looks just like a key that cannot be read: the event at that second decides, 36871 or 36874 and not 36870.",
    verdicts: CUT,
    signs: [
      {
        likelihood: "likely",
        when: "every hello fails the same way, whatever it offers, while the Connection Confirm selects TLS",
        seen: readsAs("all-alike", "a server without a usable TLS version or suite ends every hello alike"),
      },
      {
        likelihood: "unlikely",
        when: "a captured reset is a device's and not the server's",
        seen: isFromDevice("the reset does not come from the server"),
      },
      {
        likelihood: "possible",
        when: "the handshake is cut right after the ClientHello, and no other hello was tried",
        seen: cutAtHello("Windows resets where a policy leaves it no version or suite"),
      },
    ],
    findings: [],
    against: "event 36870 at the time of the probe, or any hello that is answered",
    basis: "reported",
    source: "Microsoft on events 36871 and 36874; FreeRDP issue 2591 and teleport issue 13059 on resets",
    remedies: ["read-schannel-events", "enable-tls12", "enable-cipher-suites"],
  },
  {
    code: "security-device",
    title: "a firewall, IPS or security software cuts or swallows the handshake",
    about:
      "What inspects the connection, on the server or on the way, lets TCP through and ends or holds the handshake: at the request, at the ClientHello, or at the server's answer.",
    verdicts: [
      ...CUT,
      "timeout at tls",
      "reset at negotiation",
      "closed at negotiation",
      "malformed at tls",
      "unreachable",
    ],
    signs: [
      {
        likelihood: "unlikely",
        when: "a captured reset has all marks of the server itself",
        seen: (material) => {
          const reset = resetOf(material);
          return reset !== null && resetSender(reset, "device").likelihood === "unlikely"
            ? "the reset has the marks of the host itself"
            : null;
        },
      },
      {
        likelihood: "possible",
        when: "every hello is cut, whatever it offers",
        seen: readsAs("all-alike", "a device that cuts every TLS handshake looks the same from outside"),
      },
      {
        likelihood: "possible",
        when: "another hello with the same parameters is answered",
        seen: reads("only-widest"),
      },
      {
        likelihood: "possible",
        when: "the server's answer, or every hello, is lost",
        seen: all(
          reads("answer-cut-short", "long-answer-lost", "never-answered"),
          () => "an inspecting device may hold the hello or the answer back",
        ),
      },
      {
        likelihood: "possible",
        when: "the connection is reset at the Connection Request",
        seen: isVerdict("reset at negotiation", "TCP is let through, and the first bytes of RDP are cut"),
      },
      {
        likelihood: "possible",
        when: "the connection is closed at the Connection Request",
        seen: isVerdict("closed at negotiation", "TCP is let through, and the first bytes of RDP end it"),
      },
      {
        likelihood: "possible",
        when: "the handshake is cut right after the ClientHello, and no other hello was tried",
        seen: cutAtHello("cut right after the ClientHello, which is what devices inspect"),
      },
      {
        likelihood: "possible",
        when: "what answers the ClientHello is no TLS",
        seen: isVerdict(
          "malformed at tls",
          "a device that answers in the server's place does not always speak TLS",
        ),
      },
      {
        likelihood: "possible",
        when: "no answer comes to the ClientHello",
        seen: withoutReading("timeout at tls", "an inspecting device may hold the hello or the answer back"),
      },
    ],
    findings: [
      { code: "reset-without-effect", likelihood: "likely" },
      { code: "layer-not-answered", likelihood: "possible" },
    ],
    against: "a probe on the server itself, or from its segment, fails the same way",
    basis: "reported",
    source: "pages on 0x904 name several products; resets in captures with the traits of a device",
    remedies: ["exempt-from-inspection", "check-front-device"],
  },
  {
    code: "bound-certificate-key-unreadable",
    title: "NETWORK SERVICE may not read the certificate's key",
    about:
      "A certificate of a CA was bound to the listener; its key is readable to Administrators and not to NETWORK SERVICE, under which TermService runs. When the service starts Windows falls back to its own certificate (event 1055): it cuts the handshake only where the rights changed since.",
    verdicts: [...CUT, "no-server-certificate"],
    signs: [
      {
        likelihood: "unlikely",
        when: "a captured reset is a device's and not the server's",
        seen: isFromDevice("the reset does not come from the server"),
      },
      {
        likelihood: "unlikely",
        when: "every hello fails the same way, whatever it offers",
        seen: readsAs("all-alike", "with a certificate of a CA: its key may be closed to NETWORK SERVICE"),
      },
      {
        likelihood: "possible",
        when: "failure 3: no certificate that can be used",
        seen: isVerdict(
          "no-server-certificate",
          "with a certificate of a CA: its key may be closed to NETWORK SERVICE",
        ),
      },
      {
        likelihood: "unlikely",
        when: "the handshake is cut right after the ClientHello, and no other hello was tried",
        seen: cutAtHello("with a certificate of a CA: its key may be closed to NETWORK SERVICE"),
      },
    ],
    findings: [{ code: "certificate-fell-back", likelihood: "possible" }],
    against: "the listener has no bound certificate (SSLCertificateSHA1Hash)",
    basis: "inferred",
    source:
      "Microsoft KB3042780; event 1055, by which Windows falls back to its own certificate when it starts",
    remedies: ["clear-bound-thumbprint", "grant-key-read"],
  },
  {
    code: "bound-thumbprint-gone",
    title: "the certificate that the listener is bound to is gone",
    about:
      "SSLCertificateSHA1Hash names a certificate that was deleted or renewed under another thumbprint. Microsoft documents that Windows then falls back to its self-signed certificate (events 1051, 1059): what shows is another certificate than the expected one, and as a rule no reset.",
    verdicts: [...CUT, "no-server-certificate"],
    signs: [
      {
        likelihood: "unlikely",
        when: "a captured reset is a device's and not the server's",
        seen: isFromDevice("the reset does not come from the server"),
      },
      {
        likelihood: "possible",
        when: "failure 3: no certificate that can be used",
        seen: isVerdict("no-server-certificate", "Windows falls back to its own certificate as a rule"),
      },
      {
        likelihood: "unlikely",
        when: "every hello fails the same way, whatever it offers",
        seen: readsAs("all-alike", "Windows falls back to its own certificate as a rule"),
      },
      {
        likelihood: "unlikely",
        when: "the handshake is cut right after the ClientHello, and no other hello was tried",
        seen: cutAtHello("Windows falls back to its own certificate as a rule"),
      },
    ],
    findings: [{ code: "certificate-fell-back", likelihood: "likely" }],
    against: "a certificate is shown, and it is the bound one",
    basis: "inferred",
    source:
      "Microsoft TechNet on events 1051, 1055 and 1059, which document the fallback; Win32_TSGeneralSetting",
    remedies: ["clear-bound-thumbprint", "bind-new-certificate"],
  },
  {
    code: "tls13-intolerant",
    title: "TLS 1.3 is forced on where Windows cannot do it (reported of Server 2019)",
    about:
      "These versions have no TLS 1.3; a registry key that turns it on makes Schannel fail at every hello that offers it.",
    verdicts: CUT,
    signs: [
      {
        likelihood: "likely",
        when: "a hello as long with TLS 1.2 alone is answered, one that offers TLS 1.3 is not",
        seen: reads("only-tls12-alone"),
      },
    ],
    findings: [],
    against: "a hello with TLS 1.2 alone fails the same way",
    basis: "reported",
    source: "FreeRDP pull requests 7986 and 7987; Microsoft: TLS 1.3 is not supported there",
    remedies: ["remove-forced-tls13", "read-schannel-events"],
  },
  {
    code: "tls-version-policy",
    title: "client and server have no TLS version in common",
    about:
      "A hardened server lacks what an old client has, or an old server what a new client asks for; on Windows SCHANNEL\\Protocols turns versions on and off (events 36871 and 36874).",
    verdicts: ["no-shared-tls-version", ...CUT],
    signs: [
      {
        likelihood: "certain",
        when: "another hello is answered with a version that the client does not have",
        seen: reads("other-version"),
      },
      {
        likelihood: "likely",
        when: "alert 70, protocol_version",
        seen: hasEvidence("alert", [70], "the server says so: alert 70, protocol_version"),
      },
      {
        likelihood: "likely",
        when: "the server selects a version that was not offered",
        seen: isVerdict(
          "no-shared-tls-version",
          "the server selects a version that the client did not offer",
        ),
      },
      {
        likelihood: "unlikely",
        when: "hellos of every version fail the same way",
        seen: readsAs("all-alike", "hellos with TLS 1.2 alone and TLS 1.0 alone fail the same way"),
      },
      {
        likelihood: "possible",
        when: "the handshake is cut right after the ClientHello, and no other hello was tried",
        seen: cutAtHello("Windows is known to reset where it finds no version in common"),
      },
    ],
    findings: [{ code: "tls-version-old", likelihood: "likely" }],
    against: "a hello with every version fails the same way",
    basis: "documented",
    source: "RFC 5246 7.2.2; Microsoft on TLS registry settings and events 36871, 36874",
    remedies: ["enable-tls12", "read-schannel-events", "xrdp-tls-settings"],
  },
  {
    code: "cipher-policy",
    title: "client and server have no cipher suite in common",
    about:
      "Hardening tools and the policy for the order of suites cut the server's list down; old Windows has no ECDHE_RSA with GCM (event 36874).",
    verdicts: ["no-shared-cipher", ...CUT],
    signs: [
      {
        likelihood: "certain",
        when: "a hello that offers every suite is answered with one that the client does not have",
        seen: reads("other-suite", "other-group"),
      },
      {
        likelihood: "possible",
        when: "alert 40 or 71 to every hello that was tried",
        seen: all(hasEvidence("alert", [40, 71], ""), ({ ruling }) =>
          ruling.reading === undefined ? "the server finds nothing acceptable in the ClientHello" : null,
        ),
      },
      {
        likelihood: "unlikely",
        when: "a hello that offers every suite fails the same way",
        seen: readsAs("all-alike", "a hello that offers every suite fails the same way"),
      },
      {
        likelihood: "possible",
        when: "the handshake is cut right after the ClientHello, and no other hello was tried",
        seen: cutAtHello("Windows is known to reset where it finds no suite in common"),
      },
    ],
    findings: [],
    against: "a hello that offers every suite fails the same way",
    basis: "documented",
    source: "Microsoft on event 36874; RFC 5246 7.2.2",
    remedies: ["enable-cipher-suites", "read-schannel-events", "xrdp-tls-settings"],
  },
  {
    code: "signature-policy",
    title: "no Windows client takes the certificate's kind of signature",
    about:
      "An Ed25519 or another certificate needs a signature scheme that Schannel's clients do not offer. ML-DSA, which AD CS can issue since May 2026, is one as well.",
    verdicts: ["no-shared-cipher"],
    signs: [
      {
        likelihood: "certain",
        when: "the same hello with every signature scheme is answered",
        seen: reads("other-signature"),
      },
    ],
    findings: [],
    against: "the certificate's key is RSA, or ECDSA on P-256 or P-384",
    basis: "documented",
    source: "captured ClientHellos of Windows 7 to 11; RFC 8446 4.2.3",
    remedies: ["bind-new-certificate", "rebuild-rdp-certificate"],
  },
  {
    code: "anonymous-suites-only",
    title: "the server has only anonymous suites",
    about:
      "Such suites prove no identity; no Windows client offers one. A mistake in an OpenSSL cipher string is the usual reason.",
    verdicts: ["no-shared-cipher"],
    signs: [
      {
        likelihood: "certain",
        when: "only anonymous suites are accepted",
        seen: reads("anonymous-suites"),
      },
    ],
    findings: [],
    against: "a suite with RSA or ECDSA is accepted",
    basis: "documented",
    source: "RFC 5246 7.4.2 and A.5",
    remedies: ["enable-cipher-suites", "xrdp-tls-settings"],
  },
  {
    code: "null-suites-only",
    title: "the server has only suites without encryption",
    about: "No Windows client offers one. A mistake in an OpenSSL cipher string is the usual reason.",
    verdicts: ["no-shared-cipher"],
    signs: [
      {
        likelihood: "certain",
        when: "only suites without encryption are accepted",
        seen: reads("null-suites"),
      },
    ],
    findings: [],
    against: "a suite with encryption is accepted",
    basis: "documented",
    source: "RFC 5246 A.5; Microsoft's list of suites per Windows version",
    remedies: ["enable-cipher-suites", "xrdp-tls-settings"],
  },
  {
    code: "suites-do-not-fit-certificate",
    title: "none of the server's suites fits its certificate",
    about:
      "Suites for an ECDSA key with an RSA certificate, or the other way round: the server has both and can use neither.",
    verdicts: ["no-shared-cipher", ...CUT],
    signs: [
      {
        likelihood: "likely",
        when: "even a hello that offers every suite is refused with an alert",
        seen: reads("refuses-all"),
      },
      {
        likelihood: "possible",
        when: "every hello is cut, whatever it offers",
        seen: readsAs(
          "all-alike",
          "Windows resets, instead of an alert, where no suite fits its certificate",
        ),
      },
      {
        likelihood: "possible",
        when: "alert 40 in a capture",
        seen: all(hasEvidence("alert", [40], ""), ({ ruling }) =>
          ruling.reading === undefined ? "the server finds nothing acceptable in the ClientHello" : null,
        ),
      },
    ],
    findings: [],
    against: "some hello is answered with a certificate",
    basis: "documented",
    source: "RFC 5246 7.4.2; sslyze issue 463; FreeRDP issue 2591 and teleport issue 13059 on resets",
    remedies: [
      "enable-cipher-suites",
      "bind-new-certificate",
      "xrdp-tls-settings",
      "gnome-new-certificate",
      "weston-tls",
      "freerdp-new-certificate",
    ],
  },
  {
    code: "middlebox-hello-size",
    title: "a device in the path drops large ClientHello packets",
    about:
      "The hellos of today's clients are longer than some inspecting devices expect; post-quantum key shares make them longer still.",
    verdicts: [...CUT, "timeout at tls"],
    signs: [
      {
        likelihood: "likely",
        when: "a short ClientHello is answered, and longer ones are not",
        seen: reads("only-short"),
      },
    ],
    findings: [],
    against: "a short hello fails the same way, or the server is probed past the device and takes long ones",
    basis: "inferred",
    source: "field reports of middleboxes and hybrid key shares",
    remedies: ["exempt-from-inspection", "check-path-mtu"],
  },
  {
    code: "middlebox-hello-content",
    title: "a device on the way looks into the ClientHello and cuts it",
    about: "What matches patterns in single packets misses a hello that comes in two.",
    verdicts: CUT,
    signs: [
      {
        likelihood: "likely",
        when: "the same ClientHello is answered when it comes in two segments",
        seen: reads("only-split"),
      },
    ],
    findings: [],
    against: "the hello in two segments fails the same way",
    basis: "inferred",
    source: "the same bytes in another cut are the same to a server's TLS",
    remedies: ["exempt-from-inspection"],
  },
  {
    code: "server-name-refused",
    title: "a device in front of the server does not serve this name",
    about:
      "RDP servers take no notice of the name in a ClientHello (SNI); reverse proxies, load balancers and filters do, and end a handshake whose name they do not know or do not allow.",
    verdicts: [...CUT, "timeout at tls", "tls-alert", "no-shared-cipher", "no-shared-tls-version"],
    signs: [
      {
        likelihood: "likely",
        when: "the same ClientHello is answered without the server's name",
        seen: reads("only-nameless"),
      },
    ],
    findings: [{ code: "works-by-address-fails-by-name", likelihood: "likely" }],
    against: "the handshake fails by address as well",
    basis: "inferred",
    source: "RFC 6066 3; Windows' RDP listener has one certificate for every name",
    remedies: ["check-front-device", "check-name"],
  },
  {
    code: "path-mtu",
    title: "large packets are lost on the way (path MTU)",
    about:
      "A tunnel or VPN carries less than both sides think, and the ICMP that would say so is filtered: small answers arrive, and the flight with the certificate does not.",
    verdicts: ["timeout at tls"],
    signs: [
      {
        likelihood: "likely",
        when: "a capture shows bytes that were sent and never acknowledged",
        seen: hasCount("lostBytes", "bytes were sent, in large segments as a rule, and never acknowledged"),
      },
      {
        likelihood: "likely",
        when: "the beginning of the answer comes and the rest does not, or short answers come and long ones do not",
        seen: reads("answer-cut-short", "long-answer-lost"),
      },
      {
        likelihood: "possible",
        when: "no answer to the ClientHello, and no other hello was tried",
        seen: withoutReading("timeout at tls", "a long answer may be lost where short ones arrive"),
      },
      {
        likelihood: "unlikely",
        when: "not even a short answer comes",
        seen: readsAs("never-answered", "a short answer does not come either"),
      },
    ],
    findings: [{ code: "path-mtu", likelihood: "certain" }],
    against: "a hello whose answer is short fails the same way",
    basis: "documented",
    source: "RFC 2923 2.1 on black holes of path MTU discovery",
    remedies: ["check-path-mtu", "probe-again"],
  },
  {
    code: "server-tls-fault",
    title: "the server's TLS fails for a reason of its own",
    about:
      "The handshake had begun, or ends with an alert that says what the server found: Schannel's log at that second has the reason.",
    verdicts: [...CUT, "tls-alert", "malformed at tls", "timeout at tls"],
    signs: [
      {
        likelihood: "likely",
        when: "the server ends the handshake with an alert of its own",
        seen: all(
          isVerdict("tls-alert", ""),
          byServer,
          () => "the server ends the handshake with an alert of its own",
        ),
      },
      {
        likelihood: "likely",
        when: "the handshake ends after the server's own hello or certificate",
        seen: all(
          byServer,
          hasEvidence("after", ["server-hello", "certificate"], "version and suite were agreed on by then"),
        ),
      },
      {
        likelihood: "possible",
        when: "the handshake ends right after the Connection Confirm or in the middle of an answer",
        seen: all(
          byServer,
          hasEvidence(
            "after",
            ["connection-confirm", "partial-answer"],
            "the server gave up before its first answer was whole",
          ),
        ),
      },
      {
        likelihood: "possible",
        when: "the server's bytes are no TLS",
        seen: isVerdict("malformed at tls", "the server selects TLS and then does not speak it"),
      },
    ],
    findings: [{ code: "tls-not-completed", likelihood: "possible" }],
    against: "no Schannel event at the time of the probe",
    basis: "inferred",
    source: "Microsoft on Schannel events 36870 to 36888",
    remedies: ["read-schannel-events", "machine-keys-permissions", "try-a-client"],
  },
]);
