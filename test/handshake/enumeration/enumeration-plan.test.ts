import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type {
  AskedQuestion,
  EnumerationAnswer,
  EnumerationQuestion,
} from "../../../src/handshake/enumeration/enumeration-answer.ts";
import {
  type GroupBudget,
  nextEnumerationQuestion,
} from "../../../src/handshake/enumeration/enumeration-plan.ts";
import { type TlsSupport, tlsSupport } from "../../../src/handshake/enumeration/tls-support.ts";
import { cipherSuite, cipherSuiteByName } from "../../../src/tls/tables/cipher-suites.ts";
import { NAMED_GROUP } from "../../../src/tls/tables/named-groups.ts";
import { groupsOfVersion, suitesOfVersion } from "../../../src/tls/profiles/version-profiles.ts";
import { TLS_VERSION, TLS_VERSIONS, tlsVersionName } from "../../../src/tls/tables/versions.ts";
import { type CertificateFacts, readCertificate } from "../../../src/x509/certificate-facts.ts";

/** A server that answers by a table. */
interface ModelServer {
  /** Suites in its order, by version. */
  readonly suites: Readonly<Record<number, readonly number[]>>;
  readonly groups: { readonly old: readonly number[]; readonly tls13: readonly number[] };
  readonly decides: boolean;
  /** The curve of its EC certificate, which it needs the client to name. */
  readonly curve: "secp256r1" | "secp384r1" | null;
}

const { x25519, secp256r1, secp384r1, secp521r1 } = NAMED_GROUP;

/** Those that hellos carry a share for. */
const SHARED: readonly number[] = [x25519, secp256r1, secp384r1, secp521r1];

const { ssl3, tls10, tls11, tls12, tls13 } = TLS_VERSION;

const certificateOn = (curve: string): CertificateFacts => ({
  ...readCertificate(new Uint8Array(0)),
  key: { type: "ec", oid: "1.2.840.10045.2.1", bits: 256, curve },
});

const inOrder = (
  decides: boolean,
  server: readonly number[],
  client: readonly number[],
): readonly number[] =>
  decides ? server.filter((code) => client.includes(code)) : client.filter((code) => server.includes(code));

const groupOf = (
  decides: boolean,
  own: readonly number[],
  { version, groups }: EnumerationQuestion,
): number | null => {
  const [first] = groups;
  // A key share goes along for the first one, and saves the server a HelloRetryRequest.
  if (version === tls13 && first !== undefined && SHARED.includes(first) && own.includes(first)) return first;
  // SSL 3 has no way to name groups.
  return (version === ssl3 ? own : inOrder(decides, own, groups))[0] ?? null;
};

const answerOf = (server: ModelServer, question: EnumerationQuestion): EnumerationAnswer => {
  const { version } = question;
  const suites = inOrder(server.decides, server.suites[version] ?? [], question.suites);
  const own = version >= tls13 ? server.groups.tls13 : server.groups.old;
  const group = groupOf(server.decides, own, question);
  for (const code of suites) {
    const suite = cipherSuite(code);
    const runsInGroup = suite?.keyExchange === "ecdhe" || suite?.keyExchange === "any";
    if (runsInGroup && group === null) continue;
    const curve = suite?.authentication === "ecdsa" ? server.curve : null;
    if (curve !== null && version !== ssl3 && !question.groups.includes(NAMED_GROUP[curve])) continue;
    return {
      kind: "choice",
      suite: code,
      group: runsInGroup ? group : null,
      dhBits: suite?.keyExchange === "dhe" ? 2048 : null,
      certificate: curve === null ? null : certificateOn(curve),
    };
  }
  return { kind: "refused", alert: 40 };
};

/** More than any of the servers here needs: an enumeration that goes in circles ends there. */
const ENOUGH = 600;

const enumerate = (
  answer: (question: EnumerationQuestion) => EnumerationAnswer,
  budget: GroupBudget = "within-suites",
): { readonly asked: readonly AskedQuestion[]; readonly support: TlsSupport } => {
  const asked: AskedQuestion[] = [];
  while (asked.length < ENOUGH) {
    const question = nextEnumerationQuestion(asked, budget);
    if (question === null) return { asked, support: tlsSupport(asked) };
    asked.push({ question, answer: answer(question) });
  }
  throw new Error("the enumeration does not end");
};

const enumerateModel = (server: ModelServer, budget?: GroupBudget) =>
  enumerate((question) => answerOf(server, question), budget);

const suites = (...names: readonly string[]): readonly number[] =>
  names.map((name) => {
    const suite = cipherSuiteByName(name);
    if (suite === null) throw new Error(`no suite ${name}`);
    return suite.code;
  });

const WINDOWS_2022: ModelServer = {
  suites: {
    [tls13]: [0x1302, 0x1301],
    [tls12]: [0xc030, 0xc02f, 0x009f, 0x009e, 0xc028, 0xc027, 0xc014, 0xc013, 0x009d, 0x009c, 0x003d, 0x003c],
    [tls11]: [0xc014, 0xc013, 0x0035, 0x002f, 0x000a],
    [tls10]: [0xc014, 0xc013, 0x0035, 0x002f, 0x000a],
  },
  groups: { old: [x25519, secp256r1, secp384r1], tls13: [x25519, secp256r1, secp384r1] },
  decides: true,
  curve: null,
};

const codesOf = ({ accepted }: { readonly accepted: readonly { readonly code: number }[] }) =>
  accepted.map(({ code }) => code);

const costOf = (asked: readonly AskedQuestion[], version: number): number =>
  asked.filter(({ question }) => question.version === version).length;

/** Any server: a list of suites a version, groups, and whose order decides. */
const anyServer: fc.Arbitrary<ModelServer> = fc
  .record({
    suites: fc.record(
      Object.fromEntries(
        TLS_VERSIONS.map(({ code }) => [
          code,
          fc.shuffledSubarray([...suitesOfVersion(code)], { maxLength: 10 }),
        ]),
      ),
    ),
    old: fc.shuffledSubarray([...groupsOfVersion(tls12)], { minLength: 1 }),
    modern: fc.shuffledSubarray([...groupsOfVersion(tls13)], { minLength: 1 }),
    decides: fc.boolean(),
    curve: fc.constantFrom("secp256r1", "secp384r1", null),
  })
  .map(({ suites: lists, old, modern, decides, curve }) => ({
    suites: lists,
    groups: { old: curve === null ? old : [...new Set([...old, NAMED_GROUP[curve]])], tls13: modern },
    decides,
    curve,
  }));

describe("the enumeration of a server's suites", () => {
  it("finds all of them, in the server's order or in ours, and whose it is", () => {
    fc.assert(
      fc.property(anyServer, (server) => {
        const { support } = enumerateModel(server);
        for (const { code: version, name } of TLS_VERSIONS) {
          const known = support.versions[name];
          const own = server.suites[version] ?? [];
          const expected = server.decides
            ? own
            : suitesOfVersion(version).filter((code) => own.includes(code));
          expect(codesOf(known)).toEqual(expected);
          expect(known.complete).toBe(true);
          expect(known.serverPreference).toBe(own.length < 2 ? null : server.decides);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("takes no more than suites + 2 connections a version", () => {
    fc.assert(
      fc.property(anyServer, (server) => {
        const { asked } = enumerateModel(server);
        for (const { code } of TLS_VERSIONS) {
          expect(costOf(asked, code)).toBeLessThanOrEqual((server.suites[code] ?? []).length + 2);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("a version that is refused costs one connection", () => {
    const { asked } = enumerateModel(WINDOWS_2022);
    expect(costOf(asked, ssl3)).toBe(1);
  });

  it("whose order decides costs nothing where a choice passed over a suite that was taken later", () => {
    const server = {
      ...WINDOWS_2022,
      suites: { [tls12]: suites("AES128-SHA", "ECDHE-RSA-AES256-GCM-SHA384") },
    };
    const { asked, support } = enumerateModel(server);
    expect(support.versions["1.2"].serverPreference).toBe(true);
    expect(asked.some(({ question }) => question.purpose === "order")).toBe(false);
  });

  it("the size of a prime stands with its suite", () => {
    const { support } = enumerateModel(WINDOWS_2022);
    const { accepted } = support.versions["1.2"];
    expect(accepted.filter(({ dhBits }) => dhBits !== null)).toEqual([
      { code: 0x009f, dhBits: 2048 },
      { code: 0x009e, dhBits: 2048 },
    ]);
  });
});

describe("the groups that come along", () => {
  it("never contain one that the server does not have, and all where they are said to be complete", () => {
    fc.assert(
      fc.property(anyServer, fc.constantFrom<GroupBudget>("within-suites", "all"), (server, budget) => {
        const { support } = enumerateModel(server, budget);
        for (const { code, name } of TLS_VERSIONS) {
          if (code === ssl3) continue;
          const { groups, groupsComplete } = support.versions[name];
          const own = code >= tls13 ? server.groups.tls13 : server.groups.old;
          expect(own).toEqual(expect.arrayContaining([...groups]));
          if (groupsComplete && groups.length > 0)
            expect([...groups].toSorted()).toEqual([...own].toSorted());
        }
      }),
      { numRuns: 200 },
    );
  });

  it("are all found where that is asked for, except behind the curve of an EC certificate", () => {
    fc.assert(
      fc.property(anyServer, (server) => {
        const { support } = enumerateModel({ ...server, curve: null }, "all");
        for (const { code, name } of TLS_VERSIONS) {
          if (code !== ssl3) expect(support.versions[name].groupsComplete).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("are all seen within the suites' connections on Windows, and up to TLS 1.2 known to be all", () => {
    const { versions } = enumerateModel(WINDOWS_2022).support;
    expect(versions["1.0"]).toMatchObject({ groups: [x25519, secp256r1, secp384r1], groupsComplete: true });
    expect(versions["1.3"]).toMatchObject({ groups: [x25519, secp256r1, secp384r1], groupsComplete: false });
  });

  it("do not make an EC certificate unusable: its curve stays on offer", () => {
    const server: ModelServer = {
      suites: { [tls12]: suites("ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-GCM-SHA256") },
      groups: { old: [x25519, secp256r1, secp384r1], tls13: [] },
      decides: true,
      curve: "secp256r1",
    };
    const { support, asked } = enumerateModel(server, "all");
    expect(support.versions["1.2"]).toMatchObject({ groups: [x25519, secp256r1], groupsComplete: false });
    expect(
      asked.every(({ question }) => question.version !== tls12 || question.groups.includes(secp256r1)),
    ).toBe(true);
  });
});

describe("a server that does not play along", () => {
  const twelve = (answer: EnumerationAnswer) => (question: EnumerationQuestion) =>
    question.version === tls12 ? answer : ({ kind: "refused", alert: 70 } as const);

  it("silence is no refusal: what was not answered is not complete", () => {
    let answers = 0;
    const { support } = enumerate((question) => {
      if (question.version !== tls12) return { kind: "refused", alert: 70 };
      answers += 1;
      return answers > 2 ? { kind: "silent" } : answerOf(WINDOWS_2022, question);
    });
    expect(support.versions["1.2"]).toMatchObject({ complete: false });
    expect(codesOf(support.versions["1.2"])).toEqual([0xc030, 0xc02f]);
    expect(support.versions["1.1"]).toMatchObject({ complete: true, accepted: [] });
  });

  it("two silences and not one answer end it", () => {
    const { asked, support } = enumerate(() => ({ kind: "silent" }));
    expect(asked.map(({ question }) => tlsVersionName(question.version))).toEqual(["1.3", "1.2"]);
    expect(Object.values(support.versions).every(({ complete }) => !complete)).toBe(true);
  });

  it("a port that shuts ends it, and what was known stays", () => {
    let answers = 0;
    const { asked, support } = enumerate((question) => {
      answers += 1;
      return answers > 3 ? { kind: "unreached" } : answerOf(WINDOWS_2022, question);
    });
    expect(asked).toHaveLength(4);
    expect(support.versions["1.3"]).toMatchObject({ complete: true });
    expect(support.versions["1.0"]).toMatchObject({ complete: false, accepted: [] });
  });

  it.each<[string, EnumerationAnswer]>([
    ["a choice of what was not offered", { kind: "unclear" }],
    ["no TLS", { kind: "unclear" }],
  ])("%s ends the version, which is not complete", (_, answer) => {
    const { asked, support } = enumerate(twelve(answer));
    expect(costOf(asked, tls12)).toBe(1);
    expect(support.versions["1.2"]).toMatchObject({ complete: false, accepted: [] });
  });

  it("the alert that a version was refused with is kept", () => {
    const { versions } = enumerate(twelve({ kind: "refused", alert: 40 })).support;
    expect([versions["1.2"].refusalAlert, versions["1.1"].refusalAlert]).toEqual([40, 70]);
  });

  it("a group over and over again ends the questions for groups", () => {
    const { asked } = enumerate((question) => {
      if (question.version !== tls12) return { kind: "refused", alert: 70 };
      if (question.purpose === "groups")
        return { kind: "choice", suite: 0xc030, group: x25519, dhBits: null, certificate: null };
      return answerOf(WINDOWS_2022, question);
    }, "all");
    expect(asked.filter(({ question }) => question.purpose === "groups")).toHaveLength(1);
  });
});
