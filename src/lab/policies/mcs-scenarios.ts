/** Scenarios that full depth is for: each security layer alone, Standard RDP Security, and MCS over TLS. */
import type { ConnectionRequest } from "../../x224/connection-request.ts";
import { PROTOCOL } from "../../x224/protocols.ts";
import { disconnect, response, withoutNegotiation } from "../answers.ts";
import { serveLayers, takes } from "../layer-steps.ts";
import type { McsPolicy } from "./mcs-policy.ts";
import type { Scenario } from "../scenario.ts";
import { close, reset, type Step, send, stayOpen } from "../steps.ts";
import { MCS_DISCONNECT } from "../wire-texts.ts";

const { rdp, ssl, hybrid, hybridEx, rdstls, rdsaad } = PROTOCOL;
const CREDSSP = [hybridEx, hybrid];

const standardOnly = takes([rdp], 2);
const tlsOnly = takes([ssl], 1);
const OK = { verdict: "ok", stage: "done" } as const;
const STANDARD_ONLY = { verdict: "standard-security-only", stage: "negotiation" } as const;

/** The rows of facts 2.2 that lead on to something. */
const matrix: readonly Scenario[] = [
  {
    id: "layers-negotiate",
    title: "takes Standard RDP Security, TLS and CredSSP, as SecurityLayer=1 without NLA does",
    ...OK,
    identity: "rsa-2048",
    behaviour: [serveLayers({ to: takes([...CREDSSP, ssl, rdp], 1) })],
  },
  {
    id: "layers-no-certificate",
    title: "failure 3 to clients that ask for TLS, and Standard RDP Security for the others",
    verdict: "no-server-certificate",
    stage: "negotiation",
    identity: null,
    behaviour: [serveLayers({ to: takes([rdp], 3) })],
  },
  {
    id: "layers-hybrid-alone",
    title: "CredSSP without early user authorization, as Windows 7 and Server 2008 R2 have it",
    ...OK,
    identity: "rsa-2048",
    behaviour: [serveLayers({ to: takes([hybrid, ssl], 1), mcs: { version: 0x00080004 } })],
  },
  {
    id: "layers-rdstls",
    title: "requires NLA, and takes RDSTLS from redirected clients",
    verdict: "nla-required",
    stage: "negotiation",
    identity: "rsa-2048",
    behaviour: [serveLayers({ to: takes([...CREDSSP, rdstls], 5) })],
  },
  {
    id: "layers-rdsaad",
    title: "requires sign-in by Entra ID: failure 7 to every other request",
    verdict: "entra-required",
    stage: "negotiation",
    identity: "rsa-2048",
    behaviour: [serveLayers({ to: takes([rdsaad], 7) })],
  },
  {
    id: "layers-legacy-dropped",
    title: "a device on the way resets requests for Standard RDP Security",
    ...OK,
    identity: "rsa-2048",
    behaviour: [serveLayers({ to: (request) => (asks(request, rdp) ? null : takes([ssl], 1)(request)) })],
  },
  {
    id: "layers-unrequested",
    title: "selects TLS, whatever was asked for",
    ...OK,
    identity: "rsa-2048",
    behaviour: [serveLayers({ to: () => response(ssl) })],
  },
  {
    id: "layers-disconnects",
    title: "takes TLS, and ends requests that it does not know with an MCS disconnect, as xrdp does",
    ...OK,
    identity: "rsa-2048",
    behaviour: [serveLayers({ to: (request) => (asks(request, rdsaad) ? disconnect : tlsOnly(request)) })],
  },
];

const asks = ({ negotiation }: ConnectionRequest, protocols: number): boolean =>
  (negotiation?.requestedProtocols ?? rdp) === protocols;

const LEVELS = [
  { id: "none", encryptionLevel: 0, encryptionMethods: 0 },
  { id: "low", encryptionLevel: 1, encryptionMethods: 0x1b },
  { id: "client-compatible", encryptionLevel: 2, encryptionMethods: 0x1b },
  { id: "high", encryptionLevel: 3, encryptionMethods: 0x12 },
  { id: "fips", encryptionLevel: 4, encryptionMethods: 0x10 },
] as const;

const standard = (id: string, title: string, mcs: Partial<McsPolicy> | Step): Scenario => ({
  id,
  title,
  ...STANDARD_ONLY,
  identity: "chain",
  behaviour: [serveLayers({ to: standardOnly, mcs })],
});

const standardSecurity: readonly Scenario[] = [
  ...LEVELS.map(({ id, ...mcs }) =>
    standard(`standard-${id}`, `Standard RDP Security alone, encryption level ${id}`, mcs),
  ),
  standard("standard-weak-key", "Standard RDP Security with a key of 512 bits", { keyBits: 512 }),
  standard("standard-x509", "Standard RDP Security with an X.509 chain, as of a licensed terminal server", {
    certificate: "x509-chain",
  }),
  standard("standard-ignores-offer", "Standard RDP Security with 128 bit for everybody, as of xrdp", {
    encryptionLevel: 3,
    encryptionMethods: 0x02,
    ignoresOffer: true,
  }),
  {
    id: "standard-without-negotiation",
    title: "Standard RDP Security without negotiation data, as of Windows XP",
    ...STANDARD_ONLY,
    identity: null,
    behaviour: [serveLayers({ to: () => withoutNegotiation, mcs: { version: 0x00080004, keyBits: 512 } })],
  },
  standard("standard-silent", "Standard RDP Security that does not answer the Connect-Initial", stayOpen),
  standard("standard-closes", "Standard RDP Security that closes on the Connect-Initial", close),
  standard("standard-resets", "Standard RDP Security that resets on the Connect-Initial", reset),
  standard(
    "standard-disconnects",
    "Standard RDP Security that disconnects instead of a Connect-Response",
    (visit) => send(MCS_DISCONNECT)(visit).then((isSent) => isSent && close(visit)),
  ),
];

/** SC_CORE, the first block, with a length of 0: it hung another tool for good. */
const withoutLength = (packet: Uint8Array): Uint8Array => {
  const at = packet.findIndex((byte, index) => byte === 0x01 && packet[index + 1] === 0x0c);
  return packet.map((byte, index) => (index === at + 2 || index === at + 3 ? 0 : byte));
};

const overTls = (id: string, title: string, mcs: Partial<McsPolicy>): Scenario => ({
  id,
  title,
  ...OK,
  identity: "rsa-2048",
  behaviour: [serveLayers({ to: tlsOnly, mcs })],
});

const mcsOverTls: readonly Scenario[] = [
  overTls("mcs-version-10-12", "TLS without NLA; RDP version 10.12", {}),
  overTls("mcs-version-unknown", "TLS without NLA; an RDP version that no document names", {
    version: 0x00090000,
  }),
  overTls("mcs-echo-rewritten", "behind a proxy that asks for more than the client did", {
    echo: (requestedProtocols) => requestedProtocols | hybrid,
  }),
  overTls("mcs-block-without-length", "a Connect-Response whose first block has the length 0", {
    spoil: withoutLength,
  }),
];

const routing: readonly Scenario[] = [
  {
    id: "token-required",
    title: "a load balancer that resets clients without a routing token",
    verdict: "reset",
    stage: "negotiation",
    identity: "rsa-2048",
    behaviour: [
      serveLayers({ to: (request) => (request.routing?.kind === "token" ? tlsOnly(request) : null) }),
    ],
  },
  {
    id: "routing-by-token",
    title: "a load balancer that sends clients with a routing token to another machine",
    ...OK,
    identity: "rsa-2048",
    farm: ["farm-member"],
    behaviour: [
      serveLayers({ to: tlsOnly, member: ({ routing: sent }) => (sent?.kind === "token" ? 1 : 0) }),
    ],
  },
];

export const MCS_SCENARIOS: readonly Scenario[] = [...matrix, ...standardSecurity, ...mcsOverTls, ...routing];
