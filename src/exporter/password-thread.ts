/** The thread that compares passwords with bcrypt hashes: one question, one answer. */
import { parentPort } from "node:worker_threads";
import { compare } from "bcryptjs";

interface Question {
  readonly id: number;
  readonly password: string;
  readonly hash: string;
}

parentPort?.on("message", async ({ id, password, hash }: Question) => {
  const isRight = await compare(password, hash).catch(() => null);
  parentPort?.postMessage({ id, isRight });
});
