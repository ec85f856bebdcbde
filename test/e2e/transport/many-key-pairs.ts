/** Makes so many x25519 pairs, and agrees on a secret with some of them. */
import { NAMED_GROUP } from "../../../src/tls/tables/named-groups.ts";
import { makeKeyPair } from "../../../src/transport/entropy/key-pair.ts";

const KEPT = 64;
const kept = Array.from({ length: KEPT }, () => makeKeyPair(NAMED_GROUP.x25519));
let agreed = 0;
for (let made = 0; made < Number(process.argv[2]); made += 1) {
  const pair = makeKeyPair(NAMED_GROUP.x25519);
  const peer = kept[made % KEPT];
  if (made % KEPT === 0 && peer !== undefined && pair.agree(peer.publicValue) !== null) agreed += 1;
  kept[made % KEPT] = pair;
}
process.stdout.write(`${agreed}\n`);
