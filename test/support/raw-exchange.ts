/** A plain TCP client: what a server sends to some bytes, and whether it then closes. */
import { createConnection } from "node:net";
import { fromHex } from "../../src/bytes/hex.ts";

export interface RawAnswer {
  /** Everything received, in hex. */
  readonly received: string;
  readonly ending: "fin" | "reset" | "open";
}

/**
 * Sends the first request (hex), each further one when bytes came after the one before, and collects until
 * the server closes, or is silent for `quietMs` after the last answer, or for `timeoutMs` before it.
 * @throws Error when the connection is refused.
 */
export const rawExchange = (
  server: { readonly host: string; readonly port: number },
  requests: string | readonly string[],
  { quietMs = 80, timeoutMs = 3000 }: { readonly quietMs?: number; readonly timeoutMs?: number } = {},
): Promise<RawAnswer> =>
  new Promise((resolve, reject) => {
    const pending = [requests].flat();
    let received = "";
    let connected = false;
    const socket = createConnection({ host: server.host, port: server.port });
    const finish = (ending: RawAnswer["ending"]) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ received, ending });
    };
    let timer = setTimeout(finish, timeoutMs, "open");
    socket.once("connect", () => {
      connected = true;
      socket.write(fromHex(pending.shift() ?? ""));
    });
    socket.on("data", (chunk: Buffer) => {
      received += chunk.toString("hex");
      const next = pending.shift();
      if (next !== undefined) socket.write(fromHex(next));
      clearTimeout(timer);
      timer = setTimeout(finish, next === undefined ? quietMs : timeoutMs, "open");
    });
    socket.once("end", () => finish("fin"));
    socket.once("error", (error) => {
      clearTimeout(timer);
      if (connected) finish("reset");
      else reject(error);
    });
  });
