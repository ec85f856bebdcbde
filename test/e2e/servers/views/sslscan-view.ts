/** What sslscan says of an RDP server's cipher suites: a second opinion, which is not always right. */
import type { TlsVersionName } from "../../../../src/tls/tables/versions.ts";
import { type Availability, commandsAvailable } from "../../../support/availability.ts";
import { outputOf } from "../programs/processes.ts";

export const sslscanAvailable = (): Availability => commandsAvailable("sslscan");

const VERSIONS: Readonly<Record<string, TlsVersionName>> = {
  SSLv3: "ssl3",
  "TLSv1.0": "1.0",
  "TLSv1.1": "1.1",
  "TLSv1.2": "1.2",
  "TLSv1.3": "1.3",
};

/** OpenSSL's names of the accepted suites, sorted, by version; a version without any is absent. */
export const sslscanSuites = async ({
  host,
  port,
}: {
  readonly host: string;
  readonly port: number;
}): Promise<Readonly<Partial<Record<TlsVersionName, readonly string[]>>>> => {
  const xml = await outputOf(
    "sslscan",
    [
      ...["--rdp", "--xml=-", "--no-heartbleed", "--no-fallback", "--no-renegotiation", "--no-compression"],
      ...["--no-groups", "--no-check-certificate", `${host}:${port}`],
    ],
    { timeoutMs: 60_000 },
  );
  const suites: Partial<Record<TlsVersionName, readonly string[]>> = {};
  for (const [, name = "", cipher = ""] of xml.matchAll(CIPHER_ELEMENT)) {
    const version = VERSIONS[name];
    if (version !== undefined) suites[version] = [...(suites[version] ?? []), cipher].toSorted();
  }
  return suites;
};

/** `<cipher status="accepted" sslversion="TLSv1.2" bits="256" cipher="ECDHE-RSA-AES256-GCM-SHA384" ...` */
const CIPHER_ELEMENT = /<cipher status="\w+" sslversion="([^"]+)" bits="\d+" cipher="([^"]+)"/g;
