/** Decoders of one structure: no input makes them throw or claim more than there is, and what they read is written back as it came. */
import { isDeepStrictEqual } from "node:util";
import type { Decoded } from "../../../src/bytes/decoded.ts";
import { fromHex } from "../../../src/bytes/hex.ts";
import { decodeNtlmChallenge, encodeChallengeMessage } from "../../../src/credssp/ntlm-challenge.ts";
import { decodeNtlmNegotiate, encodeNegotiateMessage } from "../../../src/credssp/ntlm-negotiate.ts";
import { decodeSpnego, encodeSpnego, negTokenInit, negTokenResp } from "../../../src/credssp/spnego.ts";
import { decodeTsRequest, encodeTsRequest } from "../../../src/credssp/ts-request.ts";
import { decodeMessageHead, encodeMessageHead } from "../../../src/http/message-head.ts";
import { decodeResponseHead } from "../../../src/http/response.ts";
import { decodeConnectInitial, encodeConnectInitial } from "../../../src/mcs/connect-initial.ts";
import { decodeConnectResponse, encodeConnectResponse } from "../../../src/mcs/connect-response.ts";
import { decodeDataTpdu, encodeDataTpdu } from "../../../src/mcs/data-tpdu.ts";
import { decodeMcsPdu } from "../../../src/mcs/mcs-pdu.ts";
import { decodeServerCertificate, encodeServerCertificate } from "../../../src/mcs/server-certificate.ts";
import { decodeRdpeudpDatagram, encodeRdpeudpDatagram } from "../../../src/rdpeudp/datagram.ts";
import { synDatagram } from "../../../src/rdpeudp/syn-datagram.ts";
import { decodeAlert, encodeAlert } from "../../../src/tls/wire/alert.ts";
import {
  decodeCertificate,
  decodeCertificate13,
  encodeCertificate,
  encodeCertificate13,
} from "../../../src/tls/wire/certificate.ts";
import {
  decodeCertificateRequest,
  encodeCertificateRequest,
} from "../../../src/tls/wire/certificate-request.ts";
import { decodeClientHello, encodeClientHello } from "../../../src/tls/wire/client-hello.ts";
import {
  decodeDtlsHandshake,
  decodeDtlsRecord,
  encodeDtlsHandshake,
  encodeDtlsRecord,
} from "../../../src/tls/wire/dtls-record.ts";
import {
  decodeHandshakeMessage,
  encodeHandshakeMessage,
  HANDSHAKE_TYPE,
} from "../../../src/tls/wire/handshake-message.ts";
import { decodeRecord, encodeRecord } from "../../../src/tls/wire/record.ts";
import { decodeServerHello, encodeServerHello } from "../../../src/tls/wire/server-hello.ts";
import { decodeConnectionRequest, encodeConnectionRequest } from "../../../src/x224/connection-request.ts";
import { decodeServerTpdu, encodeServerTpdu } from "../../../src/x224/server-tpdu.ts";
import { decodeTpkt, encodeTpkt } from "../../../src/x224/tpkt.ts";
import { CHALLENGE_V1, CHALLENGE_V2, NTLM_REQUEST, SPNEGO_REQUEST } from "../../credssp/examples.ts";
import { randomOfCase } from "../../laws/pieces/random.ts";
import { clientFlight, flightBytes, recorded, serverFlight } from "../../laws/pieces/wire.ts";
import {
  SPECIFIED_CONNECT_INITIAL,
  SPECIFIED_CONNECT_RESPONSE,
  STANDARD_CONNECT_INITIAL,
} from "../../mcs/examples.ts";
import { expectThat, type FuzzTarget } from "../target.ts";

const DRAWS = 40;
const draws = (
  name: string,
  draw: (random: ReturnType<typeof randomOfCase>) => Uint8Array,
): readonly Uint8Array[] => Array.from({ length: DRAWS }, (_, number) => draw(randomOfCase(7, name, number)));

const sideStarts = (side: "client" | "server") =>
  draws(side, (random) => recorded(random, side, "start").subarray(0, 4096));

/** The bodies of handshake messages of one type. */
const bodies = (type: number): readonly Uint8Array[] => {
  const found: Uint8Array[] = [];
  for (const flight of [
    ...draws("s", (random) => serverFlight(random).messages),
    ...draws("c", (random) => clientFlight(random).messages),
  ]) {
    for (let rest = flight; rest.length > 0; ) {
      const message = decodeHandshakeMessage(rest);
      if (message.status !== "done") break;
      if (message.value.type === type) found.push(message.value.body.slice(0, 4096));
      rest = rest.subarray(message.size);
    }
  }
  return found;
};

const records = () =>
  draws("records", (random) => flightBytes(serverFlight(random), random).subarray(0, 4096));
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const HEADS = [
  'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM TlRM, Basic realm="a,\\"b"\r\nContent-Length: 10\r\n\r\n',
  "HTTP/1.0 200\r\nServer: Microsoft-HTTPAPI/2.0\r\nTransfer-Encoding: chunked\r\n\r\n",
  "GET /x?y HTTP/1.1\r\nHost: a\r\n\r\n",
].map(text);
const DTLS = [
  fromHex(`16fefd0000000000000000002f0300002300000000000000 23fefd20${"ab".repeat(32)}`.replaceAll(" ", "")),
  fromHex("15feff000000000000000100020228"),
];

/** A codec whose writer gives back what its reader read. */
const codec = <T>(
  name: string,
  source: string,
  decode: (bytes: Uint8Array) => Decoded<T>,
  encode: ((value: T) => Uint8Array) | null,
  seeds: () => readonly Uint8Array[],
  form: FuzzTarget["form"] = "bytes",
): FuzzTarget => ({
  ...{ name, source: `src/${source}`, seeds, form },
  maxBytes: 4096,
  run: (bytes) => {
    const read = decode(bytes);
    if (read.status === "need") {
      expectThat(Number.isSafeInteger(read.bytes) && read.bytes >= 1, "needs less than a byte more");
      return;
    }
    if (read.status === "bad") {
      expectThat(read.fault.offset >= 0 && read.fault.offset <= bytes.length, "a fault that is outside");
      return;
    }
    expectThat(read.size >= 0 && read.size <= bytes.length, "a value that is larger than its bytes");
    if (encode === null) return;
    const written = encode(read.value);
    const again = decode(written);
    expectThat(
      again.status === "done" && isDeepStrictEqual(again.value, read.value),
      "what is written is read as something else",
    );
  },
});

export const DECODER_TARGETS: readonly FuzzTarget[] = [
  codec("tpkt", "x224/tpkt.ts", decodeTpkt, encodeTpkt, () => sideStarts("server"), "records"),
  codec(
    "x224-server-tpdu",
    "x224/server-tpdu.ts",
    decodeServerTpdu,
    encodeServerTpdu,
    () => sideStarts("server"),
    "records",
  ),
  codec(
    "x224-connection-request",
    "x224/connection-request.ts",
    decodeConnectionRequest,
    encodeConnectionRequest,
    () => sideStarts("client"),
  ),
  codec("tls-record", "tls/wire/record.ts", decodeRecord, encodeRecord, records, "records"),
  codec(
    "tls-handshake-message",
    "tls/wire/handshake-message.ts",
    decodeHandshakeMessage,
    encodeHandshakeMessage,
    () => draws("m", (random) => serverFlight(random).messages.subarray(0, 4096)),
  ),
  codec("tls-server-hello", "tls/wire/server-hello.ts", decodeServerHello, encodeServerHello, () =>
    bodies(HANDSHAKE_TYPE.serverHello),
  ),
  codec("tls-client-hello", "tls/wire/client-hello.ts", decodeClientHello, encodeClientHello, () =>
    bodies(HANDSHAKE_TYPE.clientHello),
  ),
  codec("tls-certificate", "tls/wire/certificate.ts", decodeCertificate, encodeCertificate, () =>
    bodies(HANDSHAKE_TYPE.certificate),
  ),
  codec("tls-certificate-13", "tls/wire/certificate.ts", decodeCertificate13, encodeCertificate13, () => [
    fromHex("00000000"),
    fromHex("0000000800000330010100"),
    fromHex("000000080000033001010000"),
  ]),
  codec(
    "tls-certificate-request",
    "tls/wire/certificate-request.ts",
    (bytes) => decodeCertificateRequest(bytes, 0x0303),
    encodeCertificateRequest,
    () => [fromHex("0301024000020401000d000b3009310730050603550403")],
  ),
  codec("tls-alert", "tls/wire/alert.ts", decodeAlert, encodeAlert, () => [fromHex("0228"), fromHex("0100")]),
  codec("dtls-record", "tls/wire/dtls-record.ts", decodeDtlsRecord, encodeDtlsRecord, () => DTLS),
  codec("dtls-handshake", "tls/wire/dtls-record.ts", decodeDtlsHandshake, encodeDtlsHandshake, () =>
    DTLS.map((bytes) => bytes.subarray(13)),
  ),
  codec(
    "tsrequest",
    "credssp/ts-request.ts",
    decodeTsRequest,
    encodeTsRequest,
    () => [
      NTLM_REQUEST,
      SPNEGO_REQUEST,
      encodeTsRequest({ version: 6, negoTokens: [CHALLENGE_V2] }),
      encodeTsRequest({ version: 6, errorCode: 0xc000006d }),
    ],
    "der",
  ),
  codec(
    "spnego",
    "credssp/spnego.ts",
    decodeSpnego,
    encodeSpnego,
    () => [encodeSpnego(negTokenResp(CHALLENGE_V2)), encodeSpnego(negTokenInit(CHALLENGE_V1))],
    "der",
  ),
  codec("ntlm-challenge", "credssp/ntlm-challenge.ts", decodeNtlmChallenge, null, () => [
    CHALLENGE_V1,
    CHALLENGE_V2,
  ]),
  codec("ntlm-negotiate", "credssp/ntlm-negotiate.ts", decodeNtlmNegotiate, null, () => [
    NTLM_REQUEST.subarray(NTLM_REQUEST.length - 40),
  ]),
  codec(
    "mcs-pdu",
    "mcs/mcs-pdu.ts",
    decodeMcsPdu,
    null,
    () => [SPECIFIED_CONNECT_RESPONSE, STANDARD_CONNECT_INITIAL, fromHex("0300000902f0802180")],
    "der",
  ),
  codec(
    "mcs-connect-initial",
    "mcs/connect-initial.ts",
    decodeConnectInitial,
    encodeConnectInitial,
    () => [SPECIFIED_CONNECT_INITIAL, STANDARD_CONNECT_INITIAL],
    "der",
  ),
  codec(
    "mcs-connect-response",
    "mcs/connect-response.ts",
    decodeConnectResponse,
    encodeConnectResponse,
    () => [SPECIFIED_CONNECT_RESPONSE],
    "der",
  ),
  codec("mcs-data-tpdu", "mcs/data-tpdu.ts", decodeDataTpdu, encodeDataTpdu, () => [
    fromHex("0300000902f0802180"),
    SPECIFIED_CONNECT_RESPONSE,
  ]),
  codec(
    "mcs-server-certificate",
    "mcs/server-certificate.ts",
    decodeServerCertificate,
    encodeServerCertificate,
    () => [SPECIFIED_CONNECT_RESPONSE.subarray(337 - 184)],
  ),
  codec("rdpeudp", "rdpeudp/datagram.ts", decodeRdpeudpDatagram, encodeRdpeudpDatagram, () => [
    synDatagram({ initialSequenceNumber: 1, version: 2 }),
    fromHex("123456780040000599999999 04d004d00000000000010002".replaceAll(" ", "")),
  ]),
  codec("http-head", "http/message-head.ts", decodeMessageHead, encodeMessageHead, () => HEADS, "text"),
  codec("http-response", "http/response.ts", decodeResponseHead, null, () => HEADS, "text"),
];

/** What the two encoders of messages take is a part of what is read: their own targets. */
export const NTLM_TARGETS: readonly FuzzTarget[] = [
  codec(
    "ntlm-challenge-message",
    "credssp/ntlm-challenge.ts",
    (bytes) => {
      const read = decodeNtlmChallenge(bytes);
      return read.status === "done" ? { ...read, value: read.value.message } : read;
    },
    encodeChallengeMessage,
    () => [CHALLENGE_V1, CHALLENGE_V2],
  ),
  codec(
    "ntlm-negotiate-message",
    "credssp/ntlm-negotiate.ts",
    (bytes) => {
      const read = decodeNtlmNegotiate(bytes);
      return read.status === "done" ? { ...read, value: read.value.message } : read;
    },
    encodeNegotiateMessage,
    () => [NTLM_REQUEST.subarray(NTLM_REQUEST.length - 40)],
  ),
];
