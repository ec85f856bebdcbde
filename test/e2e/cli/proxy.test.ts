import { afterEach, describe, expect, it } from "vitest";
import type { Result } from "../../../src/verdict/result/result.ts";
import {
  type SocksServer,
  type SocksServerOptions,
  startSocksServer,
} from "../servers/fronts/socks-server.ts";
import { useLab } from "./lab.ts";
import { rdprobe } from "./rdprobe.ts";
import { resultShape } from "./result-shape.ts";

const lab = useLab("127.0.0.1", ["nla-required", "closed-after-hello", "port-closed"]);
const proxies: SocksServer[] = [];

afterEach(async () => {
  for (const proxy of proxies.splice(0)) await proxy.stop();
});

const proxyOf = async (options: SocksServerOptions = {}): Promise<SocksServer> => {
  const proxy = await startSocksServer(options);
  proxies.push(proxy);
  return proxy;
};

/** A probe through a proxy; with what the whole output must never hold. */
const through = async (url: string, target: string, ...args: readonly string[]): Promise<Result> => {
  const { stdout, stderr } = await rdprobe(["--json", "--timeout", "1s", "--proxy", url, ...args, target]);
  expect(stderr).toBe("");
  const result: Result = JSON.parse(stdout);
  expect(resultShape(result, "result")).toEqual([]);
  return result;
};

const urlOf = ({ host, port }: { readonly host: string; readonly port: number }): string =>
  `socks5://${host}:${port}`;

const FAR = "192.0.2.77:3389";

describe("a SOCKS 5 proxy", () => {
  it("carries the whole probe, connection by connection", async () => {
    const proxy = await proxyOf();
    const result = await through(urlOf(proxy), lab.target("nla-required"));
    expect(result).toMatchObject({
      source: { kind: "live", proxy: `${proxy.host}:${proxy.port}` },
      verdict: { code: "nla-required" },
      tls: { version: "1.3" },
      ntlm: { netbiosComputer: "RDPLAB" },
      connections: 2,
    });
    const target = `127.0.0.1:${lab.listener("nla-required").port}`;
    expect(proxy.asked()).toEqual([target, target]);
  });

  it("carries --depth full as well, without UDP", async () => {
    const proxy = await proxyOf();
    const result = await through(urlOf(proxy), lab.target("closed-after-hello"), "--depth", "full");
    expect(result.listeners).toMatchObject({ udp3389: null, udp3391: null });
    expect(result.connections).toBe(proxy.asked().length);
  });

  it("says through what it looked", async () => {
    const proxy = await proxyOf();
    const { stdout } = await rdprobe(["--proxy", urlOf(proxy), lab.target("nla-required")]);
    expect(stdout.split("\n")[1]).toBe(`  through the proxy ${proxy.host}:${proxy.port}`);
  });

  it("an ending is said to be as the proxy passed it on", async () => {
    const { verdict, findings } = await through(urlOf(await proxyOf()), lab.target("closed-after-hello"));
    expect(verdict).toMatchObject({ code: "closed", stage: "tls" });
    expect(findings.map(({ code }) => code)).toContain("seen-through-proxy");
  });

  it.each([
    [3, "unreachable"],
    [4, "unreachable"],
    [5, "port-closed"],
    [6, "port-filtered"],
    [1, "proxy-failed"],
    [2, "proxy-failed"],
    [7, "proxy-failed"],
    [8, "proxy-failed"],
    [99, "proxy-failed"],
  ])("its reply %i is %s", async (reply, code) => {
    const { verdict } = await through(urlOf(await proxyOf({ reply })), FAR);
    expect(verdict).toMatchObject({ code, stage: "tcp", severity: "critical" });
    if (reply <= 8) expect(verdict.evidence["error"]).toContain(`SOCKS reply ${reply}`);
  });

  it("that tries and finds the port closed says so of the target", async () => {
    const proxy = await proxyOf();
    const { verdict } = await through(urlOf(proxy), lab.target("port-closed"));
    expect(verdict.code).toBe("port-closed");
  });

  it.each<[string, SocksServerOptions, string, RegExp]>([
    [
      "silent in the greeting",
      { stops: { at: "greeting", by: "silence" } },
      "proxy-failed",
      /gave no answer in time/,
    ],
    [
      "that closes in the greeting",
      { stops: { at: "greeting", by: "close" } },
      "proxy-failed",
      /closed in the greeting/,
    ],
    [
      "that closes without a reply",
      { stops: { at: "connect", by: "close" } },
      "proxy-failed",
      /closed without a reply/,
    ],
    // It waits for the target itself, as a rule.
    [
      "silent after CONNECT",
      { stops: { at: "connect", by: "silence" } },
      "port-filtered",
      /no reply to CONNECT/,
    ],
  ])("one %s", async (_, options, code, error) => {
    const { verdict } = await through(urlOf(await proxyOf(options)), FAR);
    expect(verdict.code).toBe(code);
    expect(verdict.evidence["error"]).toMatch(error);
  });

  it("that is not there is no word of the target", async () => {
    const { verdict, remedies } = await through(`socks5://${lab.target("port-closed")}`, FAR);
    expect(verdict).toMatchObject({ code: "proxy-failed", mstsc: null });
    expect(verdict.evidence["error"]).toContain("ECONNREFUSED");
    expect(remedies.map(({ id }) => id)).toEqual(["check-proxy"]);
  });

  it("that speaks another protocol fails as a proxy", async () => {
    const { verdict } = await through(`socks5://${lab.target("nla-required")}`, FAR);
    expect(verdict.code).toBe("proxy-failed");
  });
});

describe("a proxy that asks for a password", () => {
  const SECRET = "s3cret%2Fp%C3%A4ss";
  const credentials = { user: "kaspar", password: "s3cret/päss" };

  it("lets in who has it, and no output holds it", async () => {
    const { host, port } = await proxyOf({ credentials });
    const url = `socks5://kaspar:${SECRET}@${host}:${port}`;
    for (const form of [["--json"], ["-v"], ["-q"]]) {
      const { stdout, stderr } = await rdprobe([...form, "--proxy", url, lab.target("nla-required")]);
      expect(stdout).toContain("nla-required");
      expect(stdout + stderr).not.toMatch(/s3cret|kaspar/);
    }
  });

  it("keeps out who has another, which is no word of the target, and no output holds it", async () => {
    const { host, port } = await proxyOf({ credentials });
    const { stdout, stderr } = await rdprobe([
      "-v",
      "--proxy",
      `socks5://kaspar:wrongw0rd@${host}:${port}`,
      FAR,
    ]);
    expect(stdout).toContain("proxy-failed");
    expect(stdout).toContain("Authentication failed");
    expect(stdout + stderr).not.toMatch(/wrongw0rd|kaspar/);
  });

  it("keeps out who has none", async () => {
    const { verdict } = await through(urlOf(await proxyOf({ credentials })), FAR);
    expect(verdict.code).toBe("proxy-failed");
  });

  it("is not repeated where its URL is wrong", async () => {
    const { code, stderr } = await rdprobe(["--proxy", "http://kaspar:wrongw0rd@127.0.0.1:8080", FAR]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^rdprobe: --proxy: [^\n]*socks5:\/\/[^\n]+\n$/);
    expect(stderr).not.toMatch(/wrongw0rd|kaspar/);
  });
});

describe("--resolve", () => {
  it("gives a name the address, and the name is what is asked for", async () => {
    const { port } = lab.listener("nla-required");
    const { stdout } = await rdprobe(["--json", "--resolve", "rdp.example:127.0.0.1", `rdp.example:${port}`]);
    const result: Result = JSON.parse(stdout);
    expect(result.target).toMatchObject({ host: "rdp.example", address: "127.0.0.1", port, family: 4 });
    expect(result.verdict.code).toBe("nla-required");
    expect(result.resolution?.addresses).toEqual([{ address: "127.0.0.1", from: "given" }]);
  });

  it("that is wrong is one line that names it", async () => {
    const { code, stderr } = await rdprobe(["--resolve", "rdp.example", "rdp.example"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^rdprobe: --resolve: [^\n]+\n$/);
  });
});
