/**
 * What a client and a server would agree on, from what each of them takes (facts: versions, suites, the
 * certificate's kind, groups, signature schemes, key sizes). The first step that leaves nothing is the reason.
 */
import type { AcceptedSuite, TlsSupport, VersionSupport } from "../../handshake/enumeration/tls-support.ts";
import { type CipherSuite, cipherSuite } from "../../tls/tables/cipher-suites.ts";
import type { ClientProfile } from "../../tls/profiles/client-profile.ts";
import { groupName, NAMED_GROUPS } from "../../tls/tables/named-groups.ts";
import { TLS_VERSION, TLS_VERSIONS, type TlsVersionName, tlsVersionCode } from "../../tls/tables/versions.ts";
import type { CertificateFacts } from "../../x509/certificate-facts.ts";
import { leafFor, objection } from "./client-demands.ts";
import { type Agreement, disagreement } from "./client-outcomes.ts";
import { signingSchemes } from "../rules/signing-schemes.ts";
import { someOf, suiteText, versionText } from "../result/tls-names.ts";

/** What is known of a server. */
export interface ServerMeasurement {
  readonly support: TlsSupport;
  /** The leaf certificate of a session, for where no hello showed one; null where there is none. */
  readonly certificate: CertificateFacts | null;
}

/** The agreement; `unknown` where the measurement is not complete enough to say. */
export const computedAgreement = (profile: ClientProfile, server: ServerMeasurement): Agreement => {
  const version = sharedVersion(profile, server.support);
  if (typeof version !== "string") return version;
  const support = server.support.versions[version];
  let suites = support.accepted.filter(({ code }) => profile.cipherSuites.includes(code));
  if (suites.length === 0) return noSharedSuite(version, support);
  for (const step of [withGroup, withSignature]) {
    const left = step(suites, { profile, version, support, certificates: certificatesOf(server) });
    if ("outcome" in left) return left;
    suites = [...left];
  }
  return agreedOn(suites, profile, version, server);
};

export const certificatesOf = ({ support, certificate }: ServerMeasurement): readonly CertificateFacts[] =>
  support.certificates.length > 0 || certificate === null ? support.certificates : [certificate];

interface Step {
  readonly profile: ClientProfile;
  readonly version: TlsVersionName;
  readonly support: VersionSupport;
  readonly certificates: readonly CertificateFacts[];
}

const unknown = (why: string): Agreement => disagreement("unknown", why);

/** The newest version that both have: a server does not go back to an older one for want of a suite. */
const sharedVersion = (profile: ClientProfile, support: TlsSupport): TlsVersionName | Agreement => {
  for (const { name, code } of TLS_VERSIONS.toReversed()) {
    if (!offersVersion(profile, code)) continue;
    const { accepted, complete, refusalAlert } = support.versions[name];
    if (accepted.length > 0) return name;
    if (!complete) return unknown(`whether the server takes ${versionText(name)} is not known`);
    if (code >= TLS_VERSION.tls13 && refusalAlert === HANDSHAKE_FAILURE && !isBarren(support)) {
      return unknown(
        `${versionText(name)} alone meets handshake_failure: the server may select it and have nothing to go on with`,
      );
    }
  }
  const taken = TLS_VERSIONS.filter(({ name }) => support.versions[name].accepted.length > 0);
  const newest = taken.at(-1);
  if (newest !== undefined) {
    const versions = taken.map(({ name }) => versionText(name)).join(", ");
    return disagreement(
      "no-shared-tls-version",
      `the server takes ${versions} and nothing else; this client has ${rangeText(profile)}`,
    );
  }
  if (Object.values(support.versions).some(({ complete }) => !complete)) {
    return unknown("what the server takes is not known");
  }
  return nothingTaken(profile, support);
};

/**
 * To TLS 1.3 alone it says that the server has 1.3 and nothing to go on with, and so fails whoever offers it; or
 * that a server that never heard of 1.3 found no suite of its own.
 */
const HANDSHAKE_FAILURE = 40;

const isBarren = ({ versions }: TlsSupport): boolean =>
  Object.values(versions).every(({ accepted }) => accepted.length === 0);

/** A server that lacks the version says protocol_version; handshake_failure says that it only lacks a suite. */
const nothingTaken = (profile: ClientProfile, support: TlsSupport): Agreement => {
  const lacking = TLS_VERSIONS.filter(
    ({ name, code }) =>
      offersVersion(profile, code) && support.versions[name].refusalAlert === HANDSHAKE_FAILURE,
  );
  const newest = lacking.at(-1);
  return newest === undefined
    ? disagreement("refused", "the server refuses every ClientHello, whatever it offers")
    : disagreement(
        "no-shared-cipher",
        `in ${versionText(newest.name)} the server answers every suite with handshake_failure: it has none that its own certificate and settings allow`,
      );
};

const offersVersion = ({ supportedVersions, minVersion, maxVersion }: ClientProfile, code: number): boolean =>
  supportedVersions?.includes(code) ?? (code >= minVersion && code <= maxVersion);

const rangeText = (profile: ClientProfile): string => {
  const names = TLS_VERSIONS.filter(({ code }) => offersVersion(profile, code)).map(({ name }) => name);
  const [oldest, newest] = [names[0], names.at(-1)];
  if (oldest === undefined || newest === undefined) return "none";
  return oldest === newest
    ? `${versionText(oldest)} alone`
    : `${versionText(oldest)} to ${versionText(newest)}`;
};

const noSharedSuite = (version: TlsVersionName, { accepted, complete }: VersionSupport): Agreement =>
  complete
    ? disagreement("no-shared-cipher", `${whatIsTaken(version, accepted)}; this client offers none of them`)
    : unknown(`not all suites that the server takes in ${versionText(version)} are known`);

/** Says what the suites have in common where that is what is wrong with them. */
const whatIsTaken = (version: TlsVersionName, accepted: readonly AcceptedSuite[]): string => {
  const suites = accepted.map(({ code }) => cipherSuite(code));
  const taken = `in ${versionText(version)} the server takes`;
  const kind = KINDS.find(({ holds }) => suites.every((suite) => suite !== null && holds(suite)));
  const names = someOf(accepted.map(({ code }) => suiteText(code)));
  return kind === undefined ? `${taken} ${names}` : `${taken} ${kind.text} alone (${names})`;
};

const KINDS: readonly { readonly text: string; readonly holds: (suite: CipherSuite) => boolean }[] = [
  { text: "NULL suites, which do not encrypt,", holds: ({ cipher }) => cipher === "NULL" },
  {
    text: "anonymous suites, which show no certificate,",
    holds: ({ authentication }) => authentication === "anon",
  },
  { text: "export suites of 40 or 56 bits", holds: ({ isExport }) => isExport },
  { text: "RC4 suites", holds: ({ weak }) => weak === "rc4" },
  { text: "3DES suites", holds: ({ weak }) => weak === "3des" },
  { text: "DES suites", holds: ({ weak }) => weak === "des" },
];

type Left = readonly AcceptedSuite[] | Agreement;

const withGroup = (suites: readonly AcceptedSuite[], step: Step): Left => {
  const { profile, version, support } = step;
  const shared = support.groups.filter((group) => profile.groups.includes(group));
  if (shared.length === 0 && !support.groupsComplete && suites.some(({ code }) => runsInGroup(code))) {
    return unknown(`not all groups that the server takes in ${versionText(version)} are known`);
  }
  const left = suites.filter(({ code }) => !runsInGroup(code) || (shared.length > 0 && hasCurve(code, step)));
  if (left.length > 0) return left;
  const names = someOf(support.groups.map((group) => groupName(group) ?? String(group)));
  const why =
    shared.length === 0
      ? `the server's groups are ${names}; this client offers none of them`
      : "this client does not offer the curve of the server's certificate";
  return disagreement("no-shared-group", why);
};

const runsInGroup = (code: number): boolean => {
  const exchange = cipherSuite(code)?.keyExchange;
  return exchange === "ecdhe" || exchange === "any";
};

/** Up to TLS 1.2 the curve of an EC certificate is to be among the client's groups (RFC 8422 5.1). */
const hasCurve = (code: number, { profile, version, certificates }: Step): boolean => {
  const suite = cipherSuite(code);
  if (suite?.authentication !== "ecdsa" || tlsVersionCode(version) >= TLS_VERSION.tls13) return true;
  const curve = leafFor(suite, certificates)?.key?.curve ?? null;
  const group = NAMED_GROUPS.find(({ name }) => name === curve);
  return group === undefined || profile.groups.includes(group.code);
};

const withSignature = (suites: readonly AcceptedSuite[], step: Step): Left => {
  const { profile, version, certificates } = step;
  if (tlsVersionCode(version) < TLS_VERSION.tls12) return suites;
  const verdicts = suites.map((suite) => ({ suite, ...canSign(suite.code, step) }));
  const left = verdicts.filter(({ signs }) => signs === true).map(({ suite }) => suite);
  if (left.length > 0) return left;
  if (verdicts.some(({ signs }) => signs === null)) {
    return unknown(
      `what the server signs with in ${versionText(version)} is not known: no certificate was seen`,
    );
  }
  const keys = new Set(certificates.flatMap(({ key }) => (key === null ? [] : [keyText(key)])));
  return disagreement(
    "no-shared-signature-scheme",
    `the certificate's key is ${[...keys].join(" or ")}, and none of the ${profile.signatureAlgorithms.length} signature schemes that this client offers can be made with it`,
  );
};

const keyText = ({ type, bits, curve }: NonNullable<CertificateFacts["key"]>): string => {
  if (type === "ed25519" || type === "ed448") return type === "ed25519" ? "Ed25519" : "Ed448";
  return type === "ec" ? `EC ${curve ?? ""}`.trim() : `${type.toUpperCase()}-${bits ?? "?"}`;
};

/** Null where no certificate is known that would tell. */
const canSign = (
  code: number,
  { profile, version, certificates }: Step,
): { readonly signs: boolean | null } => {
  const suite = cipherSuite(code);
  if (suite === null) return { signs: null };
  const isSigned = suite.authentication !== "anon" && suite.keyExchange !== "rsa";
  if (!isSigned) return { signs: true };
  const key = leafFor(suite, certificates)?.key ?? null;
  if (key === null) return { signs: null };
  const schemes = signingSchemes(key, tlsVersionCode(version));
  return { signs: schemes.some((scheme) => profile.signatureAlgorithms.includes(scheme)) };
};

/** The suite by whoever's order decides, and whether the client then goes on. */
const agreedOn = (
  suites: readonly AcceptedSuite[],
  profile: ClientProfile,
  version: TlsVersionName,
  server: ServerMeasurement,
): Agreement => {
  const { serverPreference } = server.support.versions[version];
  const ordered = serverPreference === false ? byClient(suites, profile) : suites;
  const possible = serverPreference === null ? ordered : ordered.slice(0, 1);
  const certificates = certificatesOf(server);
  const objections = possible.map(({ code, dhBits }) =>
    objection(
      profile,
      { version: tlsVersionCode(version), suite: code, dhBits, securesRenegotiation: null },
      certificates,
    ),
  );
  const [objected] = objections;
  if (objected !== undefined && objected !== null) {
    return objections.every((one) => one !== null)
      ? objected
      : unknown("which suite the server chooses is not known");
  }
  if (objections.some((one) => one !== null)) return unknown("which suite the server chooses is not known");
  const [only, ...others] = possible;
  const suite = only === undefined || others.length > 0 ? null : only.code;
  const order =
    serverPreference === null || suites.length === 1
      ? ""
      : `; the ${serverPreference ? "server" : "client"}'s order decides`;
  const shared = `${suites.length} shared ${suites.length === 1 ? "suite" : "suites"} in ${versionText(version)}`;
  return { outcome: "connects", version, suite, why: `${shared}${order}${weaknessText(suite)}` };
};

const byClient = (
  suites: readonly AcceptedSuite[],
  { cipherSuites }: ClientProfile,
): readonly AcceptedSuite[] =>
  suites.toSorted((a, b) => cipherSuites.indexOf(a.code) - cipherSuites.indexOf(b.code));

/** Whether mstsc asks Schannel to leave them out is not known, so nothing should rest on them. */
export const weaknessText = (code: number | null): string => {
  const weak = code === null ? null : (cipherSuite(code)?.weak ?? null);
  if (weak === null) return "";
  return `; over a weak suite (${weak})${weak === "rc4" || weak === "3des" ? ", which a client may have off" : ""}`;
};
