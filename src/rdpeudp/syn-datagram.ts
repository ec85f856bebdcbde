/** The datagrams that open an RDP-UDP connection, ready to send: [MS-RDPEUDP] 3.1.5.1.1, 3.1.5.1.3. */
import { encodeRdpeudpDatagram, isVersionValid, type RdpeudpDatagram, synDataEx } from "./datagram.ts";
import { hasRdpudpFlags, rdpudpFlags } from "./flags.ts";
import { RDPUDP_VERSION } from "./versions.ts";

/** The largest MTU that the specification allows; a SYN is padded to it. */
const MTU_BYTES = 1232;
const NO_SOURCE_ACK = 0xffffffff;
const RECEIVE_WINDOW = 64;

export interface SynOptions {
  /** 32 random bits. */
  readonly initialSequenceNumber: number;
  /** One of RDPUDP_VERSIONS; version 1 says nothing of its version. */
  readonly version: number;
  /** SHA-256 of the security cookie; version 3 cannot go without it. */
  readonly cookieHash?: Uint8Array;
  /** 16 bytes, as in RDP_NEG_CORRELATION_INFO. */
  readonly correlationId?: Uint8Array;
  /** Lost datagrams stay lost: RDP-UDP-L. */
  readonly isLossy?: boolean;
}

/**
 * A client's SYN, 1232 bytes.
 * @throws RangeError when a part does not fit, or version and cookie hash disagree.
 */
export const synDatagram = (options: SynOptions): Uint8Array => {
  const { version, cookieHash, correlationId } = options;
  if ((cookieHash !== undefined) !== (version === RDPUDP_VERSION.version3)) {
    throw new RangeError("rdpeudp: the cookie hash goes with version 3 and no other");
  }
  const hasSynEx = version !== RDPUDP_VERSION.version1;
  return padded({
    sourceAck: NO_SOURCE_ACK,
    receiveWindow: RECEIVE_WINDOW,
    flags: rdpudpFlags(
      "syn",
      ...(options.isLossy === true ? (["synLossy"] as const) : []),
      ...(correlationId === undefined ? [] : (["correlationId"] as const)),
      ...(hasSynEx ? (["synEx"] as const) : []),
    ),
    syn: synData(options.initialSequenceNumber),
    correlation: correlationId === undefined ? null : { correlationId, reserved: new Uint8Array(16) },
    synEx: hasSynEx ? synDataEx(version, cookieHash ?? null) : null,
    rest: EMPTY,
  });
};

/**
 * A server's answer to a SYN: it names the highest version that both know, and none to a client that names
 * none.
 * @throws RangeError when `syn` is no SYN.
 */
export const synAckDatagram = (
  syn: RdpeudpDatagram,
  options: { readonly initialSequenceNumber: number; readonly version: number },
): Uint8Array => {
  if (syn.syn === null || hasRdpudpFlags(syn.flags, "ack")) throw new RangeError("rdpeudp: not a SYN");
  const asked = syn.synEx !== null && isVersionValid(syn.synEx) ? syn.synEx.version : null;
  return padded({
    sourceAck: syn.syn.initialSequenceNumber,
    receiveWindow: RECEIVE_WINDOW,
    flags: rdpudpFlags("syn", "ack", ...(asked === null ? [] : (["synEx"] as const))),
    syn: synData(options.initialSequenceNumber),
    correlation: null,
    synEx: asked === null ? null : synDataEx(Math.min(asked, options.version)),
    rest: EMPTY,
  });
};

const EMPTY = new Uint8Array(0);

const synData = (initialSequenceNumber: number) => ({
  initialSequenceNumber,
  upStreamMtuBytes: MTU_BYTES,
  downStreamMtuBytes: MTU_BYTES,
});

const padded = (datagram: RdpeudpDatagram): Uint8Array => {
  const bytes = new Uint8Array(MTU_BYTES);
  bytes.set(encodeRdpeudpDatagram(datagram));
  return bytes;
};
