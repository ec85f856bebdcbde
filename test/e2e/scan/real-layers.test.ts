import { afterAll, beforeAll, expect, it } from "vitest";
import type { Result } from "../../../src/verdict/result/result.ts";
import { PROTOCOLS } from "../../../src/x224/protocols.ts";
import { allAvailable, describeWhere } from "../../support/availability.ts";
import {
  type CertificateFolder,
  certificatesAvailable,
  makeCertificates,
} from "../servers/programs/certificates.ts";
import { shadowAvailable } from "../servers/programs/freerdp-shadow.ts";
import { type LayerView, layersView } from "../servers/views/layers-view.ts";
import type { RealServer } from "../servers/programs/real-server.ts";
import { type StandardSecurity, standardSecurityView } from "../servers/views/standard-security-view.ts";
import { startWeston, westonAvailable } from "../servers/programs/weston.ts";
import { xrdpAvailable } from "../servers/programs/xrdp.ts";
import { REAL_CONFIGURATIONS, type RealConfiguration } from "../servers/programs/xrdp-configurations.ts";
import { fullProbe } from "./full-probe.ts";

const PATIENCE = { timeout: 60_000 };

const METHODS: Readonly<Record<number, string>> = { 1: "40-bit", 2: "128-bit", 8: "56-bit", 16: "fips" };
const LEVELS = ["none", "low", "client-compatible", "high", "fips"] as const;

let certificates: CertificateFolder;

beforeAll(async () => {
  if (certificatesAvailable().available) certificates = await makeCertificates();
});

afterAll(() => certificates?.remove());

/** What we say of the layers, in the words of the raw view. */
const saidOfLayers = ({ security }: Result): Record<string, LayerView | "unknown"> =>
  Object.fromEntries(
    PROTOCOLS.map(({ id }) => {
      const state = security[id];
      return [id, state === "refused" ? (security.codes[id]?.code ?? 0) : state];
    }),
  );

const expectStandardSecurity = ({ rdp }: Result, truth: StandardSecurity | null): void => {
  if (truth === null) {
    expect(rdp?.encryptionLevel ?? null).toBeNull();
    return;
  }
  const method = METHODS[truth.encryptionMethod];
  expect(rdp).toMatchObject({
    encryptionLevel: LEVELS[truth.encryptionLevel],
    encryptionMethods: method === undefined ? [] : [method],
  });
  expect(rdp?.certificate === null).toBe(method === undefined);
};

const withServer = async (start: Promise<RealServer>, check: (server: RealServer) => Promise<void>) => {
  const server = await start;
  try {
    await check(server);
  } finally {
    await server.stop();
  }
};

const fullDepthOnEach = (server: RealConfiguration["server"]): void => {
  it.concurrent.each(REAL_CONFIGURATIONS.filter((configuration) => configuration.server === server))(
    "$id: layers, codes, flags, NLA, encryption and version equal the truth",
    PATIENCE,
    (configuration) =>
      withServer(configuration.start(certificates), async (running) => {
        const { result } = await fullProbe(running);
        const { truth, id } = configuration;
        expect(saidOfLayers(result)).toEqual(await layersView(running));
        expect(result.security.nla).toBe(id === "shadow-nla" ? "required" : "unsupported");
        const { outcome } = truth.confirms["0x0b"];
        if (outcome.kind === "selected") expect(result.negotiation?.flagsRaw).toBe(outcome.flags);
        expectStandardSecurity(result, truth.standardSecurity);
        const codes = result.findings.map(({ code }) => code);
        expect(codes).not.toContain("requested-protocols-rewritten");
        expect(codes).not.toContain("mcs-not-answered");
        expect(result.negotiation?.serverHints).toContain(
          server === "xrdp" ? expectedHint(result) : "freerdp",
        );
        if (result.rdp !== null) expect(result.rdp.version).toBe("5.0-8.1");
      }),
  );
};

/** A failure carries no flags, by which xrdp is told from Windows. */
const expectedHint = ({ negotiation }: Result): string => (negotiation?.failure == null ? "xrdp" : "windows");

describeWhere(allAvailable(xrdpAvailable(), certificatesAvailable()))("full depth on a real xrdp", () => {
  fullDepthOnEach("xrdp");
});

describeWhere(allAvailable(shadowAvailable(), certificatesAvailable()))(
  "full depth on FreeRDP's shadow server",
  () => {
    fullDepthOnEach("freerdp-shadow");

    it("with NLA: its version is its NTLM library's claim, and a finding says so", PATIENCE, () => {
      const configuration = REAL_CONFIGURATIONS.find(({ id }) => id === "shadow-nla");
      if (configuration === undefined) throw new Error("no shadow-nla");
      return withServer(configuration.start(certificates), async (running) => {
        const { findings } = (await fullProbe(running)).result;
        const finding = findings.find(({ code }) => code === "os-version-not-from-windows");
        expect(finding).toMatchObject({ severity: "info", evidence: { osVersion: "6.1.7601" } });
      });
    });
  },
);

describeWhere(westonAvailable())("full depth on weston's RDP back end", () => {
  it.each([
    { security: "tls", accepted: ["rdp", "ssl"] },
    { security: "rdp", accepted: ["rdp"] },
  ] as const)("$security: takes $accepted", PATIENCE, ({ security, accepted }) =>
    withServer(startWeston({ security }), async (running) => {
      const { result } = await fullProbe(running);
      expect(saidOfLayers(result)).toEqual(await layersView(running));
      const taken = Object.entries(result.security).filter(([, state]) => state === "accepted");
      expect(taken.map(([id]) => id)).toEqual(accepted);
      expect(result.security.nla).toBe("unsupported");
      expect(result.negotiation?.serverHints).toEqual(["freerdp"]);
      const truth = await standardSecurityView(running);
      expect(result.rdp?.encryptionLevel).toBe(LEVELS[truth?.encryptionLevel ?? -1]);
    }),
  );
});
