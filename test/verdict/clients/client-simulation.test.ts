import { describe, expect, it } from "vitest";
import { readTranscript } from "../../handshake/read-transcript.ts";
import type { TlsSupport, VersionSupport } from "../../../src/handshake/enumeration/tls-support.ts";
import { cipherSuiteByName } from "../../../src/tls/tables/cipher-suites.ts";
import {
  CLIENT_PROFILES,
  type ClientProfile,
  clientProfile,
} from "../../../src/tls/profiles/client-profiles.ts";
import { NAMED_GROUP } from "../../../src/tls/tables/named-groups.ts";
import type { TlsVersionName } from "../../../src/tls/tables/versions.ts";
import type { ClientOutcome } from "../../../src/verdict/clients/client-outcomes.ts";
import { clientsToObserve, simulateClient } from "../../../src/verdict/clients/client-simulation.ts";
import { tlsSupportReport } from "../../../src/verdict/result/tls-support-report.ts";
import { type CertificateFacts, readCertificate } from "../../../src/x509/certificate-facts.ts";
import { connection } from "../transcripts.ts";

const profile = (id: string): ClientProfile => {
  const found = clientProfile(id);
  if (found === null) throw new Error(`no profile ${id}`);
  return found;
};

const code = (name: string): number => {
  const suite = cipherSuiteByName(name);
  if (suite === null) throw new Error(`no suite ${name}`);
  return suite.code;
};

const REFUSED: VersionSupport = {
  accepted: [],
  serverPreference: null,
  groups: [],
  groupsComplete: true,
  complete: true,
  refusalAlert: 70,
};

const { x25519, secp256r1, secp384r1, x448 } = NAMED_GROUP;

interface Taking extends Partial<Omit<VersionSupport, "accepted">> {
  readonly suites: readonly string[];
  readonly dhBits?: number;
}

const taking = ({ suites, dhBits = 2048, ...rest }: Taking): VersionSupport => ({
  ...REFUSED,
  accepted: suites.map((name) => ({ code: code(name), dhBits: name.startsWith("DHE") ? dhBits : null })),
  serverPreference: suites.length > 1 ? true : null,
  groups: [x25519, secp256r1, secp384r1],
  refusalAlert: 40,
  ...rest,
});

const supporting = (
  versions: Partial<Record<TlsVersionName, VersionSupport>>,
  certificates: readonly CertificateFacts[],
): TlsSupport => ({
  versions: { ssl3: REFUSED, "1.0": REFUSED, "1.1": REFUSED, "1.2": REFUSED, "1.3": REFUSED, ...versions },
  certificates,
});

const certificate = (
  key: Partial<NonNullable<CertificateFacts["key"]>>,
  rest: Partial<CertificateFacts> = {},
): CertificateFacts => ({
  ...readCertificate(new Uint8Array(0)),
  key: { type: "rsa", oid: "", bits: 2048, curve: null, ...key },
  ...rest,
});

const RSA = certificate({});
const EC_P256 = certificate({ type: "ec", bits: 256, curve: "secp256r1" });
const EC_P521 = certificate({ type: "ec", bits: 521, curve: "secp521r1" });
const ED25519 = certificate({ type: "ed25519", bits: 256 });

const simulate = (id: string, support: TlsSupport, leaf: CertificateFacts | null = null): ClientOutcome =>
  simulateClient(profile(id), { support, certificate: leaf }, null);

interface Case {
  readonly name: string;
  readonly client: string;
  readonly versions: Partial<Record<TlsVersionName, VersionSupport>>;
  readonly certificates?: readonly CertificateFacts[];
  readonly outcome: ClientOutcome["outcome"];
  readonly why: RegExp;
}

const GCM = ["ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-AES128-GCM-SHA256"] as const;

const FAILURES: readonly Case[] = [
  {
    name: "no version is shared",
    client: "win7-sp1",
    versions: { "1.2": taking({ suites: GCM }) },
    outcome: "no-shared-tls-version",
    why: /takes TLS 1\.2 and nothing else; this client has TLS 1\.0 alone/,
  },
  {
    name: "Windows 7 has no ECDHE_RSA with GCM",
    client: "win7-sp1-rdc8",
    versions: { "1.2": taking({ suites: GCM }) },
    outcome: "no-shared-cipher",
    why: /TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, .*; this client offers none of them/,
  },
  {
    name: "anonymous suites alone",
    client: "win11-mstsc-nla",
    versions: { "1.2": taking({ suites: ["ADH-AES256-GCM-SHA384", "AECDH-NULL-SHA"] }) },
    certificates: [],
    outcome: "no-shared-cipher",
    why: /anonymous suites, which show no certificate, alone/,
  },
  {
    name: "NULL suites alone",
    client: "win11-mstsc-nla",
    versions: { "1.2": taking({ suites: ["NULL-SHA256", "ECDHE-RSA-NULL-SHA"] }) },
    outcome: "no-shared-cipher",
    why: /NULL suites, which do not encrypt, alone/,
  },
  {
    name: "an Ed25519 certificate",
    client: "win11-mstsc-nla",
    versions: { "1.3": taking({ suites: ["TLS_AES_256_GCM_SHA384"] }) },
    certificates: [ED25519],
    outcome: "no-shared-signature-scheme",
    why: /key is Ed25519/,
  },
  {
    name: "TLS 1.3 ties a scheme to a curve, and a client without that of Brainpool",
    client: "win11-mstsc-nla",
    versions: { "1.3": taking({ suites: ["TLS_AES_256_GCM_SHA384"] }) },
    certificates: [certificate({ type: "ec", bits: 256, curve: "brainpoolP256r1" })],
    outcome: "no-shared-signature-scheme",
    why: /key is EC brainpoolP256r1/,
  },
  {
    name: "the certificate's curve is not among the client's groups",
    client: "win10-22H2",
    versions: { "1.2": taking({ suites: ["ECDHE-ECDSA-AES256-GCM-SHA384"] }) },
    certificates: [EC_P521],
    outcome: "no-shared-group",
    why: /curve of the server's certificate/,
  },
  {
    name: "no group is shared",
    client: "win10-22H2",
    versions: { "1.2": taking({ suites: GCM, groups: [x448] }) },
    outcome: "no-shared-group",
    why: /groups are x448/,
  },
  {
    name: "an RSA key of 512 bits",
    client: "win11-mstsc-nla",
    versions: { "1.2": taking({ suites: GCM }) },
    certificates: [certificate({ bits: 512 })],
    outcome: "certificate-key-too-short",
    why: /512 bits, .* no less than 1024/,
  },
  {
    name: "a Diffie-Hellman prime of 768 bits that the server's order chooses",
    client: "win10-1511",
    versions: { "1.2": taking({ suites: ["DHE-RSA-AES256-GCM-SHA384", ...GCM], dhBits: 768 }) },
    outcome: "dh-prime-too-short",
    why: /768 bits/,
  },
  {
    name: "a certificate without keyEncipherment, and RSA key exchange alone",
    client: "win11-mstsc-nla",
    versions: { "1.2": taking({ suites: ["AES256-GCM-SHA384"] }) },
    certificates: [certificate({}, { keyUsage: ["digitalSignature"] })],
    outcome: "key-usage",
    why: /digitalSignature\) has no keyEncipherment/,
  },
  {
    name: "every version refused with protocol_version",
    client: "win11-mstsc-nla",
    versions: {},
    outcome: "refused",
    why: /refuses every ClientHello/,
  },
  {
    name: "every suite of one version refused with handshake_failure",
    client: "win11-mstsc-nla",
    versions: { "1.2": { ...REFUSED, refusalAlert: 40 } },
    outcome: "no-shared-cipher",
    why: /in TLS 1\.2 the server answers every suite with handshake_failure/,
  },
  {
    name: "a version that was not asked to its end",
    client: "win11-mstsc-nla",
    versions: { "1.3": { ...REFUSED, complete: false }, "1.2": taking({ suites: GCM }) },
    outcome: "unknown",
    why: /whether the server takes TLS 1\.3/,
  },
  {
    name: "TLS 1.3 alone refused with handshake_failure, TLS 1.2 taken",
    client: "win11-mstsc-nla",
    versions: { "1.3": { ...REFUSED, refusalAlert: 40 }, "1.2": taking({ suites: GCM }) },
    outcome: "unknown",
    why: /may select it and have nothing to go on with/,
  },
  {
    name: "suites that were not all asked for",
    client: "win7-sp1-rdc8",
    versions: { "1.2": taking({ suites: GCM, complete: false }) },
    outcome: "unknown",
    why: /not all suites/,
  },
  {
    name: "groups that are not all known",
    client: "win8.1",
    versions: {
      "1.2": taking({ suites: ["ECDHE-RSA-AES256-SHA"], groups: [x25519], groupsComplete: false }),
    },
    outcome: "unknown",
    why: /not all groups/,
  },
  {
    name: "TLS 1.3 without a certificate that was seen",
    client: "win11-mstsc-nla",
    versions: { "1.3": taking({ suites: ["TLS_AES_256_GCM_SHA384"] }) },
    certificates: [],
    outcome: "unknown",
    why: /no certificate was seen/,
  },
];

describe("a client that does not connect, computed", () => {
  it.each(FAILURES)(
    "$name: $client is $outcome",
    ({ client, versions, certificates = [RSA], outcome, why }) => {
      const result = simulate(client, supporting(versions, certificates));
      expect(result).toMatchObject({ id: client, outcome, basis: "computed", version: null, cipher: null });
      expect(result.why).toMatch(why);
    },
  );
});

describe("a client that connects, computed", () => {
  const both = supporting(
    { "1.2": taking({ suites: GCM }), "1.3": taking({ suites: ["TLS_AES_256_GCM_SHA384"] }) },
    [RSA],
  );

  it("takes the newest version that both have", () => {
    expect(simulate("win11-mstsc-nla", both)).toMatchObject({
      outcome: "connects",
      version: "1.3",
      cipher: "TLS_AES_256_GCM_SHA384",
    });
    expect(simulate("win10-22H2", both)).toMatchObject({ version: "1.2" });
  });

  it.each([
    [true, "TLS_RSA_WITH_AES_128_GCM_SHA256"],
    [false, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"],
  ])(
    "with the suite by whoever's order decides: serverPreference %s gives %s",
    (serverPreference, cipher) => {
      const suites = ["AES128-GCM-SHA256", "ECDHE-RSA-AES256-SHA384"];
      const support = supporting({ "1.2": taking({ suites, serverPreference }) }, [RSA]);
      expect(simulate("win8.1", support)).toMatchObject({ outcome: "connects", cipher });
    },
  );

  it("names no suite where it is not known whose order decides", () => {
    const support = supporting({ "1.2": taking({ suites: GCM, serverPreference: null }) }, [RSA]);
    expect(simulate("win10-22H2", support)).toMatchObject({ outcome: "connects", cipher: null });
  });

  it("does not know where it hangs on the order, and the order is not known", () => {
    const suites = ["DHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384"];
    const support = supporting({ "1.2": taking({ suites, dhBits: 768, serverPreference: null }) }, [RSA]);
    expect(simulate("win10-1511", support).outcome).toBe("unknown");
  });

  it("says that it is over a weak suite", () => {
    const support = supporting({ "1.2": taking({ suites: ["DES-CBC3-SHA"] }) }, [RSA]);
    expect(simulate("win10-1809", support)).toMatchObject({ outcome: "connects" });
    expect(simulate("win10-1809", support).why).toMatch(/weak suite \(3des\), which a client may have off/);
  });

  it("takes the certificate of a session where no hello showed one", () => {
    const support = supporting({ "1.3": taking({ suites: ["TLS_AES_256_GCM_SHA384"] }) }, []);
    expect(simulate("win11-mstsc-nla", support, EC_P256).outcome).toBe("connects");
  });

  it("takes the suite for the certificate that it is for, where a server has two", () => {
    const suites = ["ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384"];
    const support = supporting({ "1.2": taking({ suites }) }, [RSA, EC_P521]);
    expect(simulate("win10-22H2", support)).toMatchObject({
      outcome: "connects",
      cipher: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    });
  });
});

const CONFIRM_SSL = "030000130ed000001234000200080001000000";
const ALERT_70 = "15030300020246";
const ALERT_40 = "15030300020228";
/** A TLS 1.0 hello is enough for the facts to count one as sent. */
const HELLO = { sent: `16030100310100002d0301${"11".repeat(32)}000006002f0035000a0100` };

const observed = (...steps: Parameters<typeof connection>[1]) =>
  connection("offer-all", [CONFIRM_SSL, HELLO, ...steps]).facts;

describe("a client whose own hello was sent", () => {
  const unknown = supporting({ "1.2": { ...REFUSED, complete: false } }, []);
  const willing = supporting({ "1.0": taking({ suites: ["AES128-SHA"] }) }, [RSA]);
  const newer = supporting({ "1.2": taking({ suites: GCM }) }, [RSA]);
  const client = profile("win7-mstsc");

  it.each([
    ["alert 70 is a version that is not shared", ALERT_70, "no-shared-tls-version"],
    ["alert 40 is a suite that is not shared", ALERT_40, "no-shared-cipher"],
    ["another alert is an alert", "15030300020250", "tls-alert"],
    ["RST is a reset", "rst", "reset"],
    ["FIN is closed", "fin", "closed"],
    ["silence is a time-out", "timeout", "timeout"],
    ["HTTP is no TLS", "485454502f312e3120343030", "malformed"],
  ] as const)("where nothing else is known, %s", (_, step, outcome) => {
    const support = supporting({ "1.0": { ...REFUSED, complete: false } }, []);
    const result = simulateClient(client, { support, certificate: null }, observed(step));
    expect(result).toMatchObject({ outcome, basis: "observed" });
  });

  it("a refusal has the reason that was computed", () => {
    const result = simulateClient(client, { support: newer, certificate: null }, observed("rst"));
    expect(result).toMatchObject({ outcome: "no-shared-tls-version", basis: "observed" });
  });

  it("a refusal of what is taken in other hellos is named for what it is", () => {
    const result = simulateClient(client, { support: willing, certificate: null }, observed("rst"));
    expect(result).toMatchObject({ outcome: "reset", basis: "observed" });
    expect(result.why).toMatch(/although other hellos show/);
  });

  const serverHello = (version: string, suite: string) =>
    `16${version}002a02000026${version}${"22".repeat(32)}00${suite}00`;

  it.each([
    ["connects with what it was answered", serverHello("0301", "002f"), "connects"],
    ["refuses a version that it does not have", serverHello("0300", "002f"), "no-shared-tls-version"],
    ["refuses a suite that it did not offer", serverHello("0301", "0033"), "no-shared-cipher"],
  ] as const)("%s", (_, answer, outcome) => {
    const result = simulateClient(client, { support: unknown, certificate: null }, observed(answer));
    expect(result).toMatchObject({ outcome, basis: "observed" });
  });

  it("a connection that did not come as far as the hello says nothing", () => {
    const facts = readTranscript([{ kind: "connect-failed", atMs: 1, reason: "refused", detail: "" }], 0);
    const result = simulateClient(client, { support: willing, certificate: null }, facts);
    expect(result).toMatchObject({ outcome: "connects", basis: "computed" });
  });

  it("no hello is sent where no version is shared, and identical ones are sent once", () => {
    const groups = clientsToObserve(CLIENT_PROFILES, { support: newer, certificate: null });
    const ids = groups.map((group) => group.map(({ id }) => id));
    expect(ids.flat()).not.toContain("win7-sp1");
    expect(ids).toContainEqual(["win11-22H2-23H2", "win11-24H2-25H2", "win11-26H2", "win11-mstsc-nla"]);
    expect(ids.flat()).toHaveLength(new Set(ids.flat()).size);
  });
});

describe("what a server takes, in a result", () => {
  it("has registered names, and every version, those that are refused included", () => {
    const report = tlsSupportReport(
      supporting({ "1.2": taking({ suites: [...GCM, "DHE-RSA-AES128-SHA"] }) }, [RSA]),
    );
    expect(Object.keys(report)).toEqual(["ssl3", "1.0", "1.1", "1.2", "1.3"]);
    expect(report["1.2"]).toMatchObject({
      accepted: [
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_DHE_RSA_WITH_AES_128_CBC_SHA",
      ],
      serverPreference: true,
      groups: ["x25519", "secp256r1", "secp384r1"],
      dhBits: [2048],
      complete: true,
    });
    expect(report["1.0"]).toMatchObject({ accepted: [], notUsableWithCertificate: [], complete: true });
  });

  it("a suite for another kind of certificate is not usable, and not missing", () => {
    const report = tlsSupportReport(supporting({ "1.2": taking({ suites: GCM }) }, [RSA]));
    const { notUsableWithCertificate } = report["1.2"];
    expect(notUsableWithCertificate).toContain("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
    expect(notUsableWithCertificate).toContain("TLS_DHE_DSS_WITH_AES_256_CBC_SHA");
    expect(notUsableWithCertificate.filter((name) => name.includes("_RSA_"))).toEqual([]);
  });

  it("with an EC certificate it is the other way round", () => {
    const suites = ["ECDHE-ECDSA-AES256-GCM-SHA384"];
    const report = tlsSupportReport(supporting({ "1.2": taking({ suites }) }, [EC_P256]));
    const { notUsableWithCertificate } = report["1.2"];
    expect(notUsableWithCertificate).toContain("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
    expect(notUsableWithCertificate.filter((name) => name.includes("ECDSA"))).toEqual([]);
  });

  it("where no certificate was seen nothing is said of it", () => {
    const report = tlsSupportReport(
      supporting({ "1.3": taking({ suites: ["TLS_AES_256_GCM_SHA384"] }) }, []),
    );
    expect(report["1.3"].notUsableWithCertificate).toEqual([]);
  });
});
