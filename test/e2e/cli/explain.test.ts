import { beforeAll, describe, expect, it } from "vitest";
import { ensureBuilt } from "./executable.ts";
import { runInProcess } from "../../cli/in-process.ts";
import { rdprobe } from "./rdprobe.ts";

beforeAll(ensureBuilt);

describe("rdprobe explain", () => {
  it("says of 0x904 0x7 what it is and what it is not, and exits with 0", async () => {
    const { code, stdout, stderr } = await rdprobe(["explain", "0x904", "0x7"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("socket closed");
    expect(stdout).toMatch(/carries no\s+cause/);
    expect(stdout).toContain("private-key-unreadable");
  });

  it("gives the same as one JSON document", async () => {
    const { code, stdout } = await rdprobe(["explain", "alert", "40", "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      query: ["alert", "40"],
      meanings: [{ kind: "alert", code: "40", decimal: 40, name: "handshake_failure" }],
      together: null,
      nearest: [],
    });
  });

  it("says on stderr that a code is not known, guesses no neighbour, and exits with 1", async () => {
    const { code, stdout, stderr } = await rdprobe(["explain", "0x905"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^0x905: in no table/);
    expect(stderr).not.toContain("0x904");
    expect(stderr).toContain("rdprobe server01");
  });

  it("reads a text from stdin", async () => {
    const input = "Fehlercode: 0x904\nErweiterter Fehlercode: 0x7\n";
    const { code, stdout } = await runInProcess(["explain", "-", "--json"], Buffer.from(input));
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      meanings: [{ code: "0x904" }, { code: "0x7" }],
      first: "rdprobe server01",
    });
  });

  it("exits with 2 where no code is given", async () => {
    const { code, stdout, stderr } = await rdprobe(["explain"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^rdprobe: missing required argument 'code'[^\n]*\n$/);
  });

  it("has no colours where nobody watches, and has them when told", async () => {
    expect((await rdprobe(["explain", "reset"])).stdout).not.toContain("\u001b");
    expect((await rdprobe(["explain", "reset", "--color", "always"])).stdout).toContain("\u001b[");
  });
});
