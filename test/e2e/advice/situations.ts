/** What no scenario on loopback shows, made by hand: one result for each situation that the documents name. */
import { readFileSync } from "node:fs";
import type { SituationId } from "../../../scripts/docs/examples.ts";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import type { ProbeConnection } from "../../../src/handshake/plan/probe-plan.ts";
import { encodeHandshakeMessage, HANDSHAKE_TYPE } from "../../../src/tls/wire/handshake-message.ts";
import { CONTENT_TYPE, encodeRecord } from "../../../src/tls/wire/record.ts";
import { encodeServerHello } from "../../../src/tls/wire/server-hello.ts";
import { TLS_VERSION } from "../../../src/tls/tables/versions.ts";
import { withAddressFindings } from "../../../src/verdict/findings/address-findings.ts";
import { judge } from "../../../src/verdict/rules/judge.ts";
import type { ProbeFacts } from "../../../src/verdict/rules/probe-facts.ts";
import type { Result } from "../../../src/verdict/result/result.ts";
import {
  captureOf as captureOfSegments,
  data,
  handshake,
  type Segment,
} from "../../capture/support/conversation.ts";
import { readTranscript } from "../../handshake/read-transcript.ts";
import {
  captureOf,
  client,
  connected,
  ends,
  play,
  type Step,
  saidIn,
  server,
} from "../../judging/conversations.ts";
import { judged } from "../../judging/judged.ts";
import { connection, failedConnect, probeOf } from "../../verdict/transcripts.ts";

const REQUEST_SSL = fromHex("030000130ee000000000000100080001000000");
const NLA_REQUIRED = fromHex("030000130ed000001234000300080005000000");
const REQUEST_HYBRID = fromHex("030000130ee000000000000100080002000000");
const XRDP_SELECTS_RDP = fromHex("030000130ed000001234000201080000000000");
const UNKNOWN_CA = fromHex("15030300020230");

const first = (results: readonly Result[]): Result => {
  const [result] = results;
  if (result === undefined) throw new Error("no result");
  return result;
};

const ofSteps = (steps: readonly Step[]): Result => first(judged(captureOf(play(steps))).results);

/** A probe of another address or port than that of the others. */
const at = (address: string, port: number, ...connections: readonly ProbeConnection[]): ProbeFacts => ({
  ...probeOf(...connections),
  target: { input: `${address}:${port}`, host: address, address, port, family: 4 },
});

const unresolved = (outcome: "not-found" | "failed", detail: string): Result =>
  judge({
    ...probeOf(),
    target: { input: "rdp.example", host: "rdp.example", address: null, port: 3389, family: null },
    resolution: { outcome, detail, durationMs: 7 },
  });

/** Request, confirm, hello and the server's flight. */
const FLIGHT = saidIn("fixtures/xrdp/tls-1.2-only.pcap").slice(0, 4);
const OPENING = saidIn("fixtures/lab/reset-after-hello.pcap").slice(0, 3);

const forgedReset = (): Result => {
  const [request, confirm, hello] = OPENING.map(({ bytes }) => bytes);
  if (request === undefined || confirm === undefined || hello === undefined) throw new Error("no fixture");
  const far = (segment: Segment): Segment =>
    segment.from === "server" ? { ...segment, hopLimit: 120 } : segment;
  const afterRequest = 1 + request.length;
  const segments: readonly Segment[] = [
    ...handshake.map(far),
    { ...data("client", 1, "", 1), payload: request },
    far({ ...data("server", 1, "", afterRequest), payload: confirm }),
    { ...data("client", afterRequest, "", 1 + confirm.length), payload: hello },
    { from: "server", flags: "RA", seq: confirm.length, ack: afterRequest, window: 0, hopLimit: 254 },
  ];
  return first(judged(captureOfSegments(segments)).results);
};

/** Two addresses of one name, which show two certificates. */
const addressesDiffer = (): Result => {
  const shown = (fixture: string): Result => {
    const result = ofSteps([...connected, ...saidIn(fixture).slice(0, 6)]);
    return { ...result, target: { ...result.target, host: "rdp.example" } };
  };
  return first(
    withAddressFindings([
      shown("fixtures/xrdp/tls-1.2-only.pcap"),
      shown("fixtures/xrdp/rsa-1024-sha1-certificate.pcap"),
    ]),
  );
};

/** A server by name that takes the hello of its client only without the name. */
const nameRefused = (): Result => {
  const [, confirm, hello, flight] = FLIGHT.map(({ bytes }) => toHex(bytes));
  if (confirm === undefined || hello === undefined || flight === undefined) throw new Error("no fixture");
  const cut = [confirm, { sent: hello }, "1503030002022f"];
  const answered = [confirm, { sent: hello }, flight];
  return judge({
    ...probeOf(
      connection("offer-all", cut),
      connection("everything", cut),
      connection("without-name", answered),
    ),
    target: { input: "rdp.example", host: "rdp.example", address: "192.0.2.7", port: 3389, family: 4 },
  });
};

/** A server on FreeRDP's library, by its source reference: a failure, or TLS selected and every hello refused. */
const FREERDP_TLS_OFF = "030000130ed000000000000300080002000000";
const FREERDP_SELECTS_TLS = "030000130ed000000000000203080001000000";
const HANDSHAKE_FAILURE = "15030300020228";

const freerdpKeyUnusable = (): Result => {
  const hello = FLIGHT[2];
  if (hello === undefined) throw new Error("no fixture");
  const refused = [FREERDP_SELECTS_TLS, { sent: toHex(hello.bytes) }, HANDSHAKE_FAILURE];
  return judge(probeOf(connection("offer-all", refused), connection("everything", refused)));
};

/** The client's fatal alert after a ServerHello of this version without any extension. */
const clientAlertAfter = (version: number, description: number): Result => {
  const serverHello = encodeServerHello({
    version,
    random: new Uint8Array(32).fill(7),
    sessionId: new Uint8Array(0),
    cipherSuite: 0xc014,
    compressionMethod: 0,
    extensions: null,
  });
  const fragment = encodeHandshakeMessage({ type: HANDSHAKE_TYPE.serverHello, body: serverHello });
  return ofSteps([
    ...connected,
    ...FLIGHT.slice(0, 3),
    server(encodeRecord({ contentType: CONTENT_TYPE.handshake, version, fragment })),
    client(fromHex(`150301000202${description.toString(16)}`)),
    ends("client", "fin"),
  ]);
};

/** The time for the probe was up when the SYN had hardly left. */
const CUT_SHORT: ProbeConnection = {
  purpose: "offer-all",
  facts: readTranscript([{ kind: "connect-failed", atMs: 10, reason: "no-answer", detail: "ETIMEDOUT" }], 0),
};

/** By the names that the documents use. */
export const SITUATION_RESULTS: Readonly<Record<SituationId, () => Result>> = {
  "name-not-found": () => unresolved("not-found", "ENOTFOUND"),
  "dns-failure": () => unresolved("failed", "EAI_AGAIN"),
  "port-filtered": () => judge(probeOf(failedConnect("no-answer", "ETIMEDOUT"))),
  "host-unreachable": () => judge(probeOf(failedConnect("unreachable", "EHOSTUNREACH"))),
  "private-host-unreachable": () => judge(at("10.1.2.3", 3389, failedConnect("unreachable", "EHOSTUNREACH"))),
  "port-closed-3389": () => judge(probeOf(failedConnect("refused", "ECONNREFUSED"))),
  "port-2179": () => judge(at("192.0.2.7", 2179, connection("offer-all", ["fin"]))),
  "no-route": () => judge(probeOf(failedConnect("unreachable", "ENETUNREACH"))),
  "addresses-differ": addressesDiffer,
  "nla-not-offered": () =>
    ofSteps([...connected, client(REQUEST_SSL), server(NLA_REQUIRED), ends("client", "fin")]),
  "client-alert": () => ofSteps([...connected, ...FLIGHT, client(UNKNOWN_CA), ends("client", "fin")]),
  "client-alert-40": () => clientAlertAfter(TLS_VERSION.tls12, 40),
  "client-alert-80": () => clientAlertAfter(TLS_VERSION.tls10, 80),
  "client-alert-47": () => clientAlertAfter(TLS_VERSION.tls12, 47),
  "capture-ends": () => ofSteps([...connected, client(REQUEST_SSL)]),
  "probe-cut-short": () => judge(probeOf(CUT_SHORT)),
  "server-reset": () => first(judged(readFileSync("fixtures/lab/reset-after-hello.pcap")).results),
  "client-reset": () => ofSteps([...connected, ...FLIGHT, ends("client", "rst")]),
  "proxy-failed": () => judge(probeOf(failedConnect("proxy", "the proxy refuses connections"))),
  "name-refused": nameRefused,
  "forged-reset": forgedReset,
  "nla-alone": () =>
    ofSteps([...connected, client(REQUEST_HYBRID), server(XRDP_SELECTS_RDP), ends("client", "fin")]),
  "freerdp-tls-off": () => judge(probeOf(connection("offer-all", [FREERDP_TLS_OFF]))),
  "freerdp-key-unusable": freerdpKeyUnusable,
};
