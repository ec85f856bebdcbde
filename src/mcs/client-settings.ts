/** The Connect-Initial that the probe sends: a client of 1024 by 768 with three channels. */
import type { ConnectInitial } from "./connect-initial.ts";
import {
  encodeDomainParameters,
  MAXIMUM_PARAMETERS,
  MINIMUM_PARAMETERS,
  TARGET_PARAMETERS,
} from "./domain-parameters.ts";

export interface ClientSettings {
  /** selectedProtocol of the RDP_NEG_RSP; a server drops a client that echoes another one. */
  readonly serverSelectedProtocol: number;
  /** Bits of Standard RDP Security's methods; 0 over TLS. */
  readonly encryptionMethods: number;
  /** [MS-RDPBCGR] 2.2.1.3.2, bits of `EARLY_CAPABILITY`; support of error information by default. */
  readonly earlyCapabilityFlags?: number;
  /** Up to 15 characters; `RDPROBE` by default. */
  readonly clientName?: string;
}

/** [MS-RDPBCGR] 2.2.1.3.2, field earlyCapabilityFlags. */
export const EARLY_CAPABILITY = {
  /** RNS_UD_CS_SUPPORT_ERRINFO_PDU */
  supportErrorInfo: 0x0001,
  /** RNS_UD_CS_STRONG_ASYMMETRIC_KEYS: without it a server shows a key of 512 bits. */
  strongAsymmetricKeys: 0x0008,
} as const;

const DOMAIN_SELECTOR = Uint8Array.of(1);
const RNS_UD_COLOR_8BPP = 0xca01;

/** [MS-RDPBCGR] 2.2.1.3, with what Microsoft's client of RDP 5 sends. */
export const connectInitial = (settings: ClientSettings): ConnectInitial => ({
  kind: "connect-initial",
  callingDomainSelector: DOMAIN_SELECTOR,
  calledDomainSelector: DOMAIN_SELECTOR,
  upwardFlag: 0xff,
  targetParameters: encodeDomainParameters(TARGET_PARAMETERS),
  minimumParameters: encodeDomainParameters(MINIMUM_PARAMETERS),
  maximumParameters: encodeDomainParameters(MAXIMUM_PARAMETERS),
  blocks: [
    {
      kind: "core",
      version: 0x00080004,
      desktopWidth: 1024,
      desktopHeight: 768,
      colorDepth: RNS_UD_COLOR_8BPP,
      sasSequence: 0xaa03,
      keyboardLayout: 0x409,
      clientBuild: 2600,
      clientName: settings.clientName ?? "RDPROBE",
      keyboardType: 4,
      keyboardSubType: 0,
      keyboardFunctionKey: 12,
      imeFileName: "",
      postBeta2ColorDepth: RNS_UD_COLOR_8BPP,
      clientProductId: 1,
      serialNumber: 0,
      highColorDepth: 24,
      supportedColorDepths: 7,
      earlyCapabilityFlags: settings.earlyCapabilityFlags ?? EARLY_CAPABILITY.supportErrorInfo,
      clientDigProductId: "",
      connectionType: 0,
      pad1octet: 0,
      serverSelectedProtocol: settings.serverSelectedProtocol,
    },
    { kind: "cluster", flags: 9, redirectedSessionId: 0 },
    { kind: "security", encryptionMethods: settings.encryptionMethods, extEncryptionMethods: 0 },
    {
      kind: "network",
      channels: [
        { name: "rdpdr", options: 0x80800000 },
        { name: "cliprdr", options: 0xc0a00000 },
        { name: "rdpsnd", options: 0xc0000000 },
      ],
    },
  ],
});
