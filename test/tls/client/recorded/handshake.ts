/**
 * A handshake of TLS 1.0 to 1.2 as it was recorded: what the client was made of, what each side said, and the
 * secret by the server's own key log. `scripts/record-tls-handshakes.ts` makes the files.
 */
import type { ClientProfile } from "../../../../src/tls/profiles/client-profile.ts";
import { createTlsClient, type TlsClient } from "../../../../src/tls/client/tls-client.ts";
import { EXTENSION } from "../../../../src/tls/wire/extension.ts";
import { NAMED_GROUP } from "../../../../src/tls/tables/named-groups.ts";
import { profileOfVersions, WIDEST_PROFILE } from "../../../../src/tls/profiles/profile-variants.ts";
import { seededEntropy } from "../known-key-pairs.ts";

export interface RecordedHandshake {
  readonly name: string;
  /** Program and version, and the command that it was started with. */
  readonly server: string;
  readonly offer: RecordedOffer;
  /** In hex, as all that follows. */
  readonly clientHello: string;
  /** From the ServerHello to the server's Finished. */
  readonly serverHandshake: string;
  readonly clientHandshake: string;
  /** A record of `said` under the session's keys, and what the server said to it. */
  readonly clientData: string;
  readonly serverData: string;
  readonly said: string;
  readonly answered: string;
  /** By the server's key log. */
  readonly masterSecret: string;
}

export interface RecordedOffer {
  readonly version: number;
  readonly suite: number;
  readonly group: number;
  readonly extendedMasterSecret: boolean;
  readonly encryptThenMac: boolean;
}

/** The client that the offer is made by, the same each time. */
export const recordedClient = (
  name: string,
  offer: RecordedOffer,
  onSecret: (line: string) => void,
): TlsClient =>
  createTlsClient({
    ...{ profile: profileOf(offer), serverName: "rdp.example", isAddress: false },
    ...{ entropy: seededEntropy(name), onSecret },
  });

const profileOf = (offer: RecordedOffer): ClientProfile => {
  const wanted = new Map([
    [EXTENSION.extendedMasterSecret, offer.extendedMasterSecret],
    [EXTENSION.encryptThenMac, offer.encryptThenMac],
  ]);
  const types = [...WIDEST_PROFILE.extensionOrder, EXTENSION.encryptThenMac];
  const base: ClientProfile = {
    ...WIDEST_PROFILE,
    ...{ id: "recorded", cipherSuites: [offer.suite] },
    // That of the certificate has to be among them.
    groups: [...new Set([offer.group, NAMED_GROUP.secp256r1])],
    extensionOrder: types.filter((type) => [...wanted].every(([one, is]) => one !== type || is)),
  };
  const profile = profileOfVersions(base, offer.version, offer.version);
  if (profile === null) throw new RangeError("an offer of nothing");
  return profile;
};
