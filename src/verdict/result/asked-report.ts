/** What the hellos of `--ask` say, as it stands in a result. */
import type { HelloAnswer } from "../../handshake/plan/asked-hellos.ts";
import type { Asks } from "../../handshake/plan/asks.ts";
import { cipherSuite } from "../../tls/tables/cipher-suites.ts";
import { TLS_VERSIONS, type TlsVersionName } from "../../tls/tables/versions.ts";
import type { AskedReport, Finding } from "./result.ts";
import { suiteText } from "./tls-names.ts";

/** The part of the result, and what is worth a finding. */
export const askedReport = (
  asks: Asks,
  answers: ReadonlyMap<TlsVersionName | "weak", HelloAnswer>,
): { readonly report: AskedReport; readonly findings: readonly Finding[] } => {
  const state = (about: TlsVersionName | "weak") => answers.get(about)?.state ?? "unknown";
  const [ssl3, tls10, tls11, tls12, tls13] = TLS_VERSIONS;
  const suite = answers.get("weak")?.suite ?? null;
  const report: AskedReport = {
    ...(asks.has("tls-versions")
      ? {
          tlsVersions: {
            [ssl3.name]: state(ssl3.name),
            [tls10.name]: state(tls10.name),
            [tls11.name]: state(tls11.name),
            [tls12.name]: state(tls12.name),
            [tls13.name]: state(tls13.name),
          },
        }
      : {}),
    ...(asks.has("weak")
      ? { weakSuites: { state: state("weak"), suite: suite === null ? null : suiteText(suite) } }
      : {}),
  };
  return { report, findings: suite === null ? [] : [weakAccepted(suite)] };
};

const weakAccepted = (suite: number): Finding => ({
  code: "cipher-suite-weak-accepted",
  severity: "warning",
  stage: "tls",
  summary: `the server accepts ${suiteText(suite)} from a client that offers weak cipher suites alone`,
  evidence: { suite: suiteText(suite), weakness: cipherSuite(suite)?.weak ?? null },
  remedies: [],
});
