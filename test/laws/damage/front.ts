/** The way between a client and a server: X.224 passes as it is, then one rule damages what the server sends. */
import { createConnection, createServer, type Socket } from "node:net";
import { type LoopbackListener, listenOnLoopback } from "../../support/loopback-listener.ts";
import { createDamager } from "./damager.ts";
import type { Damage } from "./rules.ts";

export interface DamagingFront extends LoopbackListener {
  /** Whether the rule found its place on the last connection. */
  isApplied(): boolean;
}

const CONFIRM_SIZE = 19;

/** @throws Error when it cannot listen. */
export const startDamagingFront = async (
  server: { readonly host: string; readonly port: number },
  damage: Damage,
  records: number,
): Promise<DamagingFront> => {
  const open = new Set<Socket>();
  let last = false;
  const listener = createServer({ noDelay: true }, (client) => {
    const upstream = createConnection({ ...server, noDelay: true });
    const damager = createDamager(damage, records);
    let confirmMissing = CONFIRM_SIZE;
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on("error", () => undefined).on("close", () => open.delete(socket));
    }
    client.on("data", (bytes) => upstream.write(bytes)).on("end", () => upstream.end());
    client.on("close", () => upstream.destroy());
    upstream.on("data", (bytes: Buffer) => {
      const confirm = bytes.subarray(0, confirmMissing);
      confirmMissing -= confirm.length;
      if (confirm.length > 0) client.write(confirm);
      const passage = damager.receive(bytes.subarray(confirm.length));
      last = damager.isApplied();
      if (passage.bytes.length > 0) client.write(passage.bytes);
      if (passage.end === null) return;
      upstream.removeAllListeners("data").resume();
      if (passage.end === "fin") client.end();
      // What was written is on its way before the reset, as far as loopback lets us say.
      if (passage.end === "rst") setImmediate(() => client.resetAndDestroy());
    });
    upstream.on("end", () => client.end()).on("close", () => client.destroySoon());
  });
  return { ...(await listenOnLoopback(listener, open)), isApplied: () => last };
};
