/** What a server of the lab answers to a Connect-Initial: version, encryption, certificate, and its faults. */
import { randomBytes } from "node:crypto";
import type { ConnectInitial } from "../../mcs/connect-initial.ts";
import { connectResponse, encodeConnectResponse } from "../../mcs/connect-response.ts";
import { ALL_ENCRYPTION_METHODS } from "../../mcs/encryption-methods.ts";
import type { ServerBlock } from "../../mcs/server-blocks.ts";
import { encodeServerCertificate, type ServerCertificate } from "../../mcs/server-certificate.ts";
import { PROTOCOL } from "../../x224/protocols.ts";

export interface McsPolicy {
  /** [MS-RDPBCGR] 2.2.1.4.2, field version. */
  readonly version: number;
  readonly encryptionLevel: number;
  /** Bits of the methods that the level allows; 0: no encryption. */
  readonly encryptionMethods: number;
  /** xrdp takes its own method, whatever was offered. */
  readonly ignoresOffer: boolean;
  readonly certificate: "proprietary" | "x509-chain";
  readonly keyBits: number;
  /** What the server believes to have been asked for. */
  readonly echo: (requestedProtocols: number) => number;
  /** What becomes of the packet on its way out. */
  readonly spoil: (packet: Uint8Array) => Uint8Array;
}

/** Windows 11 and Server 2025, with what Standard RDP Security is by default. */
export const WINDOWS_MCS: McsPolicy = {
  version: 0x00080011,
  encryptionLevel: 2,
  encryptionMethods: ALL_ENCRYPTION_METHODS,
  ignoresOffer: false,
  certificate: "proprietary",
  keyBits: 2048,
  echo: (requestedProtocols) => requestedProtocols,
  spoil: (packet) => packet,
};

/** The packet, or null where no method fits: the connection is closed then ([MS-RDPBCGR] 5.3.2.1). */
export const mcsAnswer = (
  initial: ConnectInitial,
  requestedProtocols: number,
  policy: McsPolicy,
  chain: readonly Uint8Array[],
): Uint8Array | null => {
  const security = securityBlock(initial, policy, chain);
  if (security === null) return null;
  const blocks: readonly ServerBlock[] = [
    { kind: "core", version: policy.version, clientRequestedProtocols: policy.echo(requestedProtocols) },
    security,
    { kind: "network", mcsChannelId: 1003, channelIds: [1004, 1005, 1006] },
  ];
  return policy.spoil(encodeConnectResponse(connectResponse(blocks)));
};

/** FIPS only where nothing else fits, as servers choose. */
const PREFERENCE = [0x02, 0x08, 0x01, 0x10];

const RANDOM_SIZE = 32;

const securityBlock = (
  { blocks }: ConnectInitial,
  policy: McsPolicy,
  chain: readonly Uint8Array[],
): ServerBlock | null => {
  const core = blocks.find((block) => block.kind === "core");
  const offered = blocks.find((block) => block.kind === "security")?.encryptionMethods ?? 0;
  const isStandard = (core?.serverSelectedProtocol ?? PROTOCOL.rdp) === PROTOCOL.rdp;
  if (!isStandard) return { kind: "security", encryptionMethod: 0, encryptionLevel: 0 };
  const { encryptionLevel, encryptionMethods, ignoresOffer } = policy;
  if (encryptionMethods === 0) return { kind: "security", encryptionMethod: 0, encryptionLevel };
  const usable = ignoresOffer ? encryptionMethods : encryptionMethods & offered;
  const encryptionMethod = PREFERENCE.find((bit) => (usable & bit) !== 0);
  if (encryptionMethod === undefined) return null;
  const serverCertificate = encodeServerCertificate(certificateOf(policy, chain));
  return {
    kind: "security",
    encryptionMethod,
    encryptionLevel,
    keys: { serverRandom: randomBytes(RANDOM_SIZE), serverCertificate },
  };
};

const certificateOf = (
  { certificate, keyBits }: McsPolicy,
  chain: readonly Uint8Array[],
): ServerCertificate => {
  if (certificate === "x509-chain") {
    const padding = new Uint8Array(8 + 4 * chain.length);
    return { kind: certificate, isTemporary: false, certificates: chain.toReversed(), padding };
  }
  return {
    kind: certificate,
    isTemporary: false,
    signatureAlgorithm: 1,
    keyAlgorithm: 1,
    publicKey: {
      keyBits,
      dataBytes: keyBits / 8 - 1,
      publicExponent: 0x10001,
      modulus: withZeros(randomBytes(keyBits / 8)),
    },
    signature: withZeros(randomBytes(SIGNATURE_SIZE)),
  };
};

const SIGNATURE_SIZE = 64;

const withZeros = (bytes: Uint8Array): Uint8Array => Uint8Array.from([...bytes, ...new Uint8Array(8)]);
