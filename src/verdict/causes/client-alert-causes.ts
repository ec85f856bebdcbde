/**
 * Why the client of a capture ends the TLS handshake itself. Nothing here speaks of the server's key: a client that
 * sends an alert has had an answer, and says what it dislikes of it.
 */
import { all, byClient, causeTable, hasEvidence, isVerdict, type Sign, type VerdictPlace } from "./cause.ts";

const CUT = ["reset at tls", "closed at tls"] as const satisfies readonly VerdictPlace[];

/** bad_certificate to unknown_ca, and access_denied (RFC 8446 6.2). */
const ABOUT_CERTIFICATE = [42, 43, 44, 45, 46, 48, 49];
/** protocol_version, insufficient_security, inappropriate_fallback. */
const ABOUT_POLICY = [70, 71, 86];
/** What OpenSSL and GnuTLS say where their own rules forbid what was agreed on. */
const OF_OWN_RULES = [40, 70, 71, 80, 86];
/** unexpected_message, bad_record_mac and its kin, illegal_parameter, decode_error, the wrong extension. */
const ABOUT_MESSAGES = [10, 20, 21, 22, 30, 47, 50, 109, 110];
const HANDSHAKE_FAILURE = 40;
const INTERNAL_ERROR = 80;
const USER_CANCELED = 90;

const OLD_VERSIONS = ["ssl3", "1.0", "1.1"];
const OLD_HASHES = ["md5", "sha1"];

/** The client's alert is one of these. */
const clientAlert = (alerts: readonly number[], why: string): Sign["seen"] =>
  all(byClient, hasEvidence("alert", alerts, why));

/** The client's alert, and none that another row has a meaning for. */
const otherAlert =
  (why: string): Sign["seen"] =>
  (material) => {
    const { alert = null, sender } = material.ruling.evidence;
    const isKnown = typeof alert === "number" && MEANT.has(alert);
    return sender === "client" && !isKnown && material.ruling.code === "tls-alert" ? why : null;
  };

const DECRYPT_ERROR = 51;
const MEANT: ReadonlySet<number> = new Set([
  ...ABOUT_CERTIFICATE,
  ...OF_OWN_RULES,
  ...ABOUT_MESSAGES,
  DECRYPT_ERROR,
]);

export const CLIENT_ALERT_CAUSES = causeTable([
  {
    code: "client-demands-secure-renegotiation",
    title: "the server lacks secure renegotiation (RFC 5746), which the client demands",
    about:
      "OpenSSL 3 and others end a handshake of TLS 1.2 or older whose ServerHello has no renegotiation_info. Servers have it since 2010; what lacks it is older, or a device that rewrites the handshake.",
    verdicts: ["tls-alert"],
    signs: [
      {
        likelihood: "likely",
        when: "the client's alert 40, and no renegotiation_info in a ServerHello before TLS 1.3",
        seen: all(
          clientAlert([HANDSHAKE_FAILURE], ""),
          hasEvidence("tlsVersion", ["ssl3", "1.0", "1.1", "1.2"], ""),
          hasEvidence(
            "serverRenegotiationInfo",
            [false],
            "the client's alert 40 follows a ServerHello without renegotiation_info",
          ),
        ),
      },
    ],
    findings: [],
    against: "the ServerHello has renegotiation_info, or selects TLS 1.3",
    basis: "documented",
    source: "RFC 5746 3.4; OpenSSL 3.0's migration guide on SSL_OP_LEGACY_SERVER_CONNECT; Microsoft MS10-049",
    remedies: ["install-updates", "check-front-device"],
  },
  {
    code: "client-policy-refuses-old-tls",
    title: "the client's own policy refuses what the server negotiates",
    about:
      "A client on OpenSSL 3 or under a system-wide crypto policy offers TLS 1.0 and 1.1 or SHA-1 and then ends the handshake that uses them. mstsc may still connect to the same server.",
    verdicts: ["tls-alert"],
    signs: [
      {
        likelihood: "likely",
        when: "a client's alert of its own rules after TLS 1.1 or older",
        seen: all(
          clientAlert(OF_OWN_RULES, ""),
          hasEvidence("tlsVersion", OLD_VERSIONS, "the client ends it after a version older than TLS 1.2"),
        ),
      },
      {
        likelihood: "likely",
        when: "a client's alert of its own rules after a signature with SHA-1 or MD5",
        seen: all(
          clientAlert(OF_OWN_RULES, ""),
          hasEvidence("signatureHash", OLD_HASHES, "the client ends it after a signature with an old hash"),
        ),
      },
      {
        likelihood: "likely",
        when: "the client's alert 70, 71 or 86",
        seen: clientAlert(ABOUT_POLICY, "the client's alert is about the version or the strength"),
      },
      {
        likelihood: "possible",
        when: "the client's alert 40 or 80",
        seen: clientAlert(
          [HANDSHAKE_FAILURE, INTERNAL_ERROR],
          "the client finds nothing that its own rules let it go on with",
        ),
      },
    ],
    findings: [],
    against: "the same client fails at TLS 1.2 with SHA-256 as well",
    basis: "reported",
    source:
      "FreeRDP issues 8412, 8445, 9879, 10804 and 11039: TLS 1.0 with SHA-1 against OpenSSL's security level",
    remedies: ["enable-tls12", "install-updates", "xrdp-tls-settings", "try-a-client"],
  },
  {
    code: "client-rejects-certificate",
    title: "the client does not accept the server's certificate",
    about:
      "The client ended the handshake: its alert says what it dislikes, or it closed where it would show its warning.",
    verdicts: ["tls-alert", ...CUT],
    signs: [
      {
        likelihood: "likely",
        when: "the client's alert is about the certificate",
        seen: clientAlert(ABOUT_CERTIFICATE, "the client's own alert is about the certificate"),
      },
      {
        likelihood: "possible",
        when: "the client leaves after the server's hello or certificate, and without an alert",
        seen: (material) =>
          CUT.some((place) => isVerdict(place, "")(material) !== null)
            ? all(
                byClient,
                hasEvidence(
                  "after",
                  ["server-hello", "certificate"],
                  "the client left once it had the server's certificate",
                ),
              )(material)
            : null,
      },
      {
        likelihood: "possible",
        when: "the client's user ends it (alert 90)",
        seen: clientAlert([USER_CANCELED], "somebody ended it at the client, perhaps at its warning"),
      },
      {
        likelihood: "possible",
        when: "the client's alert cannot be read, or has no other meaning here",
        seen: otherAlert("it is the client that ends the handshake"),
      },
    ],
    findings: [],
    against: "the server ends the connection",
    basis: "documented",
    source: "RFC 8446 6.2 on alerts 42 to 49",
    remedies: ["trust-certificate", "bind-new-certificate"],
  },
  {
    code: "server-flight-wrong",
    title: "the client finds an error in the server's handshake messages",
    about:
      "A parameter that was not offered, a message that is missing or out of its order, or bytes that were changed on the way: the client says which kind by its alert.",
    verdicts: ["tls-alert"],
    signs: [
      {
        likelihood: "likely",
        when: "the client's alert is about a message (10, 20 to 22, 30, 47, 50, 109, 110)",
        seen: clientAlert(ABOUT_MESSAGES, "the client's alert is about a message of the server"),
      },
      {
        likelihood: "possible",
        when: "the client's alert 40",
        seen: clientAlert([HANDSHAKE_FAILURE], "a certificate list without a certificate ends like this too"),
      },
    ],
    findings: [],
    against: "another client completes the handshake with the same server",
    basis: "documented",
    source: "RFC 8446 6.2; xfreerdp's alerts 47 and 40 to suites that were not offered and to an empty list",
    remedies: ["check-front-device", "exempt-from-inspection", "probe-again"],
  },
]);
