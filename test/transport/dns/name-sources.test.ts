import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addressesInHostsFile } from "../../../src/targets/grammar/hosts-file.ts";
import { nameSources } from "../../../src/transport/dns/name-sources.ts";
import { listenUdp, type UdpListener } from "../../../src/transport/udp-listener.ts";

const A = 1;
const CNAME = 5;
const RECORDS: Readonly<Record<string, { readonly type: number; readonly data: Buffer }>> = {
  "rdp.test": { type: CNAME, data: encodeName("gw.test") },
  "gw.test": { type: A, data: Buffer.from([192, 0, 2, 7]) },
};

function encodeName(name: string): Buffer {
  const labels = name.split(".").flatMap((label) => [label.length, ...Buffer.from(label)]);
  return Buffer.from([...labels, 0]);
}

/** RFC 1035 4.1: the question again, and the records from its name along the aliases. */
const answer = (datagram: Uint8Array): readonly Uint8Array[] => {
  const query = Buffer.from(datagram);
  const end = query.indexOf(0, 12) + 5;
  const asked = query.readUInt16BE(end - 4);
  const records: Buffer[] = [];
  let name = [...query.subarray(12, end - 5)]
    .map((byte) => (byte < 32 ? "." : String.fromCharCode(byte)))
    .join("")
    .slice(1)
    .toLowerCase();
  for (let record = RECORDS[name]; record !== undefined; record = RECORDS[name]) {
    if (record.type !== CNAME && record.type !== asked) break;
    const head = Buffer.from([0, record.type, 0, 1, 0, 0, 0, 60, 0, record.data.length]);
    records.push(Buffer.concat([encodeName(name), head, record.data]));
    if (record.type !== CNAME || asked === CNAME) break;
    name = "gw.test";
  }
  const header = Buffer.from(query.subarray(0, 12));
  header.writeUInt16BE(records.length === 0 ? 0x8183 : 0x8180, 2);
  header.writeUInt16BE(records.length, 6);
  header.writeUInt32BE(0, 8);
  return [Buffer.concat([header, query.subarray(12, end), ...records])];
};

describe("where a name's addresses come from", () => {
  let server: UdpListener;

  beforeAll(async () => {
    server = await listenUdp({ host: "127.0.0.1", port: 0, answer });
  });

  afterAll(() => server.close());

  it("DNS gives the address and the alias on the way", async () => {
    expect(await nameSources("rdp.test", 2000, [`127.0.0.1:${server.port}`])).toEqual({
      hosts: [],
      dns: ["192.0.2.7"],
      aliases: ["gw.test"],
    });
  });

  it("a name that DNS does not know has no record, which is an answer", async () => {
    const { dns } = await nameSources("other.test", 2000, [`127.0.0.1:${server.port}`]);
    expect(dns).toEqual([]);
  });

  it("without a DNS server it is unknown, soon", async () => {
    const silent = await listenUdp({ host: "127.0.0.1", port: 0, answer: () => [] });
    expect(await nameSources("rdp.test", 300, [`127.0.0.1:${silent.port}`])).toMatchObject({
      dns: null,
      aliases: [],
    });
    await silent.close();
  });

  it("the hosts file is read by name, in whatever case, without its comments", () => {
    const text =
      "127.0.0.1 localhost\r\n192.0.2.7\tRDP.example rdp # old\n# 192.0.2.8 rdp\n2001:db8::7 rdp\n\n";
    expect(addressesInHostsFile(text, "rdp")).toEqual(["192.0.2.7", "2001:db8::7"]);
    expect(addressesInHostsFile(text, "rdp.EXAMPLE")).toEqual(["192.0.2.7"]);
    expect(addressesInHostsFile(text, "old")).toEqual([]);
  });
});
