import { describe, expect, it } from "vitest";
import { parseClient } from "../../../src/scan/one/parse-client.ts";
import { CLIENT_PROFILES } from "../../../src/tls/profiles/client-profiles.ts";
import { NAMED_GROUP } from "../../../src/tls/tables/named-groups.ts";
import { makeKeyPair } from "../../../src/transport/entropy/key-pair.ts";
import { missingGroup } from "../../../src/transport/entropy/offerable.ts";

describe("a client's key shares", () => {
  it("can be made where this Node makes a pair of each of its groups", () => {
    for (const { id, keyShareGroups } of CLIENT_PROFILES) {
      const fails = keyShareGroups.some((group) => {
        try {
          return makeKeyPair(group).publicValue.length === 0;
        } catch {
          return true;
        }
      });
      expect({ id, isMissing: missingGroup({ keyShareGroups }) !== null }).toEqual({ id, isMissing: fails });
      expect(parseClient(id).ok).toBe(!fails);
    }
  });

  it("are missing by name where no Node has the group", () => {
    const keyShareGroups = [NAMED_GROUP.x25519, 0x0202];
    expect(missingGroup({ keyShareGroups })).toBe("MLKEM1024");
  });

  it("of an unknown client are told with every id that there is", () => {
    const refused = parseClient("win3.11");
    expect(refused.ok ? "" : refused.problem).toContain(CLIENT_PROFILES.at(-1)?.id);
  });
});
