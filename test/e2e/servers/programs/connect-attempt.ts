/** One TCP connect and how it went, by the kernel's own word. */
import { createConnection } from "node:net";

export interface ConnectAttempt {
  /** `connected`, `silent`, or the error's code: ECONNREFUSED, EHOSTUNREACH... */
  readonly outcome: string;
  readonly durationMs: number;
}

export const connectAttempt = (
  target: { readonly host: string; readonly port: number },
  timeoutMs = 1500,
): Promise<ConnectAttempt> =>
  new Promise((resolve) => {
    const start = performance.now();
    const socket = createConnection({ host: target.host, port: target.port });
    const finish = (outcome: string) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ outcome, durationMs: performance.now() - start });
    };
    const timer = setTimeout(finish, timeoutMs, "silent");
    socket.once("connect", () => finish("connected"));
    socket.once("error", (error: NodeJS.ErrnoException) => finish(error.code ?? error.message));
  });
