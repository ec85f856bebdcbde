/** A session between `openssl s_client` and `openssl s_server`, with all that each side sent and its secrets. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../../support/eventually.ts";
import { OPENSSL_ADDRESS, startServer } from "./openssl-server.ts";

export interface OpensslSession {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
  readonly keyLog: string;
}

/** What the client says, and the server says back in reverse. */
export const SAID = "handshake";
export const ANSWERED = "ekahsdnah";

const TIMEOUT_MS = 15_000;

export const captureSession = async (
  serverOptions: readonly string[],
  clientOptions: readonly string[],
): Promise<OpensslSession> => {
  const folder = mkdtempSync(join(tmpdir(), "rdprobe-session-"));
  const keyLogFile = join(folder, "keys.txt");
  const server = await startServer([...serverOptions, "-rev", "-keylogfile", keyLogFile]);
  const sent: Buffer[] = [];
  const received: Buffer[] = [];
  const relay = createServer((downstream) => {
    const upstream = connect({ host: OPENSSL_ADDRESS, port: server.port });
    downstream.on("data", (chunk) => {
      sent.push(chunk);
      upstream.write(chunk);
    });
    upstream.on("data", (chunk) => {
      received.push(chunk);
      downstream.write(chunk);
    });
    downstream.on("close", () => upstream.destroy()).on("error", () => {});
    upstream.on("close", () => downstream.destroy()).on("error", () => {});
  });
  let client: ChildProcess | null = null;
  try {
    relay.listen(0, OPENSSL_ADDRESS);
    await once(relay, "listening");
    const { port } = relay.address() as AddressInfo;
    const target = ["s_client", "-connect", `${OPENSSL_ADDRESS}:${port}`, "-quiet", ...clientOptions];
    client = spawn("openssl", target, { stdio: ["pipe", "pipe", "ignore"] });
    let output = "";
    client.stdout?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    client.stdin?.write(`${SAID}\n`);
    await eventually(() => output.includes(ANSWERED), { timeoutMs: TIMEOUT_MS, everyMs: 10 });
    return {
      client: Uint8Array.from(Buffer.concat(sent)),
      server: Uint8Array.from(Buffer.concat(received)),
      keyLog: readFileSync(keyLogFile, "utf8"),
    };
  } finally {
    client?.kill("SIGKILL");
    server.stop();
    relay.close();
    rmSync(folder, { recursive: true, force: true });
  }
};
