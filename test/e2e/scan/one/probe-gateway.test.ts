/** The RD Gateway of an .rdp file: what is seen of it, and what becomes of the file's result. */
import { describe, expect, test } from "vitest";
import { mintCertificate } from "../../../../src/lab/certificates/certificates.ts";
import type { Identity } from "../../../../src/lab/certificates/identities.ts";
import { respondGateway } from "../../../../src/lab/listener-responders.ts";
import { probeGateway } from "../../../../src/scan/one/probe-gateway.ts";
import { targetOptions } from "../../../../src/library/probe-settings.ts";
import type { GatewayReport } from "../../../../src/verdict/result/gateway-report.ts";
import type { Result } from "../../../../src/verdict/result/result.ts";
import { withGateway } from "../../../../src/verdict/result/with-gateway.ts";
import { RESULTS } from "../../../report/results.ts";
import { schemaFaults } from "../../schema/validator.ts";
import { answerWith, closedPort, LOOPBACK, play } from "../listener-fixtures.ts";

const DAY_MS = 86_400_000;
const OPTIONS = targetOptions({ timeoutMs: 2000, family: 4 });

const identityOf = (commonName: string, daysLeft = 100, isSelfSigned = false): Identity => {
  const validity = {
    notBefore: new Date(Date.now() - 200 * DAY_MS),
    notAfter: new Date(Date.now() + daysLeft * DAY_MS),
  };
  const issuer = mintCertificate({ commonName: "Contoso CA", ca: true, freshKey: true, ...validity });
  const { keyPem, chainPem } = mintCertificate({
    commonName,
    ...validity,
    ...(isSelfSigned ? {} : { issuer }),
  });
  return { key: keyPem, cert: chainPem, certificate: null };
};

const asked = (port: number, usage: GatewayReport["usage"] = "always", host = "localhost") =>
  probeGateway({ host, port, usage }, OPTIONS);

const codesOf = ({ findings }: Result): readonly string[] =>
  findings
    .filter(({ code }) => code.startsWith("rdp-gateway"))
    .map(({ code, severity }) => `${code} ${severity}`);

describe("a gateway", () => {
  test.each([
    ["localhost", 100, false, "rdp-gateway-answers info"],
    ["localhost", 100, true, "rdp-gateway-certificate warning"],
    ["localhost", -3, false, "rdp-gateway-certificate critical"],
    ["gw.contoso.example", 100, false, "rdp-gateway-certificate critical"],
  ])(
    "with a certificate for %s, %d days left, self-signed %j",
    async (name, daysLeft, isSelfSigned, code) => {
      const responder = await respondGateway(LOOPBACK, {
        identity: identityOf(name, daysLeft, isSelfSigned),
        schemes: ["NTLM"],
      });
      const gateway = await asked(responder.port);
      await responder.close();
      expect(gateway.listener).toMatchObject({ state: "open", authentication: ["NTLM"] });
      const result = withGateway({ ...RESULTS.portClosed, startedAt: new Date().toISOString() }, gateway);
      expect(codesOf(result)).toEqual([code]);
      expect(schemaFaults("result", result)).toEqual([]);
    },
  );

  test("that is another web server, a closed port, or a name without an address", async () => {
    const web = await play(
      answerWith("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
      identityOf("localhost"),
    );
    const other = await asked(web.port);
    await web.close();
    expect(codesOf(withGateway(RESULTS.portClosed, other))).toEqual(["rdp-gateway-not-answering critical"]);
    const closed = await asked(await closedPort());
    expect(codesOf(withGateway(RESULTS.portClosed, closed))).toEqual(["rdp-gateway-not-answering critical"]);
    const unnamed = await asked(443, "always", "no-such-host.invalid");
    expect(unnamed).toMatchObject({ address: null, listener: null });
    expect(codesOf(withGateway(RESULTS.portClosed, unnamed))).toEqual(["rdp-gateway-not-found critical"]);
  });
});

describe("the computer behind it", () => {
  const silent = { host: "gw.example", port: 443, address: null, listener: null } as const;

  test.each(["always", "fallback"] as const)(
    "is not judged where the direct way does not reach it: %s",
    (usage) => {
      const { verdict, remedies, gateway, target } = withGateway(RESULTS.portClosed, { ...silent, usage });
      expect(verdict).toMatchObject({
        code: "inconclusive",
        stage: "tcp",
        severity: "warning",
        causes: [],
        mstsc: null,
      });
      expect(verdict.evidence).toEqual({ gateway: "gw.example", direct: "port-closed" });
      expect({ remedies, host: gateway?.host, target }).toEqual({
        remedies: [],
        host: "gw.example",
        target: RESULTS.portClosed.target,
      });
    },
  );

  test.each([
    ["always", "critical"],
    ["fallback", "warning"],
  ] as const)(
    "keeps the verdict of the direct way that works; a broken gateway, used as %s, is %s",
    (usage, severity) => {
      const result = withGateway(RESULTS.noCertificate, { ...silent, usage });
      expect(result.verdict).toEqual(RESULTS.noCertificate.verdict);
      expect(codesOf(result)).toEqual([`rdp-gateway-not-found ${severity}`]);
    },
  );
});
