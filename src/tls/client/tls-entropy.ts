/** What of a handshake is random or secret: the client gets it from its caller. */

export interface TlsEntropy {
  bytes(size: number): Uint8Array;
  /**
   * A fresh pair of a code of NAMED_GROUPS.
   * @throws RangeError for a group that this Node has not.
   */
  keyPair(group: number): KeyPair;
  /**
   * A fresh pair in the field of this prime (RFC 5246 F.1.1.3); both numbers are big endian.
   * @throws RangeError where this Node cannot compute in it.
   */
  finiteFieldKeyPair(prime: Uint8Array, generator: Uint8Array): KeyPair;
}

export interface KeyPair {
  readonly publicValue: Uint8Array;
  /**
   * The shared secret, of a fixed size for the group. Null where the peer's value is no valid public value: a
   * point that is not on the curve, one of small order, a number out of range, a wrong size.
   */
  agree(peer: Uint8Array): Uint8Array | null;
}
