import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hash } from "bcryptjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mintCertificate } from "../../../src/lab/certificates/certificates.ts";
import { soleValueOf } from "../../exporter/exposition-format.ts";
import { eventually } from "../../support/eventually.ts";
import { PROGRAM, PROGRAM_ARGS } from "./executable.ts";
import { useLab } from "./lab.ts";
import { rdprobe } from "./rdprobe.ts";

const lab = useLab("127.0.0.1", ["nla-optional", "silent", "failure-3"]);
const DAY_MS = 86_400_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rdprobe-exporter-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const file = async (name: string, text: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
};

interface Running extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  stderr(): string;
  /** Sends a signal that does not end it. */
  signal(signal: NodeJS.Signals): void;
  /** Sends the signal and gives the exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

const start = async (...args: readonly string[]): Promise<Running> => {
  const child = spawn(PROGRAM, [...PROGRAM_ARGS, "exporter", "--listen", "127.0.0.1:0", ...args], {
    stdio: ["ignore", "inherit", "pipe"],
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const closed = once(child, "close");
  const urlOf = () => /exporter on (https?:\/\/\S+:(\d+))/.exec(stderr);
  await eventually(() => urlOf() !== null || child.exitCode !== null, { timeoutMs: 20_000 });
  const [, url = "", port = "0"] = urlOf() ?? [];
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    const [code]: unknown[] = await closed;
    return typeof code === "number" ? code : null;
  };
  return {
    url,
    port: Number(port),
    stderr: () => stderr,
    signal: (signal) => void child.kill(signal),
    end,
    [Symbol.asyncDispose]: async () => void (await end("SIGKILL")),
  };
};

describe("rdprobe exporter", () => {
  it("answers a scrape, says on stderr where it listens, and that everything may be probed", async () => {
    await using exporter = await start();
    const response = await fetch(`${exporter.url}/probe?module=quick&target=${lab.target("nla-optional")}`);
    expect(soleValueOf(await response.text(), "probe_success")).toBe(1);
    expect(exporter.stderr()).toBe(
      `rdprobe: exporter on ${exporter.url}\nrdprobe: no --allow: anyone who reaches this port can have any host probed\n`,
    );
  });

  it("takes modules from a file, networks from --allow, and then warns of nothing", async () => {
    const config = await file("modules.yml", "modules: {mine: {depth: quick, cookie: me}}");
    await using exporter = await start(
      "--config",
      config,
      "--allow",
      "192.0.2.0/24,127.0.0.1",
      "--allow",
      "::1",
    );
    const probe = (target: string) => fetch(`${exporter.url}/probe?module=mine&target=${target}`);
    expect((await probe(lab.target("nla-optional"))).status).toBe(200);
    expect((await probe("127.0.0.2:3389")).status).toBe(403);
    expect(exporter.stderr()).toBe(`rdprobe: exporter on ${exporter.url}\n`);
  });

  it.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
  ] as const)(
    "on %s answers what is in flight, takes nothing new, and ends with %d",
    async (signal, expected) => {
      const exporter = await start();
      const heard = lab.listener("silent").connections().total;
      const headers = { "X-Prometheus-Scrape-Timeout-Seconds": "2.5" };
      const inFlight = fetch(`${exporter.url}/probe?target=${lab.target("silent")}`, { headers });
      await eventually(() => lab.listener("silent").connections().total > heard, { timeoutMs: 10_000 });
      const ended = exporter.end(signal);
      const isRefused = () =>
        new Promise<boolean>((resolve) => {
          const socket = connect(exporter.port, "127.0.0.1");
          socket.once("connect", () => resolve(false)).once("error", () => resolve(true));
          socket.once("connect", () => socket.destroy());
        });
      expect(await eventually(isRefused, { timeoutMs: 2000 })).toBe(true);
      const response = await inFlight;
      expect(response.status).toBe(200);
      expect(soleValueOf(await response.text(), "probe_success")).toBe(0);
      expect(await ended).toBe(expected);
    },
  );

  it("ends at once on a second signal", async () => {
    const exporter = await start();
    const heard = lab.listener("silent").connections().total;
    const inFlight = fetch(`${exporter.url}/probe?target=${lab.target("silent")}`).catch(() => "cut");
    await eventually(() => lab.listener("silent").connections().total > heard, { timeoutMs: 10_000 });
    const first = exporter.end("SIGTERM");
    await eventually(
      () =>
        fetch(exporter.url).then(
          () => false,
          () => true,
        ),
      { timeoutMs: 2000 },
    );
    expect(await exporter.end("SIGTERM")).toBe(143);
    expect(await first).toBe(143);
    expect(await inFlight).toBe("cut");
  });

  it("speaks TLS with a certificate and a password of a web configuration", async () => {
    const { keyPem, chainPem } = mintCertificate({
      commonName: "exporter",
      subjectAltNames: ["IP:127.0.0.1"],
      notBefore: new Date(Date.now() - DAY_MS),
      notAfter: new Date(Date.now() + DAY_MS),
    });
    await file("server.key", keyPem);
    await file("server.crt", chainPem);
    const web = await file(
      "web.yml",
      `tls_server_config: {cert_file: server.crt, key_file: server.key}
basic_auth_users: {prometheus: ${await hash("test", 10)}}`,
    );
    await using exporter = await start("--web-config", web);
    expect(exporter.url).toMatch(/^https:/);
    const statusOf = (auth: string | undefined) =>
      new Promise<number | undefined>((resolve, reject) => {
        const options = {
          ca: chainPem,
          headers: { Connection: "close" },
          ...(auth === undefined ? {} : { auth }),
        };
        request(`${exporter.url}/-/healthy`, options, (response) => {
          response.resume().once("end", () => resolve(response.statusCode));
        })
          .once("error", reject)
          .end();
      });
    expect(await statusOf(undefined)).toBe(401);
    expect(await statusOf("prometheus:wrong")).toBe(401);
    expect(await statusOf("prometheus:test")).toBe(200);
  });
});

describe("a wrong command line of the exporter is one line, and exit code 2", () => {
  it.each([
    [["--listen", "127.0.0.1"], /--listen: "127\.0\.0\.1" is no address to listen on/],
    [["--listen", "::1:9709"], /--listen: "::1:9709" is no address to listen on/],
    [["--listen", ":0"], /--listen: :0 can be reached from elsewhere: say with --allow/],
    [["--listen", "192.0.2.1:0", "--allow", "::1"], /--listen: 192\.0\.2\.1:0 is no address of this machine/],
    [["--allow", "ten"], /--allow: "ten" is no network/],
    [["--max-concurrent", "0"], /--max-concurrent: "0" is no number of probes/],
    [["--timeout-offset", "-1s"], /--timeout-offset: "-1s" is no duration/],
    [["--config", "/nonexistent.yml"], /--config: cannot read \/nonexistent\.yml: no such file or directory/],
    [["--config", "/"], /--config: cannot read \/: /],
    [["--web-config", "/nonexistent.yml"], /--web-config: cannot read \/nonexistent\.yml/],
  ])("%j", async (args, expected) => {
    const { code, stdout, stderr } = await rdprobe(["exporter", ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^rdprobe: [^\n]+\n$/);
    expect(stderr).toMatch(expected);
  });

  it("names the file, the field and what would be right", async () => {
    const config = await file("wrong.yml", "modules: {m: {depth: deep}}");
    const { code, stderr } = await rdprobe(["exporter", "--config", config]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `rdprobe: --config: ${config}: modules.m.depth: "deep" is not one of quick, standard, full\n`,
    });
  });

  it("names a port that is in use", async () => {
    const target = lab.target("silent");
    const { code, stderr } = await rdprobe(["exporter", "--listen", target]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^rdprobe: --listen: \S+ is in use: [^\n]+\n$/);
  });

  it("says that a key is none", async () => {
    await file("no.key", "no key");
    const web = await file("bad-web.yml", "tls_server_config: {cert_file: no.key, key_file: no.key}");
    const { code, stderr } = await rdprobe(["exporter", "--web-config", web]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^rdprobe: --web-config: \S+: certificate and key do not fit: [^\n]+\n$/);
  });
});

describe("what a running exporter is asked beside probes", () => {
  const textOf = async (url: string): Promise<string> => (await fetch(url)).text();

  it("has what failed probes saw, and makes no new probe for that", async () => {
    await using exporter = await start();
    const target = lab.target("failure-3");
    await textOf(`${exporter.url}/probe?module=quick&target=${target}`);
    await textOf(`${exporter.url}/probe?module=quick&target=${target}`);
    await textOf(`${exporter.url}/probe?module=quick&target=${lab.target("nla-optional")}`);
    const connections = lab.listener("failure-3").connections().total;
    const page = await textOf(exporter.url);
    const links = [...page.matchAll(/href="(\/probes\/[^"]+)"/g)].map(([, path]) => path);
    expect(links).toHaveLength(1);
    const kept = await fetch(`${exporter.url}${links[0]}`);
    expect(kept.status).toBe(200);
    expect(kept.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    const text = await kept.text();
    expect(text).toContain("no-server-certificate");
    expect(soleValueOf(text.slice(text.indexOf("# HELP")), "probe_success")).toBe(0);
    expect(await textOf(`${exporter.url}/probes?target=${target}`)).toBe(text);
    expect(lab.listener("failure-3").connections().total).toBe(connections);
  });

  it.each([
    ["/probes/20261120T100000-1", 404],
    ["/probes/", 404],
    ["/probes?target=192.0.2.1", 404],
    ["/probes?target=", 400],
    ["/probes", 400],
    ["/-/reload", 405],
    ["/nothing", 404],
  ])("%s is %d where nothing is kept", async (path, status) => {
    await using exporter = await start();
    expect((await fetch(`${exporter.url}${path}`)).status).toBe(status);
  });

  const configured = async (exporter: Running) =>
    /^ {2}(mine|yours):$/m.exec(await textOf(`${exporter.url}/config`))?.[1];
  const isReloaded = async (exporter: Running) =>
    soleValueOf(await textOf(`${exporter.url}/metrics`), "rdprobe_exporter_config_last_reload_successful");

  it("reloads on POST /-/reload; what cannot be read leaves the old modules", async () => {
    const config = await file("reload.yml", "modules: {mine: {depth: quick, cookie: sesame}}");
    await using exporter = await start("--config", config);
    expect(await configured(exporter)).toBe("mine");
    expect(await textOf(`${exporter.url}/config`)).not.toContain("sesame");
    const reload = () => fetch(`${exporter.url}/-/reload`, { method: "POST" });

    await file("reload.yml", "modules: {yours: {depth: quick}}");
    expect((await reload()).status).toBe(200);
    expect([await configured(exporter), await isReloaded(exporter)]).toEqual(["yours", 1]);
    const probe = await fetch(`${exporter.url}/probe?module=yours&target=${lab.target("nla-optional")}`);
    expect(probe.status).toBe(200);

    await file("reload.yml", "modules: {mine: {depth: deep}}");
    const refused = await reload();
    expect(refused.status).toBe(500);
    expect(await refused.text()).toContain("modules.mine.depth");
    expect([await configured(exporter), await isReloaded(exporter)]).toEqual(["yours", 0]);

    await rm(config);
    expect((await reload()).status).toBe(500);
    expect(await configured(exporter)).toBe("yours");
  });

  it.skipIf(process.platform === "win32")("reloads on SIGHUP, and says on stderr how that went", async () => {
    const config = await file("hangup.yml", "modules: {mine: {depth: quick}}");
    await using exporter = await start("--config", config);
    await file("hangup.yml", "modules: {yours: {depth: quick}}");
    exporter.signal("SIGHUP");
    const says = (text: string) => () => exporter.stderr().includes(text);
    expect(await eventually(says("modules reloaded\n"), { timeoutMs: 10_000 })).toBe(true);
    expect(await configured(exporter)).toBe("yours");
    await file("hangup.yml", "modules: 7");
    exporter.signal("SIGHUP");
    expect(await eventually(says("modules not reloaded, the old ones hold: "), { timeoutMs: 10_000 })).toBe(
      true,
    );
    expect(await configured(exporter)).toBe("yours");
    expect(await exporter.end("SIGTERM")).toBe(143);
  });

  it("takes no other method than what a path is for", async () => {
    await using exporter = await start();
    const statusOf = async (method: string, path: string) =>
      (await fetch(`${exporter.url}${path}`, { method })).status;
    expect(await statusOf("POST", "/probe?target=127.0.0.1")).toBe(405);
    expect(await statusOf("POST", "/config")).toBe(405);
    expect(await statusOf("DELETE", "/-/reload")).toBe(405);
    expect(await statusOf("GET", "/-/healthy")).toBe(200);
  });
});
