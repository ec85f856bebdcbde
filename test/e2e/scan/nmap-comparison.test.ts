import { afterAll, beforeAll, expect, it } from "vitest";
import type { ProtocolId } from "../../../src/x224/protocols.ts";
import { allAvailable, describeWhere } from "../../support/availability.ts";
import {
  type CertificateFolder,
  certificatesAvailable,
  makeCertificates,
} from "../servers/programs/certificates.ts";
import { shadowAvailable } from "../servers/programs/freerdp-shadow.ts";
import { askRaw, selectedIn } from "../servers/views/layers-view.ts";
import { nmapAvailable, nmapEncryption, nmapNtlm } from "../servers/views/nmap-view.ts";
import type { RealServer } from "../servers/programs/real-server.ts";
import { withConfiguration } from "../servers/programs/with-configuration.ts";
import { xrdpAvailable } from "../servers/programs/xrdp.ts";
import { fullProbe } from "./full-probe.ts";

const PATIENCE = { timeout: 60_000 };

/** nmap's names, what it asks for under each, and the protocol that its SUCCESS would mean. */
const NMAP_LAYERS: Readonly<Record<string, { asks: number; means: number; layer: ProtocolId }>> = {
  "Native RDP": { asks: 0x00, means: 0x00, layer: "rdp" },
  SSL: { asks: 0x01, means: 0x01, layer: "ssl" },
  "CredSSP (NLA)": { asks: 0x03, means: 0x02, layer: "hybrid" },
  RDSTLS: { asks: 0x04, means: 0x04, layer: "rdstls" },
  "CredSSP with Early User Auth": { asks: 0x08, means: 0x08, layer: "hybrid-ex" },
};

const NMAP_METHODS: Readonly<Record<string, string>> = {
  "40-bit RC4": "40-bit",
  "56-bit RC4": "56-bit",
  "128-bit RC4": "128-bit",
  "FIPS 140-1": "fips",
};

const NMAP_LEVELS: Readonly<Record<string, string>> = {
  Low: "low",
  "Client Compatible": "client-compatible",
  High: "high",
  "FIPS Compliant": "fips",
};

let certificates: CertificateFolder;

beforeAll(async () => {
  if (certificatesAvailable().available) certificates = await makeCertificates();
});

afterAll(() => certificates?.remove());

const withServer = (id: string, check: (server: RealServer) => Promise<void>): Promise<void> =>
  withConfiguration(id, certificates, check);

/** Both are asked; where they differ on a layer, the raw answer to nmap's own request shows who is right. */
const comparesLayers = (id: string): Promise<void> =>
  withServer(id, async (server) => {
    const { security, rdp } = (await fullProbe(server)).result;
    const nmap = await nmapEncryption(server);
    expect(nmap).not.toBeNull();
    const claimed = nmap?.layers ?? [];
    for (const [name, { asks, means, layer }] of Object.entries(NMAP_LAYERS)) {
      const isAccepted = security[layer] === "accepted";
      if (claimed.includes(name) === isAccepted) continue;
      const selected = selectedIn(await askRaw(server, asks));
      expect({ name, selectsIt: selected === means }).toEqual({ name, selectsIt: isAccepted });
    }
    expect(nmap?.methods.map((name) => NMAP_METHODS[name])).toEqual([...(rdp?.encryptionMethods ?? [])]);
    if (nmap?.level != null) expect(NMAP_LEVELS[nmap.level]).toBe(rdp?.encryptionLevel);
  });

describeWhere(allAvailable(nmapAvailable(), xrdpAvailable(), certificatesAvailable()))(
  "nmap's rdp-enum-encryption and full depth on xrdp",
  () => {
    it.concurrent.each([
      "security-layer-negotiate",
      "security-layer-rdp",
      "no-certificate-negotiate",
      "crypt-level-none",
      "crypt-level-low",
      "crypt-level-medium",
      "crypt-level-high",
      "crypt-level-fips",
    ])(
      "%s: the same methods and level; where a layer differs, nmap read no selectedProtocol",
      PATIENCE,
      comparesLayers,
    );

    it(
      "nmap calls every layer of a server without TLS a success, and the server selects PROTOCOL_RDP",
      PATIENCE,
      () =>
        withServer("security-layer-rdp", async (server) => {
          expect((await nmapEncryption(server))?.layers).toContain("CredSSP (NLA)");
          expect(selectedIn(await askRaw(server, 0x03))).toBe(0);
          expect((await fullProbe(server)).result.security).toMatchObject({
            ssl: "refused",
            hybrid: "refused",
          });
        }),
    );

    it("nmap fails on a confirm with a disconnection behind it, full depth reads both", PATIENCE, () =>
      withServer("security-layer-tls", async (server) => {
        expect((await askRaw(server, 0)).received).toMatch(/0300000902f0802180$/);
        expect(await nmapEncryption(server)).toBeNull();
        expect((await fullProbe(server)).result.security).toMatchObject({ rdp: "refused", ssl: "accepted" });
      }),
    );
  },
);

describeWhere(allAvailable(nmapAvailable(), shadowAvailable(), certificatesAvailable()))(
  "nmap's scripts and full depth on FreeRDP's shadow server",
  () => {
    it.each(["shadow-nla", "shadow-tls", "shadow-rdp"])("%s: the same layers", PATIENCE, comparesLayers);

    it("shadow-nla: the NTLM facts are those of rdp-ntlm-info, field by field", PATIENCE, () =>
      withServer("shadow-nla", async (server) => {
        const { ntlm } = (await fullProbe(server)).result;
        const { System_Time: time, ...nmap } = await nmapNtlm(server);
        const ours = {
          Target_Name: ntlm?.targetName,
          NetBIOS_Domain_Name: ntlm?.netbiosDomain,
          NetBIOS_Computer_Name: ntlm?.netbiosComputer,
          DNS_Domain_Name: ntlm?.dnsDomain,
          DNS_Computer_Name: ntlm?.dnsComputer,
          DNS_Tree_Name: ntlm?.dnsTree ?? undefined,
          Product_Version: ntlm?.osVersion,
        };
        expect(Object.keys(nmap).length).toBeGreaterThanOrEqual(6);
        expect(JSON.parse(JSON.stringify(ours))).toEqual(nmap);
        const apartMs = Math.abs(Date.parse(time ?? "") - Date.parse(ntlm?.serverTime ?? ""));
        expect(apartMs).toBeLessThan(30_000);
      }),
    );
  },
);
