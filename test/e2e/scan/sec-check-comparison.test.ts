import { afterAll, beforeAll, expect, it } from "vitest";
import { allAvailable, describeWhere } from "../../support/availability.ts";
import {
  type CertificateFolder,
  certificatesAvailable,
  makeCertificates,
} from "../servers/programs/certificates.ts";
import { shadowAvailable } from "../servers/programs/freerdp-shadow.ts";
import { secCheckView } from "../servers/views/sec-check-view.ts";
import { withConfiguration } from "../servers/programs/with-configuration.ts";
import { xrdpAvailable } from "../servers/programs/xrdp.ts";
import { REAL_CONFIGURATIONS } from "../servers/programs/xrdp-configurations.ts";
import { fullProbe } from "./full-probe.ts";

const PATIENCE = { timeout: 60_000 };

const METHODS: Readonly<Record<number, string>> = { 1: "40-bit", 2: "128-bit", 8: "56-bit", 16: "fips" };

/** Those that differ in what rdp-sec-check asks about. */
const XRDP_IDS = REAL_CONFIGURATIONS.map(({ id }) => id).filter((id) =>
  /^(?:security-layer|crypt-level|no-certificate)-/.test(id),
);

const LAYERS = ["rdp", "ssl", "hybrid"] as const;

let certificates: CertificateFolder;

beforeAll(async () => {
  if (certificatesAvailable().available) certificates = await makeCertificates();
});

afterAll(() => certificates?.remove());

/** The layers that it finds supported are those that we call accepted, and so are the methods. */
const agrees = (id: string): Promise<void> =>
  withConfiguration(id, certificates, async (server) => {
    const { security, rdp } = (await fullProbe(server)).result;
    const theirs = await secCheckView(server);
    const ours = LAYERS.map((layer) => [layer, security[layer] === "accepted"]);
    expect(Object.fromEntries(ours)).toEqual(theirs.layers);
    expect(rdp?.encryptionMethods ?? []).toEqual(theirs.methods.map((method) => METHODS[method]));
  });

describeWhere(allAvailable(xrdpAvailable(), certificatesAvailable()))(
  "rdp-sec-check's questions and full depth on xrdp",
  () => {
    it.concurrent.each(XRDP_IDS)("%s: the same layers and methods", PATIENCE, agrees);
  },
);

describeWhere(allAvailable(shadowAvailable(), certificatesAvailable()))(
  "rdp-sec-check's questions and full depth on FreeRDP's shadow server",
  () => {
    it.each(["shadow-nla", "shadow-tls", "shadow-rdp"])("%s: the same layers and methods", PATIENCE, agrees);
  },
);
