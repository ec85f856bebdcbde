import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { DatagramOutcome } from "../../../src/handshake/facts/datagram-outcome.ts";
import { describeWhere } from "../../support/availability.ts";
import { outputOf } from "../servers/programs/processes.ts";
import {
  createNamespacePair,
  type NamespacePair,
  namespacesAvailable,
  UNROUTED_ADDRESS,
} from "./namespaces.ts";

const PORT = 3389;
const EXCHANGE = pathToFileURL("src/transport/udp-exchange.ts").href;

describeWhere(namespacesAvailable())("One datagram through a firewall", () => {
  let pair: NamespacePair;

  beforeAll(async () => {
    pair = await createNamespacePair();
  });

  afterAll(() => pair.remove());

  /** What the server does with the datagrams, in nftables' words. */
  const filter = (verdict: string): Promise<string> => {
    const chain = `chain input { type filter hook input priority 0;\nudp dport ${PORT} ${verdict}\n}`;
    const input = `add table inet rdprobe\ndelete table inet rdprobe\ntable inet rdprobe { ${chain}\n}\n`;
    return outputOf("nft", ["-f", "-"], { namespace: pair.server.name, input });
  };

  const exchangeWith = async (address: string): Promise<DatagramOutcome> => {
    const endpoint = { address, port: PORT, family: address.includes(":") ? 6 : 4 };
    const script = `import { exchangeDatagram } from ${JSON.stringify(EXCHANGE)};
      const outcome = await exchangeDatagram(${JSON.stringify(endpoint)}, Uint8Array.of(1), 500);
      process.stdout.write(JSON.stringify(outcome));`;
    const args = ["--import", "tsx", "--input-type=module", "-e", script];
    const { code, stdout, stderr } = await pair.client.run(process.execPath, args, { timeoutMs: 15_000 });
    if (code !== 0) throw new Error(stderr);
    const outcome: DatagramOutcome = JSON.parse(stdout);
    return outcome;
  };

  it.each([
    ["drop", { kind: "silence" }],
    ["reject with icmpx type port-unreachable", { kind: "port-unreachable" }],
    ["reject with icmpx type admin-prohibited", { kind: "unreachable", detail: "EHOSTUNREACH" }],
  ])("that says %s", async (verdict, expected) => {
    await filter(verdict);
    expect(await exchangeWith(pair.server.address)).toEqual(expected);
  });

  it("is unreachable, and nothing thrown, where there is no route", async () => {
    expect(await exchangeWith(UNROUTED_ADDRESS)).toEqual({ kind: "unreachable", detail: "ENETUNREACH" });
    expect(await exchangeWith("2001:db8:ffff::1")).toEqual({ kind: "unreachable", detail: "ENETUNREACH" });
  });
});
