/**
 * Every reader of a stream that may come in any pieces, a row each: a new reader joins the law by its row. Rows
 * say how something to read is made; what is read of it may not depend on how it was cut.
 */
import { need } from "../../../src/bytes/decoded.ts";
import { DER_TAG, decodeDerFront } from "../../../src/bytes/der.ts";
import { decodeTagged } from "../../../src/credssp/der.ts";
import { decodeSpnego, encodeSpnego, negTokenInit, negTokenResp } from "../../../src/credssp/spnego.ts";
import { decodeTsRequest, encodeTsRequest } from "../../../src/credssp/ts-request.ts";
import { decodeMessageHead, encodeMessageHead, MAX_HEAD_SIZE_BYTES } from "../../../src/http/message-head.ts";
import { decodeResponseHead } from "../../../src/http/response.ts";
import { decodeHelloRecords } from "../../../src/lab/hello-records.ts";
import { encodeDisconnectProviderUltimatum } from "../../../src/mcs/disconnect-provider-ultimatum.ts";
import { decodeMcsPdu } from "../../../src/mcs/mcs-pdu.ts";
import { decodeHandshakeMessage } from "../../../src/tls/wire/handshake-message.ts";
import { decodeRecord } from "../../../src/tls/wire/record.ts";
import { decodeConnectionRequest } from "../../../src/x224/connection-request.ts";
import { decodeServerTpdu } from "../../../src/x224/server-tpdu.ts";
import { decodeTpkt, encodeTpkt } from "../../../src/x224/tpkt.ts";
import { CHALLENGE_V2, NTLM_REQUEST, SPNEGO_REQUEST } from "../../credssp/examples.ts";
import {
  SPECIFIED_CONNECT_INITIAL,
  SPECIFIED_CONNECT_RESPONSE,
  STANDARD_CONNECT_INITIAL,
} from "../../mcs/examples.ts";
import { handMade, octetString, sequence } from "../../x509/der.ts";
import { marksSubject, openingSubject, pcapngSubject, pcapSubject, tcpSubject } from "./capture-streams.ts";
import { conversationSubject, tlsClientSubject } from "./conversation-streams.ts";
import { decoderSubject } from "./decoder.ts";
import type { PieceReader } from "./law.ts";
import type { Random } from "./random.ts";
import {
  clientFlightSubject,
  keyLogSubject,
  messagesSubject,
  recordsSubject,
  serverFlightSubject,
} from "./tls-streams.ts";
import { clientFlight, flightBytes, recorded, serverFlight } from "./wire.ts";

const anyTpkt = (random: Random): Uint8Array =>
  random.oneIn(2)
    ? recorded(random, random.pick(["client", "server"]), "start")
    : encodeTpkt({ reserved: 0, body: random.bytes(random.magnitude(3, 3000)) });

const serverAnswer = (random: Random): Uint8Array =>
  random.oneIn(3) ? anyTpkt(random) : recorded(random, "server", "start");

const tsRequest = (random: Random): Uint8Array => {
  if (random.oneIn(4)) return random.pick([NTLM_REQUEST, SPNEGO_REQUEST]);
  const token = random.oneIn(3) ? encodeSpnego(negTokenResp(CHALLENGE_V2)) : octets(random, 60_000);
  return encodeTsRequest({
    version: random.between(2, 7),
    negoTokens: random.oneIn(5) ? null : [token],
    pubKeyAuth: random.oneIn(3) ? octets(random, 2000) : null,
    errorCode: random.pick([null, 0xc000006d]),
    clientNonce: random.oneIn(3) ? random.bytes(32) : null,
  });
};

const octets = (random: Random, most: number): Uint8Array =>
  new Uint8Array(random.magnitude(0, most)).fill(0x41);

const spnego = (random: Random): Uint8Array => {
  const message = random.oneIn(2) ? CHALLENGE_V2 : octets(random, 60_000);
  return encodeSpnego(random.oneIn(2) ? negTokenResp(message) : negTokenInit(message));
};

const head =
  (startLine: string) =>
  (random: Random): Uint8Array =>
    encodeMessageHead({
      startLine,
      fields: Array.from({ length: random.magnitude(0, 30) }, (_, index) => ({
        name: `X-Field-${index}`,
        value: "v".repeat(random.magnitude(0, random.oneIn(40) ? MAX_HEAD_SIZE_BYTES : 200)),
      })),
    });

const der = (random: Random): Uint8Array =>
  random.oneIn(2) ? handMade() : sequence(octetString(octets(random, 5000)), octetString(random.bytes(3)));

const mcs = (random: Random): Uint8Array =>
  random.pick([
    SPECIFIED_CONNECT_INITIAL,
    SPECIFIED_CONNECT_RESPONSE,
    STANDARD_CONNECT_INITIAL,
    encodeDisconnectProviderUltimatum(random.between(0, 7)),
    recorded(random, "server", "behind"),
    recorded(random, "client", "behind"),
  ]);

/** `decodeElement` reads as much as is there: for the law it needs what is missing. */
const wholeElement = (bytes: Uint8Array) => {
  const decoded = decodeDerFront(bytes);
  const missing = decoded.status === "done" ? decoded.value.missingBytes : 0;
  return missing > 0 ? need(missing) : decoded;
};

const derSequence = (bytes: Uint8Array) => decodeTagged(bytes, DER_TAG.sequence, "test", 0x10000);

export const PIECE_READERS: readonly PieceReader[] = [
  { name: "tls records", source: "src/tls/wire/record-stream.ts", subject: recordsSubject },
  { name: "tls handshake messages", source: "src/tls/wire/handshake-stream.ts", subject: messagesSubject },
  { name: "tls server flight", source: "src/tls/wire/server-flight.ts", subject: serverFlightSubject },
  { name: "tls client flight", source: "src/tls/wire/client-flight.ts", subject: clientFlightSubject },
  { name: "tls key log", source: "src/tls/decrypt/key-log.ts", subject: keyLogSubject },
  {
    name: "tls record",
    source: "src/tls/wire/record.ts",
    subject: decoderSubject(decodeRecord, (random) => flightBytes(serverFlight(random), random)),
  },
  {
    name: "tls handshake message",
    source: "src/tls/wire/handshake-message.ts",
    subject: decoderSubject(decodeHandshakeMessage, (random) => serverFlight(random).messages),
  },
  {
    name: "tls hello of the lab",
    source: "src/lab/hello-records.ts",
    subject: decoderSubject(decodeHelloRecords, (random) => flightBytes(clientFlight(random), random)),
  },
  { name: "tpkt", source: "src/x224/tpkt.ts", subject: decoderSubject(decodeTpkt, anyTpkt) },
  {
    name: "x224 server answer",
    source: "src/x224/server-tpdu.ts",
    subject: decoderSubject(decodeServerTpdu, serverAnswer),
  },
  {
    name: "x224 connection request",
    source: "src/x224/connection-request.ts",
    subject: decoderSubject(decodeConnectionRequest, (random) => recorded(random, "client", "start")),
  },
  {
    name: "tsrequest",
    source: "src/credssp/ts-request.ts",
    subject: decoderSubject(decodeTsRequest, tsRequest),
  },
  { name: "spnego", source: "src/credssp/spnego.ts", subject: decoderSubject(decodeSpnego, spnego) },
  { name: "der of credssp", source: "src/credssp/der.ts", subject: decoderSubject(derSequence, der) },
  { name: "der element", source: "src/bytes/der.ts", subject: decoderSubject(wholeElement, der) },
  {
    name: "http head",
    source: "src/http/message-head.ts",
    subject: decoderSubject(decodeMessageHead, head("GET / HTTP/1.1")),
  },
  {
    name: "http response head",
    source: "src/http/response.ts",
    subject: decoderSubject(decodeResponseHead, head("HTTP/1.1 401 Unauthorized")),
  },
  { name: "mcs pdu", source: "src/mcs/mcs-pdu.ts", subject: decoderSubject(decodeMcsPdu, mcs) },
  { name: "pcap", source: "src/capture/file/pcap-file.ts", subject: pcapSubject },
  { name: "pcapng", source: "src/capture/file/pcapng-file.ts", subject: pcapngSubject },
  {
    name: "marks of a recording",
    source: "src/handshake/conversation/recording-mark.ts",
    subject: marksSubject,
  },
  { name: "tcp reassembly", source: "src/capture/tcp/tcp-reassembly.ts", subject: tcpSubject },
  {
    name: "conversation",
    source: "src/handshake/conversation/conversation-reader.ts",
    subject: conversationSubject,
  },
  { name: "tls client", source: "src/tls/client/tls-client.ts", subject: tlsClientSubject },
  { name: "stream opening", source: "src/handshake/conversation/stream-opening.ts", subject: openingSubject },
];
