/** The stages of a handshake at which a server can turn hostile: the way there, and what would be said. */
import { fromHex } from "../../bytes/hex.ts";
import { encodeTsRequest } from "../../credssp/ts-request.ts";
import { connectResponse, encodeConnectResponse } from "../../mcs/connect-response.ts";
import { encodeCertificate } from "../../tls/wire/certificate.ts";
import { encodeHandshakeMessage, HANDSHAKE_TYPE } from "../../tls/wire/handshake-message.ts";
import { CONTENT_TYPE, encodeRecords } from "../../tls/wire/record.ts";
import { encodeServerHello } from "../../tls/wire/server-hello.ts";
import { TLS_VERSION } from "../../tls/tables/versions.ts";
import { encodeServerTpdu } from "../../x224/server-tpdu.ts";
import { PROTOCOL } from "../../x224/protocols.ts";
import { always, response } from "../answers.ts";
import type { Identity, IdentityId } from "../certificates/identities.ts";
import { answer, hearAnything, readClientHello, readRequest, type Step, send, startTls } from "../steps.ts";
import { nlaOptional, TLS_1_2 } from "../usual-steps.ts";
import type { Words } from "./behaviours.ts";

export interface HostileStage {
  readonly id: string;
  readonly title: string;
  /** As a verdict names it. */
  readonly stage: "negotiation" | "tls" | "credssp";
  readonly identity: IdentityId | null;
  /** What comes before, as it should be. */
  readonly way: readonly Step[];
  readonly words: (identity: Identity | null) => Words;
  /** Ids, where not all say more than those of the plain stage. */
  readonly behaviours?: readonly string[];
}

const handshake = (type: number, body: Uint8Array): Uint8Array =>
  encodeRecords(CONTENT_TYPE.handshake, TLS_VERSION.tls12, encodeHandshakeMessage({ type, body }));

/** ECDHE with AES-256-GCM, which every client of today offers. */
const HELLO = handshake(
  HANDSHAKE_TYPE.serverHello,
  encodeServerHello({
    ...{ version: TLS_VERSION.tls12, random: new Uint8Array(32).fill(7), sessionId: new Uint8Array(0) },
    ...{ cipherSuite: 0xc030, compressionMethod: 0, extensions: null },
  }),
);

const certificates = (chain: readonly Uint8Array[]): Words => {
  const valid = handshake(HANDSHAKE_TYPE.certificate, encodeCertificate({ chain }));
  return {
    valid,
    wrongType: handshake(HANDSHAKE_TYPE.finished, new Uint8Array(12)),
    huge: fromHex("16030300040bffffff"),
    zero: fromHex("16030300070b000003000000"),
  };
};

const chainOf = (identity: Identity | null): readonly Uint8Array[] => identity?.certificate?.chain ?? [];

const SHAPED = ["right-then-silence", "doubled", "endless-repetition", "half-then-silence", "right-then-fin"];

/** A certificate that is hard to read, or to hold. */
const shaped = (
  id: string,
  title: string,
  identity: IdentityId,
  shape: (chain: readonly Uint8Array[]) => readonly Uint8Array[] = (chain) => chain,
): HostileStage => ({
  ...{ id, title, stage: "tls", identity, way: [nlaOptional, readClientHello, send(HELLO)] },
  words: (shown) => certificates(shape(chainOf(shown))),
  behaviours: SHAPED,
});

const MIB = 1024 * 1024;
/** SEQUENCE of a MiB. */
const LARGE_CERTIFICATE = Uint8Array.from(
  { length: MIB },
  (_, at) => [0x30, 0x83, 0x0f, 0xff, 0xfb][at] ?? 0,
);
const UTC_TIME = [0x17, 0x0d] as const;
const NO_DATE = new TextEncoder().encode("999999999999Z");

/** Every UTCTime of it is none that ASN.1 has. */
const withoutDates = (der: Uint8Array): Uint8Array => {
  const copy = Uint8Array.from(der);
  for (let at = 0; at + 2 + NO_DATE.length <= copy.length; at += 1)
    if (copy[at] === UTC_TIME[0] && copy[at + 1] === UTC_TIME[1]) copy.set(NO_DATE, at + 2);
  return copy;
};

/** [MS-NLMP] 4.2.4.3: the CHALLENGE_MESSAGE of the NTLM v2 example. */
const CHALLENGE = fromHex(
  "4e544c4d53535000020000000c000c003800000033828ae20123456789abcdef0000000000000000" +
    "2400240044000000060070170000000f53006500720076006500720002000c0044006f006d00610069006e00" +
    "01000c0053006500720076006500720000000000",
);

const credssp = (id: string, title: string, policy: Parameters<typeof startTls>[0]): HostileStage => ({
  ...{ id, title, stage: "credssp", identity: "rsa-2048" },
  way: [nlaOptional, startTls(policy), hearAnything],
  words: () => ({
    valid: encodeTsRequest({ version: 6, negoTokens: [CHALLENGE] }),
    wrongType: new TextEncoder().encode("HTTP/1.1 200 OK\r\n\r\n"),
    huge: fromHex("3084ffffffff"),
    zero: fromHex("3000"),
  }),
});

export const HOSTILE_STAGES: readonly HostileStage[] = [
  {
    ...{ id: "confirm", title: "in answer to the Connection Request", stage: "negotiation", identity: null },
    way: [readRequest],
    words: () => ({
      valid: encodeServerTpdu(response(PROTOCOL.hybrid)),
      wrongType: fromHex("030000130e700000123400021f080008000000"),
      huge: fromHex("0300ffff0ed00000123400021f08000800"),
      zero: fromHex("03000000"),
    }),
  },
  {
    ...{ id: "hello", title: "in answer to the ClientHello", stage: "tls", identity: null },
    way: [nlaOptional, readClientHello],
    words: () => ({
      valid: HELLO,
      wrongType: handshake(99, new Uint8Array(40)),
      huge: fromHex("160303000602ffffff0303"),
      zero: fromHex("1603030000"),
    }),
  },
  {
    ...{ id: "certificate", title: "in place of the Certificate", stage: "tls", identity: "rsa-2048" },
    way: [nlaOptional, readClientHello, send(HELLO)],
    words: (identity) => certificates(chainOf(identity)),
  },
  shaped("chain-of-100", "with a chain of 100", "rsa-2048", ([leaf = new Uint8Array(0)]) =>
    Array.from({ length: 100 }, () => leaf),
  ),
  shaped("certificate-of-1-mib", "with a certificate of 1 MiB", "rsa-2048", () => [LARGE_CERTIFICATE]),
  shaped("10000-names", "with a certificate of 10,000 names", "ten-thousand-names"),
  shaped("hostile-names", "with names that act on terminals", "hostile-name"),
  shaped("no-dates", "with dates that ASN.1 has not", "rsa-2048", (chain) => chain.map(withoutDates)),
  credssp("credssp12", "in answer to CredSSP over TLS 1.2", TLS_1_2),
  credssp("credssp13", "in answer to CredSSP over TLS 1.3", { minVersion: "TLSv1.3" }),
  {
    ...{ id: "mcs", title: "in answer to the Connect-Initial", stage: "negotiation", identity: null },
    way: [answer(always(response(PROTOCOL.rdp))), hearAnything],
    words: () => ({
      valid: encodeConnectResponse(
        connectResponse([
          { kind: "core", version: 0x00080011, clientRequestedProtocols: PROTOCOL.rdp },
          { kind: "security", encryptionMethod: 0, encryptionLevel: 0 },
          { kind: "network", mcsChannelId: 1003, channelIds: [] },
        ]),
      ),
      wrongType: fromHex("0300000902f0802180"),
      huge: fromHex("0300ffff02f0807f6683ffffff"),
      zero: fromHex("0300000702f080"),
    }),
  },
];
