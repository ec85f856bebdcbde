import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { TcpStream } from "../../../src/capture/tcp/tcp-event.ts";
import { type ReadCapture, readCapture } from "../../capture/support/read-capture.ts";
import { hasTshark, tshark } from "./support/tshark.ts";

const FOLDER = "../shared/pcaps";
const FOLLOWED_STREAMS = 3;

const files = existsSync(FOLDER)
  ? ["", "udp", "negative"].flatMap((part) =>
      readdirSync(join(FOLDER, part))
        .filter((name) => /\.pcap(ng)?$/.test(name))
        .map((name) => join(part, name)),
    )
  : [];
if (files.length === 0)
  process.stderr.write(`notice: ${FOLDER} is absent; captures of others are not read\n`);
else if (!hasTshark) process.stderr.write("notice: tshark is absent; nothing to hold the captures against\n");

const endpoint = (address: string, port: string): string => `${address} ${port}`;

/** The payload of both nodes of a stream as tshark reassembles it, by endpoint. */
const followed = (path: string, stream: number): Map<string, string> => {
  const text = tshark(path, "-q", "-z", `follow,tcp,raw,${stream}`);
  const node = (index: number): string => {
    const [, address = "", port = ""] = new RegExp(`^Node ${index}: (.*):(\\d+)$`, "m").exec(text) ?? [];
    return endpoint(address.replace(/[[\]]/g, ""), port);
  };
  const lines = text.split("\n").filter((line) => /^\t?[0-9a-f]+$/.test(line));
  const said = (indented: boolean): string =>
    lines
      .filter((line) => line.startsWith("\t") === indented)
      .map((line) => line.trim())
      .join("");
  return new Map([
    [node(0), said(false)],
    [node(1), said(true)],
  ]);
};

const own = (read: ReadCapture, stream: TcpStream): Map<string, string> =>
  new Map(
    (["client", "server"] as const).map((side) => {
      const { address, port } = stream[side];
      const hex = Buffer.from(read.payload(stream.number, side)).toString("hex");
      return [endpoint(address, String(port)), hex];
    }),
  );

const sorted = (map: Map<string, string>): [string, string][] =>
  [...map].sort(([a], [b]) => a.localeCompare(b));

describe.skipIf(files.length === 0 || !hasTshark)("captures of other projects, against tshark", () => {
  it.each(files)("%s: packets, streams and the first payloads", { timeout: 60_000 }, (name) => {
    const path = join(FOLDER, name);
    const read = readCapture(readFileSync(path), { chunkBytes: 1000 });
    expect(read.faults).toEqual([]);
    const frames = tshark(path, "-T", "fields", "-e", "tcp.stream").replace(/\n$/, "").split("\n");
    const streams = frames.filter((line) => line !== "");
    expect(read.counts).toMatchObject({
      packets: frames.length,
      tcpSegments: streams.length,
      streams: new Set(streams).size,
    });
    for (const stream of read.streams.slice(0, FOLLOWED_STREAMS)) {
      expect(sorted(own(read, stream))).toEqual(sorted(followed(path, stream.number)));
    }
  });
});
