/** A start with the mouse in a real console: tmux types and reads. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { commandsAvailable } from "../../support/availability.ts";
import { describeReleased, released } from "./released.ts";

const SOCKET = `rdprobe-guided-${process.pid}`;
const tmux = (...args: readonly string[]): string =>
  execFileSync("tmux", ["-L", SOCKET, "-f", "/dev/null", ...args], { encoding: "utf8" });

describeReleased("linux-x64", commandsAvailable("tmux"))("the executable in a console of its own", () => {
  let home = "";
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "rdprobe-home-"));
  });
  afterAll(async () => {
    try {
      tmux("kill-server");
    } catch {
      // It ended with its last window.
    }
    await rm(home, { recursive: true, force: true });
  });

  const screen = (): string => tmux("capture-pane", "-p", "-S", "-100");
  const shows = (text: string) => expect.poll(screen, { timeout: 30_000 }).toContain(text);
  const open = (command: string) =>
    tmux(
      ...["new-session", "-d", "-x", "100", "-y", "40", "-e", `HOME=${home}`, "-e", "RDPROBE_ASK=1"],
      `${command}; echo "ended with $?"; sleep 60`,
    );

  it("asks for a computer, answers, keeps the page and waits for a key", async () => {
    open(released("linux-x64"));
    await shows("Which computer?");
    tmux("send-keys", "127.0.0.1:1", "Enter");
    await shows("Save this as a page for a ticket?");
    expect(screen()).toContain("nothing listens on this port");
    tmux("send-keys", "y", "Enter");
    await shows("Press a key to close this window.");
    const [, path = ""] = /Saved as (\S+)/.exec(screen()) ?? [];
    expect(path.startsWith(home)).toBe(true);
    expect(readFileSync(path, "utf8")).toContain("port-closed");
    expect(screen()).not.toContain("ended with");
    tmux("send-keys", "q");
    await shows("ended with 1");
    tmux("kill-server");
  });

  it("takes the computer of the file that was dropped on it, and keeps nothing that nobody asked for", async () => {
    const file = join(home, "lab.rdp");
    await writeFile(file, "full address:s:127.0.0.1:1\r\n");
    open(`${released("linux-x64")} ${file}`);
    await shows("Save this as a page for a ticket?");
    tmux("send-keys", "n", "Enter");
    await shows("Press a key to close this window.");
    tmux("send-keys", "Space");
    await shows("ended with 1");
    expect(existsSync(join(home, "rdprobe-lab.html")) || existsSync(join(home, "rdprobe-lab.txt"))).toBe(
      false,
    );
  });
});
