/** Ephemeral key pairs of our TLS client, by named group, from node:crypto. */
import { createECDH, createPublicKey, diffieHellman, generateKeyPairSync } from "node:crypto";
import { curveOfGroup } from "../../tls/client/curves.ts";
import type { KeyPair } from "../../tls/client/tls-client.ts";
import { NAMED_GROUP } from "../../tls/tables/named-groups.ts";
import { mlKemHybridPair } from "./ml-kem-pair.ts";

interface MontgomeryCurve {
  readonly name: "x25519" | "x448";
  /** In a JSON Web Key (RFC 8037 2). */
  readonly crv: "X25519" | "X448";
  /** Of a public value, in bytes. */
  readonly size: number;
}

const MONTGOMERY: ReadonlyMap<number, MontgomeryCurve> = new Map([
  [NAMED_GROUP.x25519, { name: "x25519", crv: "X25519", size: 32 }],
  [NAMED_GROUP.x448, { name: "x448", crv: "X448", size: 56 }],
]);

/**
 * A peer's value is taken as a JSON Web Key, which is the bytes as they are: through DER OpenSSL takes fifty times as
 * long. Our own is given as DER all the same: Node 20 locks itself up for ever in the export of a JSON Web Key when
 * the garbage collector comes at the wrong moment, once in some 50,000 pairs.
 */
const montgomeryPair = ({ name, crv, size }: MontgomeryCurve): KeyPair => {
  const { publicKey, privateKey } =
    name === "x25519" ? generateKeyPairSync("x25519") : generateKeyPairSync("x448");
  return {
    publicValue: publicKey.export({ type: "spki", format: "der" }).subarray(-size),
    agree(peer) {
      if (peer.length !== size) return null;
      try {
        const x = Buffer.from(peer).toString("base64url");
        const key = createPublicKey({ key: { kty: "OKP", crv, x }, format: "jwk" });
        const secret = diffieHellman({ privateKey, publicKey: key });
        // A point of small order (RFC 7748 6.1).
        return secret.every((byte) => byte === 0) ? null : secret;
      } catch {
        return null;
      }
    },
  };
};

const UNCOMPRESSED = 4;

const ellipticPair = (curve: string): KeyPair => {
  const ecdh = createECDH(curve);
  const publicValue = ecdh.generateKeys();
  return {
    publicValue,
    agree(peer) {
      if (peer.length !== publicValue.length || peer[0] !== UNCOMPRESSED) return null;
      try {
        return ecdh.computeSecret(peer);
      } catch {
        return null;
      }
    },
  };
};

/**
 * A pair that nobody had before.
 * @param group a code of NAMED_GROUPS
 * @throws RangeError for a group that this Node cannot make a pair of.
 */
export const makeKeyPair = (group: number): KeyPair => {
  const montgomery = MONTGOMERY.get(group);
  if (montgomery !== undefined) return montgomeryPair(montgomery);
  if (group === NAMED_GROUP.X25519MLKEM768) return mlKemHybridPair(makeKeyPair(NAMED_GROUP.x25519));
  const curve = curveOfGroup(group);
  if (curve === null) throw new RangeError(`no key pair of group ${group} can be made here`);
  try {
    return ellipticPair(curve);
  } catch (error) {
    throw new RangeError(`no key pair of group ${group} can be made here: ${String(error)}`);
  }
};
