/** A real nats-server of a test, on loopback, with a store of its own. */
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:net";
import { commandPath } from "../../support/availability.ts";
import { eventually } from "../../support/eventually.ts";
import { freePort } from "../../support/free-port.ts";
import { rdprobe } from "../cli/rdprobe.ts";
import { outputOf, type ProcessGroup, startProcess } from "../servers/programs/processes.ts";

export interface NatsServer {
  readonly port: number;
  readonly folder: string;
  /** The arguments of rdprobe that lead there. */
  readonly place: readonly string[];
  /** Kills it, and starts it again on the same store. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });

const startOn = async (config: string, port: number): Promise<ProcessGroup> => {
  const group = await startProcess(commandPath("nats-server") ?? "nats-server", ["-c", config]);
  if (!(await eventually(() => isOpen(port), { timeoutMs: 10_000 })))
    throw new Error(`nats-server: ${group.stderr()}`);
  return group;
};

const running = async (
  folder: string,
  { port, config, place }: { port: number; config: string; place: readonly string[] },
): Promise<NatsServer> => {
  let group = await startOn(config, port);
  return {
    ...{ port, folder, place },
    restart: async () => {
      await group.stop("SIGKILL");
      group = await startOn(config, port);
    },
    stop: async () => {
      await group.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/** Without users: who reaches it may do all. */
export const startNats = async (jetstream = "", host = "127.0.0.1"): Promise<NatsServer> => {
  const folder = await mkdtemp(join(tmpdir(), "rdprobe-nats-"));
  const port = await freePort();
  const config = join(folder, "nats.conf");
  await writeFile(
    config,
    `listen: "${host}:${port}"\njetstream { store_dir: "${join(folder, "store")}" ${jetstream} }\n`,
  );
  return running(folder, { port, config, place: ["--nats", `nats://127.0.0.1:${port}`] });
};

/** With the files of contrib/nats, as its README has them used: TLS, and a key for each name. */
export const startTemplateNats = async (names: readonly string[]): Promise<NatsServer> => {
  const folder = await mkdtemp(join(tmpdir(), "rdprobe-nats-"));
  const port = await freePort();
  await cp("contrib/nats", folder, { recursive: true });
  await outputOf("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"],
    ...["-keyout", join(folder, "server.key"), "-out", join(folder, "server.pem")],
    ...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
  ]);
  const config = join(folder, "nats-server.conf");
  for (const file of [
    config,
    ...names.filter((name) => name !== "centre").map((name) => join(folder, "segments", `${name}.conf`)),
  ]) {
    let text = await readFile(file, "utf8");
    for (const name of names) {
      const key = `${name.toUpperCase()}_KEY`;
      if (!text.includes(key)) continue;
      const { stdout, stderr } = await rdprobe(["fleet", "--new-key", join(folder, `${name}.nk`)]);
      if (!stdout.startsWith("U")) throw new Error(`fleet --new-key: ${stderr}`);
      text = text.replace(key, stdout.trim());
    }
    text = text
      .replaceAll("/etc/nats", folder)
      .replace("/var/lib/nats", join(folder, "store"))
      .replace("0.0.0.0:4222", `127.0.0.1:${port}`);
    await writeFile(file, text);
  }
  const place = ["--nats", `tls://127.0.0.1:${port}`, "--tls-ca", join(folder, "server.pem")];
  return running(folder, { port, config, place });
};
