import { beforeAll, describe, expect, it } from "vitest";
import { ensureBuilt } from "./executable.ts";
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

  it("names the nearest known codes on stderr and exits with 1 where a code is not known", async () => {
    const { code, stdout, stderr } = await rdprobe(["explain", "0x905"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^0x905 is not in any of the tables.*\n {2}disconnect 0x904 \(socket closed\)\n/);
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
