/**
 * Rules for a TLS handshake that the server did not take: what the other hellos of the differential say
 * together. A rule speaks only of what was seen; which causes that makes likely is in the table of causes.
 */
import type { ConnectionFacts } from "../../handshake/facts/connection-facts.ts";
import { type Differential, isWithinOffer } from "../../handshake/plan/differential-plan.ts";
import { type HelloOutcome, helloOutcome } from "../../handshake/facts/hello-outcome.ts";
import { cipherSuite } from "../../tls/tables/cipher-suites.ts";
import type { ClientProfile } from "../../tls/profiles/client-profile.ts";
import { tlsVersionName } from "../../tls/tables/versions.ts";
import { isOffered, printedVersion } from "./offered-version.ts";
import type { Evidence } from "../result/result.ts";
import { type Reading, type ReadingKind, type Ruling, ruling } from "./ruling.ts";

export interface DifferentialMaterial {
  readonly main: ConnectionFacts;
  readonly differential: Differential;
  readonly reference: ClientProfile;
  /** What the failing handshake alone says. */
  readonly first: Ruling;
}

type Rule = (material: DifferentialMaterial) => Ruling | null;

/** The ruling with its reading: that of the failing handshake, or the mismatch that the other hellos prove. */
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

const reading = (material: DifferentialMaterial, kind: ReadingKind, why: string): Reading => ({
  kind,
  why,
  evidence: outcomes(material),
});

/** The same ruling as without the differential, with what it says of the reason. */
const because = (material: DifferentialMaterial, kind: ReadingKind, why: string, suffix = ""): Ruling => ({
  ...material.first,
  summary: `${material.first.summary}${suffix}`,
  evidence: { ...material.first.evidence, ...outcomes(material) },
  reading: reading(material, kind, why),
});

const intermittent: Rule = (material) => {
  if (answered(material.differential, "again") === null) return null;
  const why = "the very same ClientHello was answered on the next try";
  return because(material, "answered-next-time", why, "; the same hello was answered on the next try");
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
  const group = tls.group ?? tls.groupCode;
  const summary = `the server chooses the group ${group}, which ${reference.name} does not offer`;
  return noSharedCipher(material, "other-group", summary, `this client does not offer the group ${group}`);
};

const versionMismatch = (material: DifferentialMaterial, version: number): Ruling => {
  const { reference } = material;
  const name = tlsVersionName(version) ?? `0x${version.toString(16)}`;
  const why = `the server answers with ${printedVersion(name)}; ${reference.name} offers ${rangeOf(reference)}`;
  return ruling("no-shared-tls-version", "tls", why, {
    evidence: { serverVersion: name, ...outcomes(material) },
    reading: reading(material, "other-version", why),
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
  const names = codes.map(suiteName).join(", ");
  const kinds = codes.map((code) => cipherSuite(code)?.weak ?? null);
  if (kinds.every((weak) => weak === "anon")) {
    const text = `the server has only anonymous suites (${names}), which prove no identity: no Windows client offers one`;
    const why = "only anonymous suites are taken, and no Windows client offers one";
    return noSharedCipher(material, "anonymous-suites", text, why);
  }
  if (kinds.every((weak) => weak === "null")) {
    const text = `the server has only suites without encryption (${names}): no Windows client offers one`;
    const why = "only suites without encryption are taken, and no Windows client offers one";
    return noSharedCipher(material, "null-suites", text, why);
  }
  const summary = `the server takes ${names}, of which ${material.reference.name} offers none`;
  return noSharedCipher(material, "other-suite", summary, OTHER_SUITE);
};

const OTHER_SUITE = "another hello is answered, with a suite that this client does not offer";

const acceptedSuites = (differential: Differential): readonly number[] =>
  (["everything", "everything-else"] as const).flatMap((purpose) => {
    const code = answered(differential, purpose)?.tls?.cipher?.code;
    return code === undefined ? [] : [code];
  });

const noSharedCipher = (
  material: DifferentialMaterial,
  kind: ReadingKind,
  summary: string,
  why: string,
): Ruling =>
  ruling("no-shared-cipher", "tls", summary, {
    evidence: {
      accepted: acceptedSuites(material.differential).map(suiteName).join(", "),
      ...outcomes(material),
    },
    reading: reading(material, kind, why),
  });

/** Same version, suite and group, but it took more signature schemes to be answered. */
const signatureMismatch: Rule = (material) => {
  const { differential, reference } = material;
  const facts = answered(differential, "signatures");
  if (facts === null) return null;
  const leaf = facts.tls?.chain[0] ?? answered(differential, "everything")?.tls?.chain[0] ?? null;
  const key = leaf?.key == null ? "" : ` (its key: ${leaf.key.type})`;
  const summary = `the server's certificate needs a signature scheme that ${reference.name} does not offer${key}`;
  const why = "the same hello with every signature scheme is answered";
  return noSharedCipher(material, "other-signature", summary, why);
};

/** TLS 1.2 in a hello as long as the one that failed is answered: it is the offer of 1.3 that is not borne. */
const tls13Intolerant: Rule = (material) => {
  const facts = answered(material.differential, "tls12-alone");
  if (facts === null) return null;
  const version = facts.tls?.version?.code ?? 0;
  if (!isOffered(version, material.reference)) return versionMismatch(material, version);
  const code = facts.tls?.cipher?.code ?? 0;
  if (!material.reference.cipherSuites.includes(code)) {
    const summary = `the server takes ${suiteName(code)}, which ${material.reference.name} does not offer`;
    return noSharedCipher(material, "other-suite", summary, OTHER_SUITE);
  }
  const why = "a hello as long with TLS 1.2 alone is answered, one that offers TLS 1.3 is not";
  return because(material, "only-tls12-alone", why, "; with TLS 1.2 alone it answers");
};

const helloSize: Rule = (material) =>
  answered(material.differential, "small") === null
    ? null
    : because(
        material,
        "only-short",
        "a short ClientHello is answered, and longer ones are not",
        "; a short hello is answered",
      );

/** The client's own hello is answered once it does not tell the server's name. */
const nameRefused: Rule = (material) =>
  answered(material.differential, "without-name") === null
    ? null
    : because(
        material,
        "only-nameless",
        "the same ClientHello is answered without the server's name (SNI)",
        "; without the server's name in the hello it answers",
      );

const helloContent: Rule = (material) =>
  answered(material.differential, "split") === null
    ? null
    : because(
        material,
        "only-split",
        "the same ClientHello is answered when it comes in two segments",
        "; the same hello in two segments is answered",
      );

/** Everything within the client's offer, and yet only the widest hello is answered. */
const unexplained: Rule = (material) =>
  answered(material.differential, "everything") === null
    ? null
    : because(
        material,
        "only-widest",
        "another hello with the same version, suite and group is answered, and this client's is not",
      );

const silence: Rule = (material) => {
  const { main, differential } = material;
  if (helloOutcome(main) !== "timeout") return null;
  const sizeBytes = main.tls?.serverSizeBytes ?? 0;
  if (sizeBytes > 0) {
    return because(
      material,
      "answer-cut-short",
      `${sizeBytes} bytes of the server's answer came, and the rest did not`,
    );
  }
  const short = differential.get("short-answer");
  if (short !== undefined && ANSWERS.has(helloOutcome(short))) {
    const why = "a hello with a short answer gets it; those whose answer holds a certificate get nothing";
    return because(material, "long-answer-lost", why);
  }
  const why = "no hello of any kind is answered, while the Connection Confirm comes at once";
  return because(material, "never-answered", why);
};

const ANSWERS: ReadonlySet<HelloOutcome> = new Set(["answered", "alert", "rst", "fin"]);

/** An alert to every hello, also to one that offers everything. */
const refusesAll: Rule = (material) => {
  if (material.first.code !== "no-shared-cipher" || helloOutcome(material.main) !== "alert") return null;
  const summary =
    "the server refuses even a hello that offers every suite: none of its own suites fits its certificate";
  return ruling("no-shared-cipher", "tls", `${summary} (alert ${material.main.tls?.alert?.description})`, {
    evidence: { ...material.first.evidence, ...outcomes(material) },
    confidence: "inferred",
    reading: reading(
      material,
      "refuses-all",
      "even a hello that offers every suite is refused with an alert",
    ),
  });
};

/** Every hello dies the same death: it is not about what they offer. */
const allAlike: Rule = (material) => {
  const kind = helloOutcome(material.main);
  if (kind !== "rst" && kind !== "fin") return null;
  const alike = [...material.differential.values()].every((facts) => helloOutcome(facts) === kind);
  const word = kind === "rst" ? "reset" : "closed";
  const why = alike
    ? `every ClientHello is ${word}, whatever it offers, and the Connection Confirm selects TLS`
    : "no ClientHello is answered, whatever it offers, and the Connection Confirm selects TLS";
  return because(
    material,
    "all-alike",
    why,
    `; ${variantsText(material.differential.size)} failed the same way`,
  );
};

const variantsText = (count: number): string =>
  count === 1 ? "another variant of the handshake" : `${count} variants of the handshake`;

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
