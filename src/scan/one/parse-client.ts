/** The client that a probe speaks as, from its id: one reading for the command line, the library and the exporter. */
import { type Parsed, parsed, rejected } from "../../targets/plan/parsed.ts";
import type { ClientProfile } from "../../tls/profiles/client-profile.ts";
import { CLIENT_PROFILES, clientProfile } from "../../tls/profiles/client-profiles.ts";
import { missingGroup } from "../../transport/entropy/offerable.ts";

/** Rejected where no profile has the id, and where this Node lacks what the client sends. */
export const parseClient = (id: string): Parsed<ClientProfile> => {
  const profile = clientProfile(id);
  if (profile === null) {
    return rejected(`${JSON.stringify(id)} is none of ${CLIENT_PROFILES.map((one) => one.id).join(", ")}`);
  }
  const missing = missingGroup(profile);
  return missing === null
    ? parsed(profile)
    : rejected(
        `${id} sends a key share of ${missing}, which Node has from 24.7 on; this is ${process.version}`,
      );
};
