import { describe, expect, it } from "vitest";
import { concatBytes } from "../../../src/bytes/concat-bytes.ts";
import { parseIpAddress } from "../../../src/capture/ip/ip-address.ts";
import {
  CLIENT_6,
  data,
  FLOW_6,
  handshake,
  ipPacket,
  rawCapture,
  syn,
  synAck,
} from "../support/conversation.ts";
import { ipv4Packet, ipv6Packet } from "../support/ip-forms.ts";
import { readCapture } from "../support/read-capture.ts";

const icmp = (type: number, code: number, rest: readonly number[], quoted: Uint8Array): Uint8Array =>
  ipv4Packet(
    [203, 0, 113, 1],
    [192, 0, 2, 10],
    1,
    concatBytes(Uint8Array.from([type, code, 0, 0, ...rest]), quoted),
  );
const icmpv6 = (type: number, code: number, rest: readonly number[], quoted: Uint8Array): Uint8Array =>
  ipv6Packet(
    parseIpAddress("2001:db8:1::1"),
    parseIpAddress(CLIENT_6.address),
    58,
    concatBytes(Uint8Array.from([type, code, 0, 0, ...rest]), quoted),
  );
const NONE = [0, 0, 0, 0];
const SYN = ipPacket(syn);
const SYN_6 = ipPacket(syn, FLOW_6);

describe("ICMP errors that quote a TCP segment (RFC 792, RFC 4443 3)", () => {
  it.each([
    { name: "host unreachable", type: 3, code: 1, rest: NONE, event: "icmp-unreachable", mtu: null },
    {
      name: "administratively prohibited",
      type: 3,
      code: 13,
      rest: NONE,
      event: "icmp-unreachable",
      mtu: null,
    },
    {
      name: "fragmentation needed",
      type: 3,
      code: 4,
      rest: [0, 0, 5, 0x78],
      event: "icmp-packet-too-big",
      mtu: 1400,
    },
    { name: "time exceeded", type: 11, code: 0, rest: NONE, event: "icmp-time-exceeded", mtu: null },
  ])("$name belongs to the stream of the SYN that it quotes", ({ type, code, rest, event, mtu }) => {
    const read = readCapture(rawCapture([SYN, icmp(type, code, rest, SYN.subarray(0, 28))]));
    expect(read.counts.streams).toBe(1);
    expect(read.streamEvents[1]).toMatchObject({
      type: event,
      from: "client",
      reporter: "203.0.113.1",
      icmpType: type,
      icmpCode: code,
      mtu,
      hopLimit: 60,
      packetNumber: 2,
    });
  });

  it.each([
    { name: "no route", type: 1, rest: NONE, event: "icmp-unreachable", mtu: null },
    { name: "packet too big", type: 2, rest: [0, 0, 5, 0], event: "icmp-packet-too-big", mtu: 1280 },
    { name: "hop limit exceeded", type: 3, rest: NONE, event: "icmp-time-exceeded", mtu: null },
  ])("ICMPv6 $name", ({ type, rest, event, mtu }) => {
    const read = readCapture(rawCapture([SYN_6, icmpv6(type, 0, rest, SYN_6)]));
    expect(read.streamEvents[1]).toMatchObject({
      type: event,
      from: "client",
      reporter: "2001:db8:1::1",
      mtu,
    });
  });

  it("about the server's segment is from the server", () => {
    const quoted = ipPacket(data("server", 1, "hello"));
    const read = readCapture(rawCapture([...handshake.map((s) => ipPacket(s)), icmp(3, 1, NONE, quoted)]));
    expect(read.story(0)).toEqual([
      "syn client",
      "synack server",
      "icmp-unreachable server",
      "end capture-ended",
    ]);
  });

  it("that is all there is of a stream opens it, when the TCP header is quoted whole", () => {
    const read = readCapture(rawCapture([icmp(3, 1, NONE, SYN)]));
    expect(read.story(0)).toEqual(["icmp-unreachable client", "end capture-ended"]);
    expect(read.streams[0]).toMatchObject({ client: { port: 50_000 }, clientCertainty: "certain" });
    expect(readCapture(rawCapture([icmp(3, 1, NONE, SYN.subarray(0, 28))])).counts.streams).toBe(0);
  });

  it("comes before the SYN that it quotes and stays in its stream", () => {
    const read = readCapture(rawCapture([icmp(3, 1, NONE, SYN), SYN, ipPacket(synAck)]));
    expect(read.counts.streams).toBe(1);
  });

  it.each([
    { name: "an echo", packet: icmp(8, 0, NONE, SYN) },
    {
      name: "a UDP datagram quoted",
      packet: icmp(3, 3, NONE, ipv4Packet([1, 2, 3, 4], [5, 6, 7, 8], 17, new Uint8Array(8))),
    },
    {
      name: "a later fragment quoted",
      packet: icmp(
        3,
        1,
        NONE,
        SYN.map((byte, at) => (at === 7 ? 9 : byte)),
      ),
    },
    { name: "an empty quotation", packet: icmp(3, 1, NONE, new Uint8Array(0)) },
    { name: "a header that is cut", packet: icmp(3, 1, NONE, new Uint8Array(0)).subarray(0, 24) },
    { name: "a neighbour advertisement", packet: icmpv6(136, 0, NONE, SYN_6) },
    { name: "an ICMPv6 error without a quotation", packet: icmpv6(1, 0, NONE, new Uint8Array(0)) },
    {
      name: "an ICMPv6 error about UDP",
      packet: icmpv6(
        1,
        4,
        NONE,
        SYN_6.map((byte, at) => (at === 6 ? 17 : byte)),
      ),
    },
  ])("$name is passed over", ({ packet }) => {
    const read = readCapture(rawCapture([packet]));
    expect(read.streamEvents).toEqual([]);
    expect(read.counts).toMatchObject({ packets: 1, streams: 0 });
  });

  it("cut at every offset never throws", () => {
    const whole = icmp(3, 1, NONE, SYN);
    const read = readCapture(
      rawCapture(Array.from({ length: whole.length }, (_, size) => whole.subarray(0, size))),
    );
    expect(read.counts.packets).toBe(whole.length);
  });
});
