/** What a Connect-Response tells of a server: its version, and the encryption of Standard RDP Security. */
import type { DecodeFault } from "../bytes/decoded.ts";
import { type ConnectResponse, MCS_RESULTS } from "./connect-response.ts";
import { encryptionLevelName, encryptionMethodNames } from "./encryption-methods.ts";
import { rdpVersionName } from "./rdp-versions.ts";
import type { ServerBlock } from "./server-blocks.ts";
import { decodeServerCertificate, type ServerCertificate } from "./server-certificate.ts";

export interface RdpFacts {
  /** [T.125] 7 Result; 0 is success. */
  readonly result: { readonly code: number; readonly name: string | null };
  readonly version: { readonly code: number; readonly name: string | null } | null;
  /** The requestedProtocols that the server saw. */
  readonly clientRequestedProtocols: number | null;
  readonly earlyCapabilityFlags: number | null;
  /** The bits that the server chose; 0 over TLS. */
  readonly encryptionMethod: number | null;
  readonly encryptionMethods: readonly string[];
  readonly encryptionLevel: { readonly code: number; readonly name: string | null } | null;
  readonly serverRandom: Uint8Array | null;
  readonly certificate: ServerCertificate | null;
  /** Why there is a certificate that could not be read; the offset counts from its start. */
  readonly certificateFault: DecodeFault | null;
}

/** The first block of each kind counts. */
export const rdpFacts = ({ result, blocks }: ConnectResponse): RdpFacts => {
  const core = firstBlock(blocks, "core");
  const security = firstBlock(blocks, "security");
  const method = security?.encryptionMethod ?? null;
  const level = security?.encryptionLevel;
  return {
    result: { code: result, name: MCS_RESULTS[result] ?? null },
    version: core === null ? null : { code: core.version, name: rdpVersionName(core.version) },
    clientRequestedProtocols: core?.clientRequestedProtocols ?? null,
    earlyCapabilityFlags: core?.earlyCapabilityFlags ?? null,
    encryptionMethod: method,
    encryptionMethods: encryptionMethodNames(method ?? 0),
    encryptionLevel: level === undefined ? null : { code: level, name: encryptionLevelName(level) },
    serverRandom: security?.keys?.serverRandom ?? null,
    ...certificateFacts(security?.keys?.serverCertificate ?? null),
  };
};

const firstBlock = <K extends ServerBlock["kind"]>(blocks: readonly ServerBlock[], kind: K) =>
  blocks.find((block): block is Extract<ServerBlock, { kind: K }> => block.kind === kind) ?? null;

const certificateFacts = (bytes: Uint8Array | null): Pick<RdpFacts, "certificate" | "certificateFault"> => {
  if (bytes === null || bytes.length === 0) return { certificate: null, certificateFault: null };
  const decoded = decodeServerCertificate(bytes);
  if (decoded.status === "done") return { certificate: decoded.value, certificateFault: null };
  return { certificate: null, certificateFault: decoded.status === "bad" ? decoded.fault : null };
};
