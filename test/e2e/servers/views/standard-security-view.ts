/** Which encryption a server says it uses in Standard RDP Security: [MS-RDPBCGR] 2.2.1.4.3, read without our decoder. */
import { rawExchange } from "../../../support/raw-exchange.ts";
import { CONNECTION_REQUESTS } from "../../../support/x224-relay.ts";

export interface StandardSecurity {
  /** 0 none, 1 40-bit, 2 128-bit, 8 56-bit, 0x10 FIPS. */
  readonly encryptionMethod: number;
  /** 0 none, 1 low, 2 client compatible, 3 high, 4 FIPS. */
  readonly encryptionLevel: number;
}

interface Offer {
  /** `none` is a request without negotiation data, and its answer in general has none either. */
  readonly request: "none" | "0x00";
  /** Bits of encryptionMethods. */
  readonly methods: number;
}

const ALL: Offer = { request: "0x00", methods: 0x1b };

/** Null when there is no MCS Connect-Response with a Server Security Data block. */
export const standardSecurityView = async (
  server: { readonly host: string; readonly port: number },
  { request, methods }: Offer = ALL,
): Promise<StandardSecurity | null> => {
  const offered = methods.toString(16).padStart(2, "0");
  const initial = CONNECT_INITIAL.replace("02c00c001b", `02c00c00${offered}`);
  const { received } = await rawExchange(server, [CONNECTION_REQUESTS[request], initial]);
  return securityBlock(Buffer.from(received, "hex"));
};

/** Offers 40-bit, 56-bit, 128-bit and FIPS (0x1b), after a Connection Confirm for PROTOCOL_RDP. */
const CONNECT_INITIAL = [
  "030001a002f0807f658201940401010401010101ff30190201220201020201000201010201000201010202ffff0201023019",
  "02010102010102010102010102010002010102020420020102301c0202ffff0202fc170202ffff0201010201000201010202",
  "ffff02010204820133000500147c0001812a000800100001c00044756361811c01c0d800040008000004000301ca03aa0904",
  "0000280a000052004400500052004f004200450000000000000000000000000000000000000004000000000000000c000000",
  "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
  "000000000000000000000000000001ca01000000000018000700010000000000000000000000000000000000000000000000",
  "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000004c0",
  "0c00090000000000000002c00c001b0000000000000003c02c0003000000726470647200000000008080636c697072647200",
  "0000a0c0726470736e640000000000c0",
].join("");

const SC_SECURITY = 0x0c02;

/** The blocks (type, length with these four bytes) follow the H.221 key "McDn" and a PER length. */
const securityBlock = (answer: Buffer): StandardSecurity | null => {
  const key = answer.indexOf("McDn");
  if (key < 0) return null;
  let at = key + 4 + ((answer[key + 4] ?? 0) >= 0x80 ? 2 : 1);
  while (at + 12 <= answer.length) {
    if (answer.readUInt16LE(at) === SC_SECURITY) {
      return { encryptionMethod: answer.readUInt32LE(at + 4), encryptionLevel: answer.readUInt32LE(at + 8) };
    }
    at += Math.max(4, answer.readUInt16LE(at + 2));
  }
  return null;
};
