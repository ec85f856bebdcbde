/** A server that asks for another ClientHello for ever (RFC 8446 4.1.4 lets it ask once). */
import { retryRequest } from "../flight/flight-13.ts";
import { decodeHelloRecords } from "../hello-records.ts";
import { CLIENT_LIMITS, type Step } from "../steps.ts";

const AES_256_GCM_SHA384 = 0x1302;
/** secp384r1, secp521r1, secp256r1, x25519: none that the hello before had a share of. */
const GROUPS = [24, 25, 23, 29] as const;

export const retryForEver: Step = async ({ connection }) => {
  for (let turn = 0; ; turn += 1) {
    const received = await connection.receive(decodeHelloRecords, CLIENT_LIMITS);
    if (received === null) return false;
    const group = GROUPS[turn % GROUPS.length] ?? GROUPS[0];
    if (!(await connection.write(retryRequest(received.hello, AES_256_GCM_SHA384, group)))) return false;
  }
};
