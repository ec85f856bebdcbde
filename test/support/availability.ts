/** What this machine has for tests against real servers, and what a test does where it has it not. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, it, type TestContext } from "vitest";

/** Whether something can be used here; `notice` says what is missing. */
export interface Availability {
  readonly available: boolean;
  readonly notice: string;
}

/** True where a missing server is a failure and not a skip. */
const serversAreRequired = (): boolean => {
  const { RDPROBE_REQUIRE_SERVERS } = process.env;
  return RDPROBE_REQUIRE_SERVERS === "1";
};

/** The path of a command in PATH or in the system's administration folders, or null. */
export const commandPath = (command: string): string | null => {
  const { PATH = "" } = process.env;
  const folders = [...PATH.split(delimiter), "/usr/local/sbin", "/usr/sbin", "/sbin"];
  return folders.map((folder) => join(folder, command)).find((path) => existsSync(path)) ?? null;
};

/** Available when every command is installed. */
export const commandsAvailable = (...commands: readonly string[]): Availability => {
  const missing = commands.filter((command) => commandPath(command) === null);
  return { available: missing.length === 0, notice: `not installed: ${missing.join(", ")}` };
};

/** Available when every file is there. */
export const filesAvailable = (...files: readonly string[]): Availability => {
  const missing = files.filter((file) => !existsSync(file));
  return { available: missing.length === 0, notice: `not there: ${missing.join(", ")}` };
};

/** Available to root on Linux: namespaces, other users' files, packet capture. */
export const rootAvailable = (): Availability => ({
  available: process.platform === "linux" && process.getuid?.() === 0,
  notice: "needs root on Linux",
});

/** Available when all are; the notice is the first one that is not met. */
export const allAvailable = (...conditions: readonly Availability[]): Availability =>
  conditions.find((condition) => !condition.available) ?? { available: true, notice: "" };

/** A `describe` that is skipped with a notice, or fails where servers are required, unless the condition is met. */
export const describeWhere =
  ({ available, notice }: Availability) =>
  (name: string, body: () => void): void => {
    if (available) {
      describe(name, body);
    } else if (serversAreRequired()) {
      describe(name, () => {
        it("has what it needs", () => {
          throw new Error(`required: ${notice}`);
        });
      });
    } else {
      process.stderr.write(`skipped: ${name}: ${notice}\n`);
      describe.skip(name, body);
    }
  };

/**
 * Ends a test that is already running as skipped, with a notice, unless the condition is met.
 * @throws Error where servers are required.
 */
export const requireOrSkip = (context: TestContext, { available, notice }: Availability): void => {
  if (available) return;
  if (serversAreRequired()) throw new Error(`required: ${notice}`);
  process.stderr.write(`skipped: ${context.task.name}: ${notice}\n`);
  context.skip(notice);
};
