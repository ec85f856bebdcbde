/** A real PostgreSQL of a test, on loopback, with a cluster of its own; never the machine's. */
import { existsSync, readdirSync } from "node:fs";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Availability, commandPath } from "../../support/availability.ts";
import { freePort } from "../../support/free-port.ts";
import { outputOf } from "../servers/programs/processes.ts";

export interface PostgresServer {
  /** `postgres://...` of an empty database. */
  readonly url: string;
  stop(): Promise<void>;
}

const DEBIAN = "/usr/lib/postgresql";

/** Debian keeps the server's programs out of PATH, a folder a release. */
const folder = (): string | null => {
  const releases = existsSync(DEBIAN) ? readdirSync(DEBIAN).toSorted((a, b) => Number(b) - Number(a)) : [];
  return (
    releases.map((release) => join(DEBIAN, release, "bin")).find((bin) => existsSync(join(bin, "initdb"))) ??
    null
  );
};

export const postgresAvailable = (): Availability => ({
  available: folder() !== null && (process.getuid?.() !== 0 || commandPath("runuser") !== null),
  notice: "not installed: postgresql",
});

/** PostgreSQL does not run as root: Debian's package has a user for it. */
const asServer = (command: string, args: readonly string[]): readonly [string, readonly string[]] =>
  process.getuid?.() === 0 ? ["runuser", ["-u", "postgres", "--", command, ...args]] : [command, args];

const run = async (command: string, args: readonly string[]): Promise<string> => {
  const [program, words] = asServer(join(folder() ?? "", command), args);
  return outputOf(program, words, { timeoutMs: 60_000, cwd: "/" });
};

/** @param settings more of postgresql.conf, as `shared_buffers=256MB`. */
export const startPostgres = async (settings: readonly string[] = []): Promise<PostgresServer> => {
  const place = await mkdtemp(join(tmpdir(), "rdprobe-postgres-"));
  if (process.getuid?.() === 0) {
    const [uid = 0, gid = 0] = (await outputOf("sh", ["-c", "id -u postgres; id -g postgres"]))
      .split("\n")
      .map(Number);
    await chown(place, uid, gid);
  }
  const data = join(place, "data");
  const port = await freePort();
  await run("initdb", [
    "-D",
    data,
    "-A",
    "trust",
    "-U",
    "rdprobe",
    "--no-sync",
    "-E",
    "UTF8",
    "--locale=C.UTF-8",
  ]);
  const words = [
    "fsync=off",
    "listen_addresses=127.0.0.1",
    `unix_socket_directories=${place}`,
    `port=${port}`,
    ...settings,
  ];
  const options = words.map((word) => `-c ${word}`).join(" ");
  await run("pg_ctl", ["-D", data, "-w", "-t", "30", "-l", join(place, "log"), "-o", options, "start"]);
  return {
    url: `postgres://rdprobe@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await run("pg_ctl", ["-D", data, "-m", "immediate", "stop"]);
      await rm(place, { recursive: true, force: true });
    },
  };
};
