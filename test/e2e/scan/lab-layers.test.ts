import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Lab, type LabListener, startLab } from "../../../src/lab/lab.ts";
import { MCS_SCENARIOS } from "../../../src/lab/policies/mcs-scenarios.ts";
import type { Result, SecurityReport } from "../../../src/verdict/result/result.ts";
import type { Routing } from "../../../src/x224/connection-request.ts";
import { type FullProbe, fullProbe } from "./full-probe.ts";

const TIMEOUT_MS = 1500;

let lab: Lab;

beforeAll(async () => {
  const others = ["nla-required", "nla-optional", "no-negotiation-data", "silent", "reset-after-request"];
  const scenarios = [...MCS_SCENARIOS.map(({ id }) => id), ...others];
  lab = await startLab({ host: "127.0.0.1", basePort: 0, scenarios });
  // All side by side: each of them waits most of the time.
  await Promise.all(scenarios.map((id) => probe(id)));
});

afterAll(() => lab.close());

const listenerOf = (id: string): LabListener => {
  const listener = lab.listeners.find(({ scenario }) => scenario.id === id);
  if (listener === undefined) throw new Error(`no scenario ${id}`);
  return listener;
};

/** Each scenario is probed once; with a cookie or token of the user's, again. */
const probe = (id: string, routing?: Routing): Promise<FullProbe> => {
  const key = `${id} ${JSON.stringify(routing)}`;
  const probing =
    probes.get(key) ??
    fullProbe(listenerOf(id), { timeoutMs: TIMEOUT_MS, ...(routing === undefined ? {} : { routing }) });
  probes.set(key, probing);
  return probing;
};

const probes = new Map<string, Promise<FullProbe>>();

const findingOf = ({ findings }: Result, code: string) => findings.find((finding) => finding.code === code);

const codesOf = (security: SecurityReport): Record<string, number> =>
  Object.fromEntries(Object.entries(security.codes).map(([id, { code }]) => [id, code]));

describe("full depth on each row of the negotiation matrix", () => {
  it.each([
    {
      id: "layers-negotiate",
      nla: "optional",
      accepted: ["rdp", "ssl", "hybrid", "hybrid-ex"],
      codes: { rdsaad: 1 },
    },
    {
      id: "nla-optional",
      nla: "optional",
      accepted: ["ssl", "hybrid", "hybrid-ex"],
      codes: { rdp: 1, rdsaad: 1 },
    },
    {
      id: "nla-required",
      nla: "required",
      accepted: ["hybrid", "hybrid-ex"],
      codes: { rdp: 5, ssl: 5, rdstls: 5, rdsaad: 5 },
    },
    {
      id: "layers-hybrid-alone",
      nla: "optional",
      accepted: ["ssl", "hybrid"],
      codes: { rdp: 1, rdsaad: 1 },
    },
    {
      id: "layers-rdstls",
      nla: "required",
      accepted: ["hybrid", "hybrid-ex", "rdstls"],
      codes: { rdp: 5, ssl: 5, rdsaad: 5 },
    },
    {
      id: "layers-rdsaad",
      nla: "unknown",
      accepted: ["rdsaad"],
      codes: { rdp: 7, ssl: 7, hybrid: 7, "hybrid-ex": 7, rdstls: 7 },
    },
    {
      id: "layers-no-certificate",
      nla: "unsupported",
      accepted: ["rdp"],
      codes: { ssl: 3, hybrid: 3, "hybrid-ex": 3, rdstls: 3, rdsaad: 3 },
    },
    {
      id: "standard-high",
      nla: "unsupported",
      accepted: ["rdp"],
      codes: { ssl: 2, hybrid: 2, "hybrid-ex": 2, rdstls: 2, rdsaad: 2 },
    },
    { id: "mcs-version-10-12", nla: "unsupported", accepted: ["ssl"], codes: { rdp: 1, rdsaad: 1 } },
    { id: "standard-without-negotiation", nla: "unsupported", accepted: ["rdp"], codes: {} },
    { id: "layers-disconnects", nla: "unsupported", accepted: ["ssl"], codes: { rdp: 1 } },
  ])(
    "$id: NLA $nla, accepted $accepted, refused with the right codes",
    async ({ id, nla, accepted, codes }) => {
      const { security } = (await probe(id)).result;
      const states = Object.entries(security).filter(([, state]) => state === "accepted");
      expect({ nla: security.nla, accepted: states.map(([layer]) => layer) }).toEqual({ nla, accepted });
      const layers = ["rdp", "ssl", "hybrid", "hybrid-ex", "rdstls", "rdsaad"] as const;
      expect(layers.filter((layer) => security[layer] === "unknown")).toEqual([]);
      expect(codesOf(security)).toEqual(codes);
    },
  );

  it("a request that a device drops is a finding that says how it ended", async () => {
    const { result } = await probe("layers-legacy-dropped");
    expect(result.security).toMatchObject({ rdp: "refused", ssl: "accepted", nla: "unsupported" });
    expect(findingOf(result, "layer-not-answered")?.evidence).toEqual({ layer: "rdp", end: "rst" });
  });

  it("a server that selects what was not asked for accepts nothing by that", async () => {
    const { result } = await probe("layers-unrequested");
    expect(result.security).toMatchObject({ rdp: "unknown", ssl: "accepted", rdsaad: "refused" });
    const evidence = result.findings
      .filter(({ code }) => code === "unrequested-protocol")
      .map((finding) => finding.evidence);
    expect(evidence).toEqual([
      { requested: 0, selected: 1 },
      { requested: 0x10, selected: 1 },
    ]);
  });

  it("Standard RDP Security beside something stronger is a finding", async () => {
    expect(findingOf((await probe("layers-negotiate")).result, "standard-security-accepted")).toMatchObject({
      severity: "warning",
    });
    expect(findingOf((await probe("standard-high")).result, "standard-security-accepted")).toBeUndefined();
  });
});

describe("full depth on Standard RDP Security", () => {
  it.each([
    ["standard-none", "none", [], null],
    ["standard-low", "low", ["40-bit", "56-bit", "128-bit", "fips"], 2048],
    ["standard-client-compatible", "client-compatible", ["40-bit", "56-bit", "128-bit", "fips"], 2048],
    ["standard-high", "high", ["128-bit", "fips"], 2048],
    ["standard-fips", "fips", ["fips"], 2048],
    ["standard-ignores-offer", "high", ["128-bit"], 2048],
  ] as const)("%s: level %s, methods %j", async (id, level, methods, keyBits) => {
    const { rdp } = (await probe(id)).result;
    expect(rdp).toMatchObject({ encryptionLevel: level, encryptionMethods: methods });
    expect(rdp?.certificate?.keyBits ?? null).toBe(keyBits);
  });

  it.each([
    ["standard-none", "standard-security-unencrypted"],
    ["standard-low", "weak-encryption-method"],
    ["standard-weak-key", "standard-security-weak-key"],
    ["standard-ignores-offer", "encryption-method-not-offered"],
  ])("%s gives the finding %s", async (id, code) => {
    expect(findingOf((await probe(id)).result, code)).toMatchObject({ stage: "mcs" });
  });

  it("a level without weak methods and a key of 2048 bits gives no finding of weakness", async () => {
    const codes = (await probe("standard-high")).result.findings.map(({ code }) => code);
    expect(codes.filter((code) => /weak|unencrypted/.test(code))).toEqual([]);
  });

  it("an X.509 chain gives the size of the server's own key", async () => {
    const { certificate } = (await probe("standard-x509")).result.rdp ?? {};
    expect(certificate).toEqual({ kind: "x509-chain", keyBits: 2048, temporary: false });
  });

  it("a server without negotiation data goes on with MCS all the same", async () => {
    const { rdp } = (await probe("standard-without-negotiation")).result;
    expect(rdp).toMatchObject({ version: "5.0-8.1", certificate: { keyBits: 512 } });
  });

  it.each([
    ["standard-silent", "none", "timeout"],
    ["standard-closes", "none", "fin"],
    ["standard-resets", "none", "rst"],
    ["standard-disconnects", "disconnect", "ours"],
  ])(
    "%s: a finding says that MCS got no answer (%s, %s), and no method is guessed",
    async (id, answer, end) => {
      const { result, asked } = await probe(id);
      expect(findingOf(result, "mcs-not-answered")?.evidence).toMatchObject({ layer: "rdp", answer, end });
      expect(result.rdp).toBeNull();
      expect(asked.filter((purpose) => purpose.startsWith("method-"))).toEqual([]);
    },
  );
});

describe("full depth on MCS over TLS", () => {
  it("shows the RDP version, and nothing of Standard RDP Security", async () => {
    const { rdp, stages } = (await probe("mcs-version-10-12")).result;
    expect(rdp).toEqual({
      version: "10.12",
      versionRaw: 0x00080011,
      encryptionMethods: [],
      encryptionLevel: null,
      certificate: null,
    });
    expect(stages.find(({ name }) => name === "mcs")).toMatchObject({ status: "ok", note: "RDP 10.12" });
  });

  it("keeps the number of a version that has no name", async () => {
    const { rdp } = (await probe("mcs-version-unknown")).result;
    expect(rdp).toMatchObject({ version: null, versionRaw: 0x00090000 });
  });

  it("an echo of other protocols than were asked for shows a rewriting proxy", async () => {
    const { result } = await probe("mcs-echo-rewritten");
    expect(findingOf(result, "requested-protocols-rewritten")).toMatchObject({
      severity: "warning",
      stage: "mcs",
      evidence: { requested: 1, echoed: 3 },
    });
    expect(
      findingOf((await probe("mcs-version-10-12")).result, "requested-protocols-rewritten"),
    ).toBeUndefined();
  });

  it("a block of length 0 is a fault, long before any time-out", async () => {
    const { result, connections } = await probe("mcs-block-without-length");
    const facts = connections.find(({ purpose }) => purpose === "layer-ssl")?.facts;
    expect(facts?.mcs?.answer).toMatchObject({
      kind: "malformed",
      fault: { field: "userDataHeader.length", reason: "length 0 is shorter than its own header" },
    });
    expect(facts?.end).toEqual({ kind: "ours" });
    expect(findingOf(result, "mcs-not-answered")?.evidence).toMatchObject({ answer: "malformed" });
    expect(result.rdp).toBeNull();
  });
});

describe("the connections of full depth", () => {
  it.each([
    // NLA required: TLS alone was refused already, and MCS is out of reach.
    ["nla-required", ["layer-rdp", "layer-hybrid", "layer-rdstls", "layer-rdsaad"]],
    // The version stands behind TLS without NLA.
    ["nla-optional", ["layer-rdp", "layer-ssl", "layer-hybrid", "layer-rdstls", "layer-rdsaad"]],
    ["mcs-version-10-12", ["layer-rdp", "layer-ssl", "layer-rdstls", "layer-rdsaad"]],
    // TLS was refused as such; FIPS admits no other method.
    ["standard-fips", ["layer-rdp", "layer-rdstls", "layer-rdsaad"]],
    [
      "standard-high",
      ["layer-rdp", "layer-rdstls", "layer-rdsaad", "method-40-bit", "method-56-bit", "method-fips"],
    ],
    // A server that does not keep to the offer says the same to every one.
    ["standard-ignores-offer", ["layer-rdp", "layer-rdstls", "layer-rdsaad", "method-40-bit"]],
    ["standard-none", ["layer-rdp", "layer-rdstls", "layer-rdsaad"]],
    // Cut off at the first request: two more say whether another one fares better.
    ["reset-after-request", ["layer-rdp", "layer-ssl"]],
    ["silent", []],
  ])("%s is asked %j", async (id, expected) => {
    expect((await probe(id)).asked).toEqual(expected);
  });

  it("are one at a time, at least 200 ms apart", async () => {
    const { connections } = await probe("standard-high");
    const layers = connections.slice(1).map(({ facts }) => facts.times);
    const gaps = layers
      .slice(1)
      .map(({ startedAtMs }, index) => startedAtMs - (layers[index]?.endedAtMs ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(199);
    expect(listenerOf("standard-high").connections().maxOpen).toBe(1);
  });

  it("leave the verdict to the offer that mstsc makes", async () => {
    const { verdict } = (await probe("layers-rdstls")).result;
    expect(verdict.code).toBe("nla-required");
  });
});

describe("what a cookie or a routing token does", () => {
  const TOKEN: Routing = { kind: "token", token: "Cookie: msts=16777343.15629.0000" };

  it("another machine answers with the token: a finding shows both", async () => {
    const { result } = await probe("routing-by-token", TOKEN);
    const { evidence } = findingOf(result, "routing-changes-answer") ?? {};
    expect(evidence?.["with"]).toContain(result.certificate?.sha256);
    expect(evidence?.["without"]).not.toEqual(evidence?.["with"]);
    expect(result.negotiation?.routing).toEqual({ kind: "token", text: TOKEN.token });
  });

  it("the same machine answers with and without it", async () => {
    const { result } = await probe("mcs-version-10-12", TOKEN);
    expect(findingOf(result, "routing-without-effect")).toMatchObject({ severity: "info" });
  });

  it("a cookie of the user's is compared as well, the probe's own is not", async () => {
    const { asked } = await probe("mcs-version-10-12", { kind: "cookie", identity: "alice" });
    expect(asked).toContain("without-routing");
    expect((await probe("mcs-version-10-12")).asked).not.toContain("without-routing");
  });
});
