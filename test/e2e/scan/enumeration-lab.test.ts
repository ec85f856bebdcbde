import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TlsSupport } from "../../../src/handshake/enumeration/tls-support.ts";
import { type Lab, startLab } from "../../../src/lab/lab.ts";
import type { TlsVersionName } from "../../../src/tls/tables/versions.ts";
import {
  acceptedNames,
  bothWays,
  contradictions,
  enumerateServer,
  type Server,
  unknowns,
} from "./simulated.ts";

type Accepted = Partial<Record<TlsVersionName, readonly string[]>>;

const inAllOf = (versions: readonly TlsVersionName[], suites: readonly string[]): Accepted =>
  Object.fromEntries(versions.map((version) => [version, suites]));

const UP_TO_12 = ["1.0", "1.1", "1.2"] as const;
const SSL3 = ["RC4-MD5", "RC4-SHA", "DES-CBC3-SHA", "AES128-SHA", "AES256-SHA"] as const;

/** What each scenario takes; what no TLS library has any more is among it. */
const SCENARIOS: readonly { readonly id: string; readonly accepted: Accepted }[] = [
  { id: "ssl3-only", accepted: { ssl3: SSL3 } },
  { id: "ssl3-to-everybody", accepted: { ssl3: SSL3 } },
  { id: "3des-only", accepted: inAllOf(UP_TO_12, ["DES-CBC3-SHA"]) },
  { id: "3des-only-alert", accepted: inAllOf(UP_TO_12, ["DES-CBC3-SHA"]) },
  { id: "rc4-only", accepted: inAllOf(UP_TO_12, ["RC4-MD5", "RC4-SHA"]) },
  { id: "export-only", accepted: inAllOf(UP_TO_12, ["EXP-RC4-MD5", "EXP-DES-CBC-SHA"]) },
  { id: "null-only", accepted: { "1.2": ["NULL-SHA256"] } },
  {
    id: "anon-only",
    accepted: {
      ...inAllOf(["1.0", "1.1"], ["ADH-AES128-SHA"]),
      "1.2": ["ADH-AES128-SHA", "ADH-AES256-GCM-SHA384", "ADH-AES256-SHA256"],
    },
  },
  { id: "ecdsa-suites-with-rsa-certificate", accepted: {} },
  { id: "key-unreadable", accepted: {} },
];

let lab: Lab;

beforeAll(async () => {
  lab = await startLab({ host: "127.0.0.1", basePort: 0, scenarios: SCENARIOS.map(({ id }) => id) });
});

afterAll(() => lab.close());

const listenerOf = (id: string) => {
  const listener = lab.listeners.find(({ scenario }) => scenario.id === id);
  if (listener === undefined) throw new Error(`no scenario ${id}`);
  return listener;
};

const ALL: readonly TlsVersionName[] = ["ssl3", "1.0", "1.1", "1.2", "1.3"];

const acceptedOf = (support: TlsSupport): Accepted =>
  Object.fromEntries(ALL.map((version) => [version, acceptedNames(support, version)]));

const sorted = (accepted: Accepted): Accepted =>
  Object.fromEntries(ALL.map((version) => [version, (accepted[version] ?? []).toSorted()]));

describe("the enumeration of the lab's servers", () => {
  it.each(SCENARIOS)("$id: every suite and no other, in few connections", async ({ id, accepted }) => {
    const listener = listenerOf(id);
    const support = await enumerateServer(listener);
    expect(acceptedOf(support)).toEqual(sorted(accepted));
    expect(Object.values(support.versions).every(({ complete }) => complete)).toBe(true);
    const suites = Object.values(accepted).reduce((sum, names) => sum + names.length, 0);
    const { total, maxOpen } = listener.connections();
    expect(total).toBeLessThanOrEqual(suites + 2 * ALL.length);
    expect(maxOpen).toBe(1);
  });

  it.each(SCENARIOS)("$id: what is computed for a client is what its own hello meets", async ({ id }) => {
    const server: Server = listenerOf(id);
    const clients = await bothWays(server, await enumerateServer(server));
    expect(contradictions(clients)).toEqual([]);
    // A server that refuses TLS 1.3 alone with handshake_failure might still select it.
    if (id !== "3des-only-alert") expect(unknowns(clients)).toBe(0);
  });

  it.each([
    ["anon-only", /anonymous suites, which show no certificate, alone/],
    ["null-only", /NULL suites, which do not encrypt, alone/],
    ["export-only", /export suites of 40 or 56 bits alone/],
    ["ecdsa-suites-with-rsa-certificate", /handshake_failure/],
    ["key-unreadable", /refuses every ClientHello/],
  ])("%s: no client connects, and it is said why", async (id, why) => {
    const server = listenerOf(id);
    const clients = await bothWays(server, await enumerateServer(server));
    expect(clients.filter(({ observed }) => observed.outcome === "connects")).toEqual([]);
    const newest = clients.filter(({ id: client }) => client.startsWith("win11"));
    expect(newest.length).toBeGreaterThan(0);
    for (const client of newest) expect(client.why).toMatch(why);
  });

  it("over 3DES the clients connect that still have it", async () => {
    const server = listenerOf("3des-only");
    const clients = await bothWays(server, await enumerateServer(server));
    const connecting = clients.filter(({ observed }) => observed.outcome === "connects").map(({ id }) => id);
    expect(connecting).toContain("win10-20H2-21H2");
    expect(connecting).not.toContain("win10-22H2");
  });
});
