import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hash } from "bcryptjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mintCertificate } from "../../src/lab/certificates.ts";
import { soleValueOf } from "../exporter/exposition-format.ts";
import { eventually } from "../servers/eventually.ts";
import { EXECUTABLE } from "./executable.ts";
import { useLab } from "./lab.ts";
import { rdprobe } from "./rdprobe.ts";

const lab = useLab("127.0.0.1", ["nla-optional", "silent"]);
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
  /** Sends the signal and gives the exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

const start = async (...args: readonly string[]): Promise<Running> => {
  const child = spawn(process.execPath, [EXECUTABLE, "exporter", "--listen", "127.0.0.1:0", ...args], {
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
      `rdprobe: exporter on ${exporter.url}\nrdprobe: no --allow: whoever reaches this port can have any host probed\n`,
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
