import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ListenerReports } from "../../../src/handshake/listeners/listener-report.ts";
import { type Lab, startLab } from "../../../src/lab/lab.ts";
import { probeAddress } from "../../../src/scan/one/probe-address.ts";
import { DEFAULT_EXPIRY } from "../../../src/verdict/findings/certificate-findings.ts";
import { isPlatformOf } from "../../../src/verdict/server/fitting.ts";
import { programOf, SERVER_IMPLEMENTATIONS } from "../../../src/verdict/server/implementations.ts";
import { withListeners } from "../../../src/verdict/server/in-front.ts";
import { REFERENCE } from "../../verdict/transcripts.ts";

const NONE: ListenerReports = {
  ...{ udp3389: null, udp3391: null, websocket3387: null, websocket3392: null },
  ...{ gateway443: null, hyperv2179: null },
};

const said = (port: number, state: "open" | "other") =>
  ({ port, protocol: "tcp", state, what: "it", confidence: "observed", summary: "it answers" }) as const;

const gateway = { ...said(443, "open"), http: null, certificate: null, authentication: [], ntlm: null };

describe("at its own port", () => {
  it.each([
    ["an RD Gateway", 443, { ...NONE, gateway443: gateway }, "rd-gateway"],
    ["an RD Gateway beside the port that was probed", 3389, { ...NONE, gateway443: gateway }, undefined],
    ["VMConnect", 2179, { ...NONE, hyperv2179: said(2179, "open") }, "hyper-v"],
    ["something else on VMConnect's port", 2179, { ...NONE, hyperv2179: said(2179, "other") }, undefined],
  ] as const)("%s", (_what, port, listeners, expected) => {
    expect(withListeners(null, port, listeners)?.implementation).toBe(expected);
  });
});

describe("one program of all that was seen", () => {
  it.each([
    [[], null],
    [["freerdp"], "freerdp"],
    [["freerdp", "weston"], "weston"],
    [["freerdp", "weston", "gnome-remote-desktop"], "freerdp"],
    [["windows", "hyper-v"], "hyper-v"],
    [["windows", "xrdp"], null],
    [["xrdp", "freerdp", "weston"], null],
  ] as const)("%j: %s", (seen, program) => {
    expect(programOf(seen)).toBe(program);
  });
});

it("a remedy for one program is for no other one, save where only the library is known", () => {
  const suits = SERVER_IMPLEMENTATIONS.filter((one) => isPlatformOf("gnome-remote-desktop", one));
  expect(suits).toEqual(["freerdp", "gnome-remote-desktop"]);
  expect(SERVER_IMPLEMENTATIONS.filter((one) => isPlatformOf("windows", one))).toEqual([
    "windows",
    "hyper-v",
    "rd-gateway",
  ]);
});

describe("several machines behind one address", () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await startLab({ host: "127.0.0.1", basePort: 0, scenarios: ["farm", "nla-required"] });
  });

  afterAll(() => lab.close());

  it.each([
    ["farm", "full", "load-balancer"],
    ["nla-required", "standard", "windows"],
  ] as const)("%s at %s depth: %s", async (id, depth, expected) => {
    const listener = lab.listeners.find(({ scenario }) => scenario.id === id);
    if (listener === undefined) throw new Error(`no scenario ${id}`);
    const { host, port } = listener;
    const { server } = await probeAddress(
      { input: host, host, endpoint: { address: host, port, family: 4 }, resolution: null },
      {
        ...{ depth, pauseMs: 20, timeoutMs: 2000, deadlineMs: 20_000 },
        ...{ routing: null, reference: REFERENCE, expiry: DEFAULT_EXPIRY },
      },
    );
    expect(server?.implementation).toBe(expected);
  });
});
