/** What node:crypto alone takes for the client's part of one TLS 1.3 handshake: nothing that we write can be cheaper. */
import {
  constants,
  createHmac,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  randomBytes,
  sign,
  verify,
  X509Certificate,
} from "node:crypto";
import { mintCertificate } from "../../src/lab/certificates/certificates.ts";

const ROUNDS = 5;
const TIMES = 1000;
/** Of a handshake with certificate that ends in close_notify (RFC 8446 7.1, 7.3 and 4.4.4). */
const HMACS = 25;
const HASH = "sha384";
const HASH_BYTES = 48;
const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };

/** Prints each part, and gives their sum in milliseconds. */
export const printCryptoFloor = (print: (line: string) => void): number => {
  const parts = partsOfHandshake().map(([what, run]) => ({ what, ms: leastMs(run) }));
  const sumMs = parts.reduce((sum, { ms }) => sum + ms, 0);
  const list = parts.map(({ what, ms }) => `${what} ${ms.toFixed(3)}`).join(", ");
  print(`node:crypto alone for one TLS 1.3 handshake: ${sumMs.toFixed(2)} ms (${list})`);
  return sumMs;
};

const partsOfHandshake = (): readonly (readonly [what: string, run: () => unknown])[] => {
  const now = Date.now();
  const { der, privateKey } = mintCertificate({
    commonName: "FLOOR",
    notBefore: new Date(now),
    notAfter: new Date(now + 86_400_000),
  });
  const signed = randomBytes(HASH_BYTES);
  const signature = sign("sha256", signed, { key: privateKey, ...PSS });
  const own = generateKeyPairSync("x25519");
  const peer = generateKeyPairSync("x25519").publicKey.export({ format: "jwk" });
  const secret = randomBytes(HASH_BYTES);
  return [
    ["key generation", () => generateKeyPairSync("x25519")],
    [
      "derivation",
      () => {
        const publicKey = createPublicKey({ key: peer, format: "jwk" });
        return diffieHellman({ privateKey: own.privateKey, publicKey });
      },
    ],
    [
      "RSA verification with the certificate's import",
      () => verify("sha256", signed, { key: new X509Certificate(der).publicKey, ...PSS }, signature),
    ],
    [
      `${HMACS} HMACs`,
      () => {
        for (let count = 0; count < HMACS; count += 1) createHmac(HASH, secret).update(secret).digest();
      },
    ],
  ];
};

/** CPU time of one run, milliseconds: the least of some rounds. */
const leastMs = (run: () => unknown): number => {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round <= ROUNDS; round += 1) {
    const before = process.cpuUsage();
    for (let time = 0; time < TIMES; time += 1) run();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000 / TIMES);
  }
  return least;
};
