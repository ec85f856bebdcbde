import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Result } from "../../../src/verdict/result/result.ts";
import { EXECUTABLE, ensureBuilt } from "../cli/executable.ts";
import { describeWhere } from "../../support/availability.ts";
import { eventually } from "../../support/eventually.ts";
import { outputOf } from "../servers/programs/processes.ts";
import { createNamespacePair, type NamespacePair, namespacesAvailable } from "./namespaces.ts";

const PORT = 3389;

beforeAll(ensureBuilt, 150_000);

describeWhere(namespacesAvailable())("a path that drops large packets and says nothing", () => {
  let pair: NamespacePair;

  beforeAll(async () => {
    pair = await createNamespacePair();
    const script = fileURLToPath(new URL("windows-like.ts", import.meta.url));
    const args = ["--import", "tsx", script, pair.server.address, String(PORT), "chain"];
    const server = await pair.server.start(process.execPath, args);
    const settled = () => server.hasEnded() || server.stdout() === "ready\n";
    if (!(await eventually(settled, { timeoutMs: 20_000 })) || server.hasEnded()) {
      throw new Error(server.stderr());
    }
  });

  afterAll(() => pair?.remove());

  /** Over these chains of the server, packets above 1300 bytes are lost from now on. */
  const dropLargeIn = async (...hooks: readonly ("input" | "output")[]): Promise<void> => {
    const chains = hooks.map(
      (hook) => `chain ${hook} { type filter hook ${hook} priority 0; meta length > 1300 drop; }\n`,
    );
    const input = `add table inet narrow\ndelete table inet narrow\ntable inet narrow {\n${chains.join("")}}\n`;
    await outputOf("nft", ["-f", "-"], { namespace: pair.server.name, input });
  };

  const probe = async (): Promise<Result> => {
    const args = [EXECUTABLE, "--json", "--timeout", "2s", `${pair.server.address}:${PORT}`];
    const { stdout } = await pair.client.run(process.execPath, args, { timeoutMs: 30_000 });
    return JSON.parse(stdout);
  };

  const findingOf = ({ findings }: Result, code: string) => findings.find((one) => one.code === code);

  it("is not said of a path that carries them", async () => {
    const result = await probe();
    expect(result.verdict.severity).toBe("ok");
    expect(findingOf(result, "path-mtu") ?? findingOf(result, "path-size-to-server")).toBeUndefined();
  });

  it("both ways is found, with the size that still passes", async () => {
    await dropLargeIn("input", "output");
    const result = await probe();
    expect(result.verdict).toMatchObject({ code: "timeout", stage: "tls" });
    expect(result.verdict.causes[0]?.code).toBe("path-mtu");
    expect(findingOf(result, "path-mtu")).toMatchObject({
      evidence: { arrivedBytes: 1228, lostBytes: 1308 },
      summary: expect.stringContaining("a hello of 1228 bytes (an IPv4 packet of 1280) reaches the server"),
    });
    expect(result.connections).toBeLessThanOrEqual(8);
  }, 40_000);

  it("on the way back alone is told from that", async () => {
    await dropLargeIn("output");
    const result = await probe();
    expect(result.verdict).toMatchObject({ code: "timeout", stage: "tls" });
    expect(findingOf(result, "path-mtu")).toBeUndefined();
    expect(findingOf(result, "path-size-to-server")).toMatchObject({
      evidence: { arrivedBytes: 1448, lostBytes: null },
      summary: expect.stringContaining("it is on the way back"),
    });
  }, 40_000);
});
