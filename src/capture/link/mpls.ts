/** MPLS label stacks (RFC 3032 2.1). What follows the last label is told by nobody: it is recognised. */
import type { Packet } from "../packet.ts";
import type { Layer } from "./layer.ts";
import { isPlausibleEthernet, isPlausibleIp, isPossibleEthernet } from "./plausible.ts";

const LABEL_BYTES = 4;
const MAX_LABELS = 16;
const BOTTOM_OF_STACK = 0x100;
const CONTROL_WORD_BYTES = 4;
const EXPLICIT_NULL_IPV4 = 0;
const EXPLICIT_NULL_IPV6 = 2;
/** RFC 5586 4: the generic associated channel, which carries control messages. */
const ASSOCIATED_CHANNEL = 13;

/** Steps over the label stack at the packet's start, and over a pseudowire's control word behind it. */
export const enterMpls = (packet: Packet): Layer => {
  for (let labels = 0; labels < MAX_LABELS; labels += 1) {
    if (packet.captured < LABEL_BYTES) return packet.cutInside("mpls.label");
    const entry = packet.view.getUint32(packet.start);
    packet.advance(LABEL_BYTES);
    if ((entry & BOTTOM_OF_STACK) !== 0) return payloadBehind(packet, entry >>> 12);
  }
  return packet.skip(`more than ${MAX_LABELS} MPLS labels`);
};

/**
 * A frame is looked for before a bare IP packet: a MAC address may begin with the nibble 4 or 6 (RFC 8469),
 * while an IP packet that reads as a frame with an IP packet in it is not seen.
 */
const payloadBehind = (packet: Packet, label: number): Layer => {
  const { start } = packet;
  if (isPlausibleEthernet(packet, start)) return "ethernet";
  if (isPlausibleIp(packet, start)) return "ip";
  if (packet.captured === 0 || label === ASSOCIATED_CHANNEL) return "nothing";
  const nibble = packet.view.getUint8(start) >>> 4;
  const behindControlWord = start + CONTROL_WORD_BYTES;
  // RFC 4385 3: 0 begins a control word, 1 an associated channel.
  if (nibble === 0 && isEthernet(packet, behindControlWord)) {
    packet.advance(CONTROL_WORD_BYTES);
    return "ethernet";
  }
  if (isPossibleEthernet(packet, start)) return "ethernet";
  if (nibble === 1) return "nothing";
  if (label === EXPLICIT_NULL_IPV4) return "ipv4";
  if (label === EXPLICIT_NULL_IPV6) return "ipv6";
  return packet.skip("MPLS with an unknown payload");
};

const isEthernet = (packet: Packet, at: number): boolean =>
  isPlausibleEthernet(packet, at) || isPossibleEthernet(packet, at);
