/** The thread that compares passwords dies, and tells so late. */
import { EventEmitter } from "node:events";
import { describe, expect, it, vi } from "vitest";

interface Question {
  readonly id: number;
  readonly password: string;
}

const threads: FakeThread[] = [];

class FakeThread extends EventEmitter {
  constructor() {
    super();
    threads.push(this);
  }

  ref(): void {}

  unref(): void {}

  postMessage({ id, password }: Question): void {
    if (password === "dies") setImmediate(() => this.emit("error", new Error("out of memory")));
    else if (password !== "waits")
      setImmediate(() => this.emit("message", { id, isRight: password === "right" }));
  }
}

vi.mock("node:worker_threads", () => ({ Worker: FakeThread }));

describe("the thread that compares passwords", () => {
  it("takes with it what it was asked, and nothing that its successor was asked", async () => {
    const { compareInWorker } = await import("../../src/exporter/password-worker.ts");
    expect(await compareInWorker("right", "hash")).toBe(true);
    const lost = await Promise.allSettled([
      compareInWorker("waits", "hash"),
      compareInWorker("dies", "hash"),
    ]);
    expect(lost.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    const answer = compareInWorker("waits", "hash");
    await vi.waitFor(() => expect(threads).toHaveLength(2));
    threads[0]?.emit("exit", 1);
    threads[1]?.emit("message", { id: 4, isRight: true });
    expect(await answer).toBe(true);
    expect(await compareInWorker("wrong", "hash")).toBe(false);
    expect(threads).toHaveLength(2);
  });
});
