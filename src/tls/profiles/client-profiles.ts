/** All client profiles, and the one that a probe speaks as unless told otherwise. */
import { CAPTURED_CLIENT_PROFILES } from "./captured-client-profiles.ts";
import type { ClientProfile } from "./client-profile.ts";
import { OTHER_CLIENT_PROFILES } from "./other-client-profiles.ts";
import { WINDOWS_CLIENT_PROFILES } from "./windows-client-profiles.ts";

export type { ClientProfile } from "./client-profile.ts";

export const CLIENT_PROFILES = [
  ...WINDOWS_CLIENT_PROFILES,
  ...CAPTURED_CLIENT_PROFILES,
  ...OTHER_CLIENT_PROFILES,
] as const;

export type ClientProfileId = (typeof CLIENT_PROFILES)[number]["id"];

export const DEFAULT_CLIENT_ID = "win11-mstsc-nla" satisfies ClientProfileId;

/** The profile of an id, or null. */
export const clientProfile = (id: string): ClientProfile | null =>
  CLIENT_PROFILES.find((profile) => profile.id === id) ?? null;
