/** What a server takes, version by version: the answers of an enumeration, gathered. */
import { cipherSuite } from "../../tls/tables/cipher-suites.ts";
import { TLS_VERSIONS, type TlsVersionName } from "../../tls/tables/versions.ts";
import type { CertificateFacts } from "../../x509/certificate-facts.ts";
import { type AskedQuestion, suiteChoices } from "./enumeration-answer.ts";
import { groupsChosen, hasAllGroups } from "./enumeration-groups.ts";
import { decidesOrder, hasAllSuites, refusalAlert } from "./enumeration-plan.ts";

export interface AcceptedSuite {
  readonly code: number;
  /** Size of the prime where the suite runs a finite-field exchange of the server's own, else null. */
  readonly dhBits: number | null;
}

export interface VersionSupport {
  /** In the server's order of preference; in the order of the hello where the server follows that. */
  readonly accepted: readonly AcceptedSuite[];
  /** Whether the server's order decides; null where there are no two suites, or the server did not say. */
  readonly serverPreference: boolean | null;
  /** Codes of NAMED_GROUPS that its suites run in; before TLS 1.3 one list stands for all versions. */
  readonly groups: readonly number[];
  readonly groupsComplete: boolean;
  /** Whether all suites that are not in `accepted` were refused; silence is no refusal. */
  readonly complete: boolean;
  /** The alert that the last hello was refused with; null where it was RST, FIN, or an older version. */
  readonly refusalAlert: number | null;
}

export interface TlsSupport {
  readonly versions: Readonly<Record<TlsVersionName, VersionSupport>>;
  /** Every leaf certificate that was shown in the clear, each once. */
  readonly certificates: readonly CertificateFacts[];
}

/** What the answers so far say. */
export const tlsSupport = (asked: readonly AskedQuestion[]): TlsSupport => {
  const [ssl3, tls10, tls11, tls12, tls13] = TLS_VERSIONS;
  const of = ({ code }: { readonly code: number }) => versionSupport(code, asked);
  return {
    versions: {
      [ssl3.name]: of(ssl3),
      [tls10.name]: of(tls10),
      [tls11.name]: of(tls11),
      [tls12.name]: of(tls12),
      [tls13.name]: of(tls13),
    },
    certificates: certificatesSeen(asked),
  };
};

const versionSupport = (version: number, asked: readonly AskedQuestion[]): VersionSupport => {
  const accepted = suiteChoices(version, asked).map(({ suite, dhBits }) => ({ code: suite, dhBits }));
  const hasGroups = accepted.some(({ code }) => {
    const exchange = cipherSuite(code)?.keyExchange;
    return exchange === "ecdhe" || exchange === "any";
  });
  return {
    accepted,
    serverPreference: decidesOrder(version, asked),
    groups: hasGroups ? groupsChosen(version, asked) : [],
    groupsComplete: !hasGroups || hasAllGroups(version, asked),
    complete: hasAllSuites(version, asked),
    refusalAlert: refusalAlert(version, asked),
  };
};

const certificatesSeen = (asked: readonly AskedQuestion[]): readonly CertificateFacts[] => {
  const bySha256 = new Map<string, CertificateFacts>();
  for (const { answer } of asked) {
    if (answer.kind !== "choice" || answer.certificate === null) continue;
    bySha256.set(answer.certificate.sha256, answer.certificate);
  }
  return [...bySha256.values()];
};
