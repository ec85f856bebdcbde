/** What a server takes in each version, as it stands in a result. */
import type { TlsSupport, VersionSupport } from "../../handshake/enumeration/tls-support.ts";
import { cipherSuite, isSuiteOfVersion } from "../../tls/tables/cipher-suites.ts";
import { groupName } from "../../tls/tables/named-groups.ts";
import { WIDEST_PROFILE } from "../../tls/profiles/profile-variants.ts";
import { type TlsVersionName, tlsVersionCode } from "../../tls/tables/versions.ts";
import type { CertificateFacts } from "../../x509/certificate-facts.ts";
import { authenticationOf } from "../clients/client-demands.ts";
import { suiteText } from "./tls-names.ts";

interface VersionSupportReport {
  /** Registered names, in the server's order where `serverPreference`, else in the order of the hello. */
  readonly accepted: readonly string[];
  readonly serverPreference: boolean | null;
  /** Suites of Windows that need a certificate of another kind than the server's: neither taken nor missing. */
  readonly notUsableWithCertificate: readonly string[];
  readonly groups: readonly string[];
  /** False where there may be more groups than the listed ones. */
  readonly groupsComplete: boolean;
  /** Sizes of the primes in finite-field exchanges, in bits, each once. */
  readonly dhBits: readonly number[];
  /** False where a suite that is not listed may be taken all the same: the server kept silent, or time was up. */
  readonly complete: boolean;
}

export type TlsSupportReport = Readonly<Record<TlsVersionName, VersionSupportReport>>;

/** One entry a version, those that are refused included. */
export const tlsSupportReport = ({ versions, certificates }: TlsSupport): TlsSupportReport => {
  const of = (name: TlsVersionName) => versionReport(name, versions[name], certificates);
  return { ssl3: of("ssl3"), "1.0": of("1.0"), "1.1": of("1.1"), "1.2": of("1.2"), "1.3": of("1.3") };
};

const versionReport = (
  name: TlsVersionName,
  support: VersionSupport,
  certificates: readonly CertificateFacts[],
): VersionSupportReport => ({
  accepted: support.accepted.map(({ code }) => suiteText(code)),
  serverPreference: support.serverPreference,
  notUsableWithCertificate:
    support.accepted.length === 0 ? [] : notUsable(name, support, certificates).map(suiteText),
  groups: support.groups.map((group) => groupName(group) ?? `0x${group.toString(16).padStart(4, "0")}`),
  groupsComplete: support.groupsComplete,
  dhBits: [...new Set(support.accepted.flatMap(({ dhBits }) => (dhBits === null ? [] : [dhBits])))],
  complete: support.complete,
});

/** Of the suites that any Windows release has had on, those for a kind of key that no certificate has. */
const notUsable = (
  version: TlsVersionName,
  { accepted }: VersionSupport,
  certificates: readonly CertificateFacts[],
): readonly number[] => {
  const kinds = new Set(certificates.map(authenticationOf));
  const taken = new Set(accepted.map(({ code }) => code));
  if (kinds.size === 0 || kinds.has(null)) return [];
  return WIDEST_PROFILE.cipherSuites.filter((code) => {
    const suite = cipherSuite(code);
    if (suite === null || taken.has(code) || !isSuiteOfVersion(suite, tlsVersionCode(version))) return false;
    return suite.authentication !== "any" && !kinds.has(suite.authentication);
  });
};
