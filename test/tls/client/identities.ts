/** The keys and certificates of the scripted servers. */
import { createPrivateKey, type KeyObject } from "node:crypto";
import { handshakeSigner, type HandshakeSigner } from "../../../src/lab/flight/handshake-signatures.ts";
import { makeIdentity } from "../identity.ts";

export interface Identity {
  readonly key: KeyObject;
  /** DER, the leaf first. */
  readonly chain: readonly Uint8Array[];
  readonly sign: HandshakeSigner;
  /** The scheme that it signs with in TLS 1.3, and in TLS 1.2. */
  readonly scheme13: number;
  readonly scheme12: number;
}

const identityOf = (
  kind: "rsa-2048" | "ec-p256" | "ec-p384" | "ed25519",
  schemes: readonly [number, number],
) => {
  const { key, der } = makeIdentity({ key: kind });
  const privateKey = createPrivateKey(key);
  const [scheme13, scheme12] = schemes;
  return { key: privateKey, chain: [der], sign: handshakeSigner(privateKey), scheme13, scheme12 };
};

export const RSA: Identity = identityOf("rsa-2048", [0x0804, 0x0401]);
export const EC_P256: Identity = identityOf("ec-p256", [0x0403, 0x0403]);
export const EC_P384: Identity = identityOf("ec-p384", [0x0503, 0x0503]);
export const ED25519: Identity = identityOf("ed25519", [0x0807, 0x0807]);
