import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWhere } from "../../support/availability.ts";
import { connectFrom } from "./connect-from.ts";
import {
  createNamespacePair,
  type FilterAction,
  type NamespacePair,
  namespaceNames,
  namespacesAvailable,
  UNROUTED_ADDRESS,
} from "./namespaces.ts";

const PORT = 3389;

describeWhere(namespacesAvailable())("two network namespaces", () => {
  let pair: NamespacePair;

  beforeAll(async () => {
    pair = await createNamespacePair();
  });

  afterAll(() => pair.remove());

  it("reach each other over IPv4 and IPv6", async () => {
    const { client, server } = pair;
    expect((await connectFrom(client, server.address, PORT)).outcome).toBe("ECONNREFUSED");
    expect((await connectFrom(client, server.address6, PORT)).outcome).toBe("ECONNREFUSED");
  });

  it.each<[FilterAction, string]>([
    ["drop", "silent"],
    ["tcp-reset", "ECONNREFUSED"],
    // Linux reports this ICMP message to connect() as it reports a RST.
    ["port-unreachable", "ECONNREFUSED"],
    ["host-unreachable", "EHOSTUNREACH"],
    ["no-route", "ENETUNREACH"],
    ["admin-prohibited", "EHOSTUNREACH"],
  ])("a server that filters by %s lets a connect end as %s", async (action, outcome) => {
    await pair.filter(action, PORT);
    expect((await connectFrom(pair.client, pair.server.address, PORT)).outcome).toBe(outcome);
    expect((await connectFrom(pair.client, pair.server.address, PORT + 1)).outcome).toBe("ECONNREFUSED");
  });

  it("has no route to an address outside", async () => {
    expect((await connectFrom(pair.client, UNROUTED_ADDRESS, PORT)).outcome).toBe("ENETUNREACH");
  });

  it("removes what it made, also the processes inside", async () => {
    const other = await createNamespacePair();
    const inside = await other.server.start("sleep", ["60"]);
    const names = [other.client.name, other.server.name];
    expect(await namespaceNames()).toEqual(expect.arrayContaining(names));
    await other.remove();
    expect((await namespaceNames()).filter((name) => names.includes(name))).toEqual([]);
    expect(inside.hasEnded()).toBe(true);
  });

  it("leaves nothing behind when its link cannot be made", async () => {
    const names: string[] = [];
    const attempt = createNamespacePair((client, server) => {
      names.push(client.name, server.name);
      return Promise.reject(new Error("no link"));
    });
    await expect(attempt).rejects.toThrow("no link");
    expect(names).toHaveLength(2);
    expect((await namespaceNames()).filter((name) => names.includes(name))).toEqual([]);
  });
});
