import { afterAll, beforeAll, expect, it } from "vitest";
import { allAvailable, describeWhere } from "../../support/availability.ts";
import {
  type CertificateFolder,
  certificatesAvailable,
  makeCertificates,
} from "../servers/programs/certificates.ts";
import { shadowAvailable } from "../servers/programs/freerdp-shadow.ts";
import { xrdpAvailable } from "../servers/programs/xrdp.ts";
import { REAL_CONFIGURATIONS } from "../servers/programs/xrdp-configurations.ts";
import { samplesOf, soleValueOf } from "../../exporter/exposition-format.ts";
import { type RunningExporter, runExporter } from "./running-exporter.ts";

const EXPECTED = [
  { id: "shadow-nla", success: 1, verdict: "nla-required", nla: 1 },
  { id: "expired-certificate", success: 1, verdict: "certificate-expired", nla: 0 },
  { id: "no-certificate-tls", success: 0, verdict: "no-server-certificate", nla: 0 },
] as const;

describeWhere(allAvailable(xrdpAvailable(), shadowAvailable(), certificatesAvailable()))(
  "/probe of real servers",
  () => {
    let certificates: CertificateFolder;
    let exporter: RunningExporter;
    beforeAll(async () => {
      certificates = await makeCertificates();
      exporter = await runExporter();
    });
    afterAll(async () => {
      await exporter[Symbol.asyncDispose]();
      certificates.remove();
    });

    it.each(EXPECTED)("$id: $verdict", async ({ id, success, verdict, nla }) => {
      const configuration = REAL_CONFIGURATIONS.find((one) => one.id === id);
      const server = await configuration?.start(certificates);
      try {
        const { status, text } = await exporter.probe(`${server?.host}:${server?.port}`, {}, 15);
        expect(status).toBe(200);
        expect(samplesOf(text, "rdp_probe_verdict")[0]?.labels["verdict"]).toBe(verdict);
        expect(soleValueOf(text, "probe_success")).toBe(success);
        expect(soleValueOf(text, "rdp_nla_required")).toBe(nla);
      } finally {
        await server?.stop();
      }
    });
  },
);
