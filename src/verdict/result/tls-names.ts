/** Versions and suites in sentences for people. */
import { cipherSuite } from "../../tls/tables/cipher-suites.ts";
import type { TlsVersionName } from "../../tls/tables/versions.ts";

/** `TLS 1.2`, `SSL 3`. */
export const versionText = (name: TlsVersionName): string => (name === "ssl3" ? "SSL 3" : `TLS ${name}`);

/** The registered name, or the number where there is none. */
export const suiteText = (code: number): string =>
  cipherSuite(code)?.name ?? `0x${code.toString(16).padStart(4, "0")}`;

/** `a, b, c and 4 more`; a list of up to `most` is given whole. */
export const someOf = (texts: readonly string[], most = 3): string =>
  texts.length <= most
    ? texts.join(", ")
    : `${texts.slice(0, most).join(", ")} and ${texts.length - most} more`;
