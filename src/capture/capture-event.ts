/** What a capture file says apart from its packets: sections, interfaces, secrets and damage. */
import type { DecodeFault } from "../bytes/decoded.ts";

/** What kind of damage a fault is. */
export type CaptureFaultCode =
  /** The file is empty, or its first bytes are those of no format that is read. */
  | "not-a-capture"
  /** The file ends inside a record. */
  | "file-truncated"
  /** The framing of records is lost: nothing after this point is read. */
  | "file-damaged"
  /** One block contradicts itself and is passed over. */
  | "block-damaged"
  /** The capture kept less of a packet than was on the wire. */
  | "packet-truncated"
  /** A header inside a packet contradicts itself or is cut. */
  | "packet-damaged"
  /** The packets of an interface are of a link type that is not read; reported once a link type. */
  | "link-type-unsupported"
  /** An IP datagram of which not all fragments were captured. */
  | "fragments-lost";

export type CaptureFormat = "pcap" | "pcapng" | "snoop" | "netmon";

export type CaptureEvent =
  | {
      readonly type: "section";
      readonly format: CaptureFormat;
      readonly hardware: string | null;
      readonly operatingSystem: string | null;
      readonly application: string | null;
    }
  | {
      readonly type: "interface";
      /** Counted from 0 in its section. */
      readonly id: number;
      /** LINKTYPE_ value. */
      readonly linkType: number;
      /** 0 means no limit. */
      readonly snapLengthBytes: number;
      readonly name: string | null;
    }
  | {
      /** A Decryption Secrets Block: TLS key log when `secretsType` is 0x544c534b. */
      readonly type: "secrets";
      readonly secretsType: number;
      readonly data: Uint8Array;
    }
  | {
      readonly type: "fault";
      readonly code: CaptureFaultCode;
      /** Its offset counts from the file's start for the file and its blocks, else from the packet's. */
      readonly fault: DecodeFault;
      /** The packet it is about, counted from 1; null when it is about the file. */
      readonly packetNumber: number | null;
    };
