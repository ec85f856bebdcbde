/** What tells servers on FreeRDP's library apart: the library writes the negotiation, the program chooses its flags. */
import type { CertificateFacts } from "../../x509/certificate-facts.ts";
import { PROTOCOL } from "../../x224/protocols.ts";
import { FLAG, hasReference, type Observation, responseOf } from "./observation.ts";

const LIBRARY_REFERENCE = 0;
const isLibrary = hasReference(LIBRARY_REFERENCE);

const DAY_MS = 86_400_000;

const daysOf = ({ notBefore, notAfter }: CertificateFacts): number | null =>
  notBefore === null || notAfter === null ? null : (notAfter.getTime() - notBefore.getTime()) / DAY_MS;

/** winpr-makecert -rdp -y 5: one CN, five years, for servers alone. */
const looksMadeByWinpr = (leaf: CertificateFacts): boolean =>
  leaf.selfSigned === true &&
  leaf.singleCommonName &&
  leaf.subjectAltNames.length === 0 &&
  leaf.extendedKeyUsage?.join() === "serverAuth" &&
  Math.round(daysOf(leaf) ?? 0) === 5 * 365;

/** GNOME Settings: C=US, CN=GNOME; the order in the text is the encoder's. */
const looksMadeByGnome = ({ selfSigned, subject }: CertificateFacts): boolean =>
  selfSigned === true && subject?.split(",").toSorted().join() === "C=US,CN=GNOME";

/** openssl req -batch -days 1, with OpenSSL's own default name. */
const looksMadeByKde = (leaf: CertificateFacts): boolean =>
  leaf.selfSigned === true &&
  leaf.subject?.includes("O=Internet Widgits Pty Ltd") === true &&
  Math.round(daysOf(leaf) ?? 0) === 1;

export const FREERDP_OBSERVATIONS: readonly Observation[] = [
  {
    implementation: "freerdp",
    what: "the Connection Confirm has the source reference 0 and negotiation data",
    source:
      "FreeRDP 2.11's shadow server, weston 10 and gnome-remote-desktop 43, measured; the library writes it",
    seen: (answer) => isLibrary(answer) && answer.confirm.negotiation !== null,
  },
  {
    implementation: "weston",
    what: "source reference 0, and a response without the flag of the graphics pipeline or CredSSP",
    source: "weston 10, measured; FreeRDP's shadow server, GNOME's and KDE's set the flag",
    seen: (answer) => {
      const response = responseOf(answer);
      return (
        isLibrary(answer) &&
        response?.flags === FLAG.extendedClientData &&
        (response.selectedProtocol === PROTOCOL.ssl || response.selectedProtocol === PROTOCOL.rdp)
      );
    },
  },
  {
    implementation: "gnome-remote-desktop",
    what: "source reference 0, and the certificate is one that GNOME Settings makes (C=US, CN=GNOME)",
    source: "gnome-control-center, cc-tls-certificate.c; gnome-remote-desktop 43 with such a one, measured",
    seen: (answer) => isLibrary(answer) && answer.leaf !== null && looksMadeByGnome(answer.leaf),
  },
  {
    implementation: "gnome-remote-desktop",
    what: "source reference 0, CredSSP alone, and a certificate that is neither FreeRDP's own nor KDE's",
    source: "gnome-remote-desktop 43, measured; FreeRDP's shadow server makes its own certificate",
    seen: (answer, all) =>
      isLibrary(answer) &&
      responseOf(answer)?.selectedProtocol === PROTOCOL.hybrid &&
      responseOf(answer)?.flags === (FLAG.extendedClientData | FLAG.graphicsPipeline) &&
      answer.leaf !== null &&
      !looksMadeByWinpr(answer.leaf) &&
      !looksMadeByKde(answer.leaf) &&
      all.some(
        ({ confirm: { negotiation } }) =>
          negotiation?.type === "failure" && negotiation.failureCode === HYBRID_REQUIRED,
      ),
  },
  {
    implementation: "krdp",
    what: "source reference 0, and a certificate of one day with OpenSSL's default name",
    source: "KDE's krdp, kcmkrdpserver.cpp; not measured here: Debian 12 has no krdp",
    seen: (answer) => isLibrary(answer) && answer.leaf !== null && looksMadeByKde(answer.leaf),
  },
];

/** [MS-RDPBCGR] 2.2.1.2.2, HYBRID_REQUIRED_BY_SERVER. */
const HYBRID_REQUIRED = 5;
