/** Versions of TLS against what a client offers, and as they are printed. */
import type { ClientProfile } from "../../tls/profiles/client-profile.ts";

/** Whether the client agrees to a version, a value of TLS_VERSION. */
export const isOffered = (version: number, { minVersion, maxVersion }: ClientProfile): boolean =>
  version >= minVersion && version <= maxVersion;

/** `TLS 1.2`, `SSL 3`. @param name as in a result. */
export const printedVersion = (name: string): string => (name === "ssl3" ? "SSL 3" : `TLS ${name}`);
