/** Clients whose ClientHellos are the same: one of them stands for all on the wire. */
import type { ClientProfile } from "./client-profile.ts";

/** Clients by their hello, each group in the order of the list. */
export const byHello = <T extends ClientProfile>(profiles: readonly T[]): readonly (readonly T[])[] => {
  const groups = new Map<string, T[]>();
  for (const profile of profiles) {
    const key = helloKey(profile);
    groups.set(key, [...(groups.get(key) ?? []), profile]);
  }
  return [...groups.values()];
};

/** Everything that is written into a hello; what a client accepts besides does not show there. */
const helloKey = (profile: ClientProfile): string =>
  JSON.stringify([
    profile.recordVersion,
    profile.helloVersion,
    profile.supportedVersions,
    profile.cipherSuites,
    profile.groups,
    profile.keyShareGroups,
    profile.signatureAlgorithms,
    profile.pointFormats,
    profile.pskModes,
    profile.extensionOrder,
    profile.sessionIdLength,
    profile.sni,
  ]);
