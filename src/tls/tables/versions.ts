/** The protocol versions of SSL 3 and TLS, by the number that stands in records and hellos. */

export const TLS_VERSION = {
  ssl3: 0x0300,
  tls10: 0x0301,
  tls11: 0x0302,
  tls12: 0x0303,
  tls13: 0x0304,
} as const;

/** How a version is printed in a result. */
export type TlsVersionName = "ssl3" | "1.0" | "1.1" | "1.2" | "1.3";

/** Newest last. */
export const TLS_VERSIONS = [
  { code: TLS_VERSION.ssl3, name: "ssl3" },
  { code: TLS_VERSION.tls10, name: "1.0" },
  { code: TLS_VERSION.tls11, name: "1.1" },
  { code: TLS_VERSION.tls12, name: "1.2" },
  { code: TLS_VERSION.tls13, name: "1.3" },
] as const satisfies readonly { readonly code: number; readonly name: TlsVersionName }[];

/** The name of a version number, or null where it is none of the five. */
export const tlsVersionName = (code: number): TlsVersionName | null =>
  TLS_VERSIONS.find((version) => version.code === code)?.name ?? null;

/** The number of a version's name: 0x0303 for `1.2`. */
export const tlsVersionCode = (name: TlsVersionName): number => {
  const found = TLS_VERSIONS.find((version) => version.name === name);
  if (found === undefined) throw new RangeError(`tls: no version is called ${name}`);
  return found.code;
};
