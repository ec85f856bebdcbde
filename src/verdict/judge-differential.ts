/**
 * Rules for a TLS handshake that the server did not take: what the other hellos of the differential say of
 * the reason. A rule speaks only from what was seen; the rest is a likelihood.
 */
import type { ConnectionFacts } from "../handshake/connection-facts.ts";
import { type Differential, isWithinOffer } from "../handshake/differential-plan.ts";
import { type HelloOutcome, helloOutcome } from "../handshake/hello-outcome.ts";
import { cipherSuite } from "../tls/cipher-suites.ts";
import type { ClientProfile } from "../tls/client-profile.ts";
import { tlsVersionName } from "../tls/versions.ts";
import { cause } from "./causes.ts";
import { isOffered, printedVersion } from "./offered-version.ts";
import type { Cause, Evidence } from "./result.ts";
import { type Ruling, ruling } from "./ruling.ts";

export interface DifferentialMaterial {
  readonly main: ConnectionFacts;
  readonly differential: Differential;
  readonly reference: ClientProfile;
  /** What the failing handshake alone says. */
  readonly first: Ruling;
}

type Rule = (material: DifferentialMaterial) => Ruling | null;

/** The ruling with its causes: that of the failing handshake, or the mismatch that the other hellos prove. */
export const judgeDifferential = (material: DifferentialMaterial): Ruling => {
  if (material.differential.size === 0) return material.first;
  for (const rule of RULES) {
    const found = rule(material);
    if (found !== null) return found;
  }
  return material.first;
};

const answered = (
  differential: Differential,
  purpose: Parameters<Differential["get"]>[0],
): ConnectionFacts | null => {
  const facts = differential.get(purpose);
  return facts !== undefined && helloOutcome(facts) === "answered" ? facts : null;
};

/** Every question with its outcome, as evidence. */
const outcomes = ({ main, differential }: DifferentialMaterial): Evidence =>
  Object.fromEntries([
    ["reference", helloOutcome(main)],
    ...[...differential].map(([purpose, facts]) => [purpose, describeOutcome(facts)] as const),
  ]);

const describeOutcome = (facts: ConnectionFacts): string => {
  const outcome = helloOutcome(facts);
  const { version = null, cipher = null, alert = null } = facts.tls ?? {};
  if (outcome === "alert") return `alert ${alert?.description}`;
  if (outcome !== "answered" || version === null || cipher === null) return outcome;
  return `answered with TLS ${version.name ?? version.code} and ${suiteName(cipher.code)}`;
};

const suiteName = (code: number): string =>
  cipherSuite(code)?.name ?? `0x${code.toString(16).padStart(4, "0")}`;

/** The same ruling as without the differential, with what it says of the reason. */
const because = (material: DifferentialMaterial, causes: readonly Cause[], suffix = ""): Ruling => ({
  ...material.first,
  summary: `${material.first.summary}${suffix}`,
  evidence: { ...material.first.evidence, ...outcomes(material) },
  causes,
});

const intermittent: Rule = (material) => {
  if (answered(material.differential, "again") === null) return null;
  const why =
    "the very same ClientHello was answered on the next try: it fails now and then, and not for what it offers";
  return because(
    material,
    [cause("intermittent", "likely", why, outcomes(material))],
    "; the same hello was answered on the next try",
  );
};

/** A hello that offers everything was answered with something that the client does not have. */
const mismatch: Rule = (material) => {
  const { differential, reference } = material;
  const facts = answered(differential, "everything");
  const tls = facts?.tls ?? null;
  if (facts === null || tls === null || isWithinOffer(facts, reference)) return null;
  const version = tls.version?.code ?? 0;
  if (!isOffered(version, reference)) return versionMismatch(material, version);
  const code = tls.cipher?.code ?? 0;
  if (!reference.cipherSuites.includes(code)) return suiteMismatch(material);
  const why = `the server chooses the group ${tls.group ?? tls.groupCode}, which ${reference.name} does not offer`;
  return noSharedCipher(material, why, [cause("cipher-policy", "certain", why, outcomes(material))]);
};

const versionMismatch = (material: DifferentialMaterial, version: number): Ruling => {
  const { reference } = material;
  const name = tlsVersionName(version) ?? `0x${version.toString(16)}`;
  const why = `the server answers with ${printedVersion(name)}; ${reference.name} offers ${rangeOf(reference)}`;
  return ruling("no-shared-tls-version", "tls", why, {
    evidence: { serverVersion: name, ...outcomes(material) },
    causes: [cause("tls-version-policy", "certain", why, outcomes(material))],
  });
};

/** The server answers TLS 1.0's own hello and none that offers more: it knows no newer version. */
const onlyOldHello: Rule = (material) => {
  const facts = answered(material.differential, "tls10-alone");
  if (facts === null) return null;
  return versionMismatch(material, facts.tls?.version?.code ?? 0);
};

const suiteMismatch = (material: DifferentialMaterial): Ruling => {
  const codes = acceptedSuites(material.differential);
  const names = codes.map(suiteName);
  const kinds = codes.map((code) => cipherSuite(code)?.weak ?? null);
  const why = `the server takes ${names.join(", ")}, of which ${material.reference.name} offers none`;
  const found = outcomes(material);
  if (kinds.every((weak) => weak === "anon")) {
    const text = `the server has only anonymous suites (${names.join(", ")}), which prove no identity: no Windows client offers one`;
    return noSharedCipher(material, text, [cause("anonymous-suites-only", "certain", text, found)]);
  }
  if (kinds.every((weak) => weak === "null")) {
    const text = `the server has only suites without encryption (${names.join(", ")}): no Windows client offers one`;
    return noSharedCipher(material, text, [cause("null-suites-only", "certain", text, found)]);
  }
  return noSharedCipher(material, why, [cause("cipher-policy", "certain", why, found)]);
};

const acceptedSuites = (differential: Differential): readonly number[] =>
  (["everything", "everything-else"] as const).flatMap((purpose) => {
    const code = answered(differential, purpose)?.tls?.cipher?.code;
    return code === undefined ? [] : [code];
  });

const noSharedCipher = (material: DifferentialMaterial, summary: string, causes: readonly Cause[]): Ruling =>
  ruling("no-shared-cipher", "tls", summary, {
    evidence: {
      accepted: acceptedSuites(material.differential).map(suiteName).join(", "),
      ...outcomes(material),
    },
    causes,
  });

/** Same version, suite and group, but it took more signature schemes to be answered. */
const signatureMismatch: Rule = (material) => {
  const { differential, reference } = material;
  const facts = answered(differential, "signatures");
  if (facts === null) return null;
  const leaf = facts.tls?.chain[0] ?? answered(differential, "everything")?.tls?.chain[0] ?? null;
  const key = leaf?.key == null ? "" : ` (its key: ${leaf.key.type})`;
  const why = `the server's certificate needs a signature scheme that ${reference.name} does not offer${key}`;
  return noSharedCipher(material, why, [cause("signature-policy", "certain", why, outcomes(material))]);
};

/** TLS 1.2 in a hello as long as the one that failed is answered: it is the offer of 1.3 that is not borne. */
const tls13Intolerant: Rule = (material) => {
  const facts = answered(material.differential, "tls12-alone");
  if (facts === null) return null;
  const version = facts.tls?.version?.code ?? 0;
  if (!isOffered(version, material.reference)) return versionMismatch(material, version);
  const code = facts.tls?.cipher?.code ?? 0;
  if (!material.reference.cipherSuites.includes(code)) return suiteMismatchOf(material, facts);
  const why =
    "a hello of the same length that offers TLS 1.2 alone is answered, one that offers TLS 1.3 is not: typical of Server 2016 or 2019 with TLS 1.3 forced on";
  return because(
    material,
    [cause("tls13-intolerant", "likely", why, outcomes(material))],
    "; with TLS 1.2 alone it answers",
  );
};

const suiteMismatchOf = (material: DifferentialMaterial, facts: ConnectionFacts): Ruling => {
  const name = suiteName(facts.tls?.cipher?.code ?? 0);
  const why = `the server takes ${name}, which ${material.reference.name} does not offer`;
  return noSharedCipher(material, why, [cause("cipher-policy", "certain", why, outcomes(material))]);
};

/** The client's own hello is answered once it does not tell the server's name. */
const nameRefused: Rule = (material) => {
  if (answered(material.differential, "without-name") === null) return null;
  const why =
    "the same ClientHello without the server's name (SNI) is answered: a device in front of the server does not serve this name, or looks for it";
  return because(
    material,
    [cause("server-name-refused", "likely", why, outcomes(material))],
    "; without the server's name in the hello it answers",
  );
};

const helloSize: Rule = (material) => {
  if (answered(material.differential, "small") === null) return null;
  const why =
    "a short ClientHello is answered and longer ones are not: a device on the way that does not bear them, rather than the server";
  return because(
    material,
    [cause("middlebox-hello-size", "likely", why, outcomes(material))],
    "; a short hello is answered",
  );
};

const helloContent: Rule = (material) => {
  if (answered(material.differential, "split") === null) return null;
  const why =
    "the same ClientHello is answered when it comes in two segments: a device on the way looks into single packets";
  return because(
    material,
    [cause("middlebox-hello-content", "likely", why, outcomes(material))],
    "; the same hello in two segments is answered",
  );
};

/** Everything within the client's offer, and yet only the widest hello is answered. */
const unexplained: Rule = (material) => {
  if (answered(material.differential, "everything") === null) return null;
  const why =
    "another hello with the same version, suite and group is answered: something on the way dislikes this client's hello";
  return because(material, [cause("security-device", "possible", why, outcomes(material))]);
};

const silence: Rule = (material) => {
  const { main, differential } = material;
  if (helloOutcome(main) !== "timeout") return null;
  const short = differential.get("short-answer");
  const cutShort = (main.tls?.serverSizeBytes ?? 0) > 0;
  if (cutShort || (short !== undefined && ANSWERS.has(helloOutcome(short)))) {
    const why = cutShort
      ? `${main.tls?.serverSizeBytes} bytes of the server's answer came and the rest did not: large packets are lost on the way`
      : "a hello whose answer is short gets one, and those whose answer holds a certificate do not: large packets are lost on the way";
    return because(material, [
      cause("path-mtu", "likely", why, outcomes(material)),
      cause(
        "security-device",
        "possible",
        "an inspecting device may hold the server's answer back",
        outcomes(material),
      ),
    ]);
  }
  const why = "no hello of any kind is answered, while the Connection Confirm comes at once";
  return because(material, [
    cause("server-hangs", "likely", why, outcomes(material)),
    cause(
      "security-device",
      "possible",
      "an inspecting device may swallow every ClientHello",
      outcomes(material),
    ),
  ]);
};

const ANSWERS: ReadonlySet<HelloOutcome> = new Set(["answered", "alert", "rst", "fin"]);

/** An alert to every hello, also to one that offers everything. */
const refusesAll: Rule = (material) => {
  if (material.first.code !== "no-shared-cipher" || helloOutcome(material.main) !== "alert") return null;
  const why =
    "the server refuses even a hello that offers every suite: none of its own suites fits its certificate";
  return ruling("no-shared-cipher", "tls", `${why} (alert ${material.main.tls?.alert?.description})`, {
    evidence: { ...material.first.evidence, ...outcomes(material) },
    confidence: "inferred",
    causes: [
      cause("suites-do-not-fit-certificate", "likely", why, outcomes(material)),
      cause(
        "private-key-unreadable",
        "possible",
        "the certificate's private key cannot be used",
        outcomes(material),
      ),
    ],
  });
};

/** Every hello dies the same death: it is not about what they offer. */
const allAlike: Rule = (material) => {
  const kind = helloOutcome(material.main);
  if (kind !== "rst" && kind !== "fin") return null;
  const alike = [...material.differential.values()].every((facts) => helloOutcome(facts) === kind);
  const word = kind === "rst" ? "reset" : "closed";
  const certainty = alike
    ? `every ClientHello is ${word}, whatever it offers, while the Connection Confirm selects TLS`
    : "no ClientHello is answered, whatever it offers, while the Connection Confirm selects TLS";
  return because(
    material,
    [
      cause(
        "private-key-unreadable",
        "likely",
        `${certainty}: the server cannot use its certificate's key`,
        outcomes(material),
      ),
      cause(
        "security-device",
        "possible",
        `a device on the way may cut every TLS handshake: ${certainty}`,
        outcomes(material),
      ),
    ],
    "; every other hello fares alike",
  );
};

/** The first that applies speaks. */
const RULES: readonly Rule[] = [
  intermittent,
  mismatch,
  signatureMismatch,
  unexplained,
  nameRefused,
  tls13Intolerant,
  helloSize,
  helloContent,
  onlyOldHello,
  silence,
  refusesAll,
  allAlike,
];

const rangeOf = ({ minVersion, maxVersion }: ClientProfile): string => {
  const [from, to] = [minVersion, maxVersion].map((code) =>
    printedVersion(tlsVersionName(code) ?? String(code)),
  );
  return from === to ? `${from} alone` : `${from} to ${to}`;
};
