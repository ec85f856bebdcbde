/** Whether this Node can make what a client's ClientHello carries: an older one has no ML-KEM. */
import type { ClientProfile } from "../../tls/profiles/client-profile.ts";
import { groupName } from "../../tls/tables/named-groups.ts";
import { makeKeyPair } from "./key-pair.ts";

/** The name of a group that the client sends a share of and that this Node cannot make, or null. */
export const missingGroup = ({ keyShareGroups }: Pick<ClientProfile, "keyShareGroups">): string | null => {
  const missing = keyShareGroups.find((group) => !canMake(group));
  return missing === undefined ? null : (groupName(missing) ?? String(missing));
};

/** By group; what a Node has does not change. */
const known = new Map<number, boolean>();

const canMake = (group: number): boolean => {
  const before = known.get(group);
  if (before !== undefined) return before;
  const can = makes(group);
  known.set(group, can);
  return can;
};

const makes = (group: number): boolean => {
  try {
    makeKeyPair(group);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
};
