/** TCP connects from inside a network namespace. */
import type { ConnectAttempt } from "../servers/programs/connect-attempt.ts";
import type { NetworkNamespace } from "./namespaces.ts";

/** One connect; `silent` after `timeoutMs`. */
export const connectFrom = async (
  namespace: NetworkNamespace,
  host: string,
  port: number,
  timeoutMs = 1000,
): Promise<ConnectAttempt> => {
  const [attempt] = await connectsFrom(namespace, host, port, 1, timeoutMs);
  if (attempt === undefined) throw new Error("connect: no attempt was made");
  return attempt;
};

/**
 * `count` connects, one after the other, by one process.
 * @throws Error when the process fails.
 */
export const connectsFrom = async (
  namespace: NetworkNamespace,
  host: string,
  port: number,
  count: number,
  timeoutMs = 1000,
): Promise<readonly ConnectAttempt[]> => {
  const args = ["-e", SCRIPT, host, String(port), String(count), String(timeoutMs)];
  const { code, stdout, stderr } = await namespace.run(process.execPath, args);
  if (code !== 0) throw new Error(`connect: ${stderr}`);
  const attempts: readonly ConnectAttempt[] = JSON.parse(stdout);
  return attempts;
};

const SCRIPT = `
const [host, port, count, timeoutMs] = process.argv.slice(1);
const attempt = () => new Promise((resolve) => {
  const start = performance.now();
  const socket = require("node:net").createConnection({ host, port: Number(port) });
  const finish = (outcome) => {
    const durationMs = performance.now() - start;
    clearTimeout(timer);
    socket.destroy();
    resolve({ outcome, durationMs });
  };
  const timer = setTimeout(finish, Number(timeoutMs), "silent");
  socket.once("connect", () => finish("connected")).once("error", (error) => finish(error.code));
});
const attempts = [];
const run = async () => {
  while (attempts.length < Number(count)) attempts.push(await attempt());
  process.stdout.write(JSON.stringify(attempts));
};
run();
`;
