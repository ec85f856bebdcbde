import { lookup } from "node:dns/promises";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import type { Result } from "../../../src/verdict/result/result.ts";
import { type Availability, describeWhere } from "../../support/availability.ts";
import { useLab } from "./lab.ts";
import { rdprobe } from "./rdprobe.ts";

const IDS = ["tls-without-nla", "failure-2", "failure-3"] as const;
const lab = useLab("127.0.0.1", [...IDS]);

/** The results in any case as a list. */
const resultsOf = async (...args: readonly string[]): Promise<readonly Result[]> => {
  const { stdout, stderr } = await rdprobe(["--json", ...args]);
  expect(stderr).toBe("");
  const document: Result | readonly Result[] = JSON.parse(stdout);
  return "schema" in document ? [document] : document;
};

const codes = (results: readonly Result[]): readonly string[] => results.map(({ verdict }) => verdict.code);

describe("targets and ports", () => {
  it("-p takes a list, and one result a port comes in its order", async () => {
    const ports = IDS.map((id) => lab.listener(id).port);
    const results = await resultsOf("-p", ports.join(","), "127.0.0.1");
    expect(results.map(({ target }) => target.port)).toEqual(ports);
    expect(codes(results)).toEqual(["ok", "standard-security-only", "no-server-certificate"]);
  });

  it("-p takes a range", async () => {
    const { port } = lab.listener("failure-3");
    const results = await resultsOf("-p", `${port}-${port + 1}`, "127.0.0.1");
    expect(results.map(({ target }) => target.port)).toEqual([port, port + 1]);
  });

  it("a port in the target wins over -p", async () => {
    const results = await resultsOf("-p", "1", lab.target("failure-3"));
    expect(codes(results)).toEqual(["no-server-certificate"]);
  });

  it("a target that is there twice is probed once", async () => {
    const before = lab.listener("failure-3").connections().total;
    const { port } = lab.listener("failure-3");
    const results = await resultsOf("-p", String(port), "127.0.0.1", lab.target("failure-3"), "127.0.0.1");
    expect(codes(results)).toEqual(["no-server-certificate"]);
    expect(lab.listener("failure-3").connections().total - before).toBe(1);
  });

  it("a name is probed at every address that it resolves to", async () => {
    const addresses = [...new Set((await lookup("localhost", { all: true })).map(({ address }) => address))];
    const results = await resultsOf(`localhost:${lab.listener("failure-3").port}`);
    expect(results.map(({ target }) => target.address).sort()).toEqual(addresses.sort());
    const there = results.find(({ target }) => target.address === "127.0.0.1");
    expect(there).toMatchObject({
      target: { host: "localhost", family: 4 },
      verdict: { code: "no-server-certificate" },
      stages: [{ name: "dns", status: "ok" }, {}, {}, {}, {}, {}, {}],
    });
  });

  it("-4 takes the IPv4 only", async () => {
    const results = await resultsOf("-4", `localhost:${lab.listener("failure-3").port}`);
    expect(results.map(({ target }) => target.address)).toEqual(["127.0.0.1"]);
  });

  it("a name without an address is name-not-found, and dns-failure where the resolver has no answer", async () => {
    const name = "no-such-host.invalid";
    const answer = await lookup(name).then(
      () => "found",
      (error: NodeJS.ErrnoException) => error.code,
    );
    const { code, stdout } = await rdprobe(["--json", name]);
    const { verdict }: Result = JSON.parse(stdout);
    expect({ code, stage: verdict.stage }).toEqual({ code: 1, stage: "dns" });
    expect(verdict.code).toBe(answer === "ENOTFOUND" ? "name-not-found" : "dns-failure");
  });
});

describe("rdprobe -q and -v", () => {
  it("-q prints one line a result: severity, target, verdict, stage", async () => {
    const [first, second] = [lab.target("failure-2"), lab.target("tls-without-nla")];
    const { stdout } = await rdprobe(["-q", first, second]);
    const [warning, ok, ...rest] = stdout.split("\n");
    expect(warning).toMatch(new RegExp(`^WARNING ${first} standard-security-only at negotiation: \\S`));
    expect(ok).toMatch(new RegExp(`^OK ${second} ok: \\S`));
    expect(rest).toEqual([""]);
  });

  it("-v adds what went over the wire, the undo of a remedy and what confirms it", async () => {
    const short = (await rdprobe([lab.target("failure-3")])).stdout;
    const long = (await rdprobe(["-v", lab.target("failure-3")])).stdout;
    for (const text of ["On the wire", "0300001", "undo:", "confirms it:"]) {
      expect(short).not.toContain(text);
      expect(long).toContain(text);
    }
  });

  it("several results are a table with a line each", async () => {
    const { stdout } = await rdprobe(IDS.map((id) => lab.target(id)));
    const lines = stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(1 + IDS.length);
    expect(lines[0]).toMatch(/^TARGET +VERDICT +STAGE +NLA +TLS +DAYS +MS +SUMMARY$/);
    expect(lines).toContainEqual(
      expect.stringMatching(/^127\.0\.0\.1:\d+ +ok +done +unsupported +1\.2 +17\d +\d+ +\S/),
    );
  });
});

const ipv6Available = await new Promise<Availability>((resolve) => {
  const server = createServer();
  server.once("error", () => resolve({ available: false, notice: "no IPv6 loopback" }));
  server.listen(0, "::1", () => server.close(() => resolve({ available: true, notice: "" })));
});

describeWhere(ipv6Available)("an IPv6 target", () => {
  const lab6 = useLab("::1", ["tls-without-nla"]);

  it.each([["in brackets with its port"], ["bare, with -p"]])("%s is probed over IPv6", async (form) => {
    const { port } = lab6.listener("tls-without-nla");
    const args = form.startsWith("bare") ? ["-p", String(port), "::1"] : [`[::1]:${port}`];
    const [result] = await resultsOf(...args);
    expect(result).toMatchObject({
      target: { host: "::1", address: "::1", port, family: 6 },
      verdict: { code: "ok" },
    });
  });

  it("stands in brackets where its port follows", async () => {
    const { port } = lab6.listener("tls-without-nla");
    expect((await rdprobe(["-q", `[::1]:${port}`])).stdout).toMatch(`OK [::1]:${port} ok:`);
  });
});
