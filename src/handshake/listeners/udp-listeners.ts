/** The UDP listeners, each asked by one datagram: RDP's own (MS-RDPEUDP) and RD Gateway's (DTLS). */
import { decodeRdpeudpDatagram, isVersionValid, type RdpeudpDatagram } from "../../rdpeudp/datagram.ts";
import { hasRdpudpFlags } from "../../rdpeudp/flags.ts";
import { synDatagram } from "../../rdpeudp/syn-datagram.ts";
import { RDPUDP_VERSION, rdpudpVersionName } from "../../rdpeudp/versions.ts";
import {
  DTLS_VERSION,
  type DtlsAnswer,
  dtlsClientHello,
  readDtlsAnswer,
} from "../../tls/wire/dtls-record.ts";
import { ecPointFormats, signatureAlgorithms, supportedGroups } from "../../tls/wire/extension-lists.ts";
import { renegotiationInfo } from "../../tls/tables/extension-signals.ts";
import { NAMED_GROUP } from "../../tls/tables/named-groups.ts";
import type { DatagramOutcome } from "../facts/datagram-outcome.ts";
import {
  type DtlsListenerReport,
  LISTENERS,
  type ListenerId,
  type ListenerReport,
  portName,
  type RdpeudpListenerReport,
  report,
} from "./listener-report.ts";

/** The SYN of version 2: version 3 would need a cookie that only a TCP session hands out. */
export const rdpeudpProbe = (initialSequenceNumber: number): Uint8Array =>
  synDatagram({ initialSequenceNumber, version: RDPUDP_VERSION.version2 });

/** Reads what came of `rdpeudpProbe`. [MS-RDPEUDP] 3.1.5.1.3. */
export const readRdpeudpListener = (
  port: number,
  outcome: DatagramOutcome,
  initialSequenceNumber: number,
): RdpeudpListenerReport => {
  const name = portName("udp3389", port);
  if (outcome.kind !== "answer") {
    return { ...unanswered("udp3389", port, outcome, "RDP works without it"), rdpeudp: null };
  }
  const decoded = decodeRdpeudpDatagram(outcome.bytes);
  const datagram = decoded.status === "done" ? decoded.value : null;
  if (datagram === null || datagram.syn === null || !answers(datagram, initialSequenceNumber)) {
    return { ...somethingElse("udp3389", port, outcome.bytes.length), rdpeudp: null };
  }
  const version = versionOf(datagram);
  const said = {
    state: "open",
    what: `MS-RDPEUDP version ${version}`,
    confidence: "observed",
    summary: `${name} answers as MS-RDPEUDP version ${version}: sessions can use UDP`,
  } as const;
  const { upStreamMtuBytes, downStreamMtuBytes } = datagram.syn;
  return {
    ...report("udp3389", port, said),
    rdpeudp: {
      version,
      receiveWindow: datagram.receiveWindow,
      upStreamMtuBytes,
      downStreamMtuBytes,
      roundTripMs: tenths(outcome.roundTripMs),
    },
  };
};

/** RD Gateway's UDP listener begins with DTLS: [MS-TSGU] 1.3.3. `random`: 32 bytes. */
export const gatewayUdpProbe = (random: Uint8Array): Uint8Array =>
  dtlsClientHello({
    version: DTLS_VERSION.dtls12,
    random,
    sessionId: new Uint8Array(0),
    cipherSuites: DTLS_SUITES,
    compressionMethods: [0],
    extensions: [
      supportedGroups([NAMED_GROUP.secp256r1, NAMED_GROUP.secp384r1]),
      ecPointFormats([0]),
      signatureAlgorithms(DTLS_SCHEMES),
      renegotiationInfo(),
    ],
  });

/** Reads what came of `gatewayUdpProbe`. DTLS there is most likely RD Gateway; only a log-on would prove it. */
export const readGatewayUdpListener = (port: number, outcome: DatagramOutcome): DtlsListenerReport => {
  if (outcome.kind !== "answer") {
    return { ...unanswered("udp3391", port, outcome, "RD Gateway works without it"), dtls: null };
  }
  const answer = readDtlsAnswer(outcome.bytes);
  if (answer === null) return { ...somethingElse("udp3391", port, outcome.bytes.length), dtls: null };
  const version = dtlsVersionName(answer);
  const said = {
    state: "open",
    what: LISTENERS.udp3391.name,
    confidence: "inferred",
    summary: `${portName("udp3391", port)} speaks DTLS, as RD Gateway does for UDP`,
  } as const;
  const dtls = { version, message: answer.message, roundTripMs: tenths(outcome.roundTripMs) };
  return { ...report("udp3391", port, said), dtls };
};

/** ECDHE and RSA with AES, as GCM and as CBC: what Schannel's DTLS 1.0 and 1.2 select from. */
const DTLS_SUITES = [
  0xc02c, 0xc02b, 0xc030, 0xc02f, 0xc00a, 0xc009, 0xc014, 0xc013, 0x009d, 0x009c, 0x0035, 0x002f,
] as const;
/** rsa_pkcs1 and ecdsa with SHA-256, SHA-384 and SHA-1. */
const DTLS_SCHEMES = [0x0401, 0x0501, 0x0403, 0x0503, 0x0201, 0x0203] as const;

const DTLS_VERSION_NAMES: Readonly<Record<number, string>> = {
  [DTLS_VERSION.dtls10]: "1.0",
  [DTLS_VERSION.dtls12]: "1.2",
};

const answers = (datagram: RdpeudpDatagram, initialSequenceNumber: number): boolean =>
  hasRdpudpFlags(datagram.flags, "syn", "ack") && datagram.sourceAck === initialSequenceNumber;

/** Who names no version speaks version 1: [MS-RDPEUDP] 3.1.5.1.3. */
const versionOf = ({ synEx }: RdpeudpDatagram): string => {
  const code = synEx !== null && isVersionValid(synEx) ? synEx.version : RDPUDP_VERSION.version1;
  return rdpudpVersionName(code) ?? hexCode(code);
};

const dtlsVersionName = ({ version }: DtlsAnswer): string => DTLS_VERSION_NAMES[version] ?? hexCode(version);

/** To a tenth of a millisecond. */
const tenths = (durationMs: number): number => Math.round(durationMs * 10) / 10;

const hexCode = (code: number): string => `0x${code.toString(16).padStart(4, "0")}`;

const unanswered = (
  id: ListenerId,
  port: number,
  outcome: Exclude<DatagramOutcome, { kind: "answer" }>,
  consolation: string,
): ListenerReport => {
  const name = portName(id, port);
  const nothing = { what: null, confidence: null } as const;
  switch (outcome.kind) {
    case "silence": {
      const summary = `no answer on ${name}: filtered, lost, or nothing there; ${consolation}`;
      return report(id, port, { ...nothing, state: "no-answer", summary });
    }
    case "port-unreachable": {
      const summary = `${name} is closed (ICMP port unreachable); ${consolation}`;
      return report(id, port, { ...nothing, state: "closed", summary });
    }
    case "unreachable": {
      const summary = `${name} is filtered or unreachable (${outcome.detail}); ${consolation}`;
      return report(id, port, { ...nothing, state: "filtered", summary });
    }
  }
};

const somethingElse = (id: ListenerId, port: number, sizeBytes: number): ListenerReport =>
  report(id, port, {
    state: "other",
    what: null,
    confidence: null,
    summary: `${portName(id, port)} answers with ${sizeBytes} bytes that are not ${LISTENERS[id].name}`,
  });
