import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planTarget } from "../../../src/scan/one/probe-target.ts";
import { probeAddress } from "../../../src/scan/one/probe-address.ts";
import { DEFAULT_EXPIRY } from "../../../src/verdict/findings/certificate-findings.ts";
import { REFERENCE } from "../../verdict/transcripts.ts";

const DEADLINES_MS = [-5, 0, 0.001, 0.01, 0.1, 0.5] as const;
const DEPTHS = ["quick", "standard", "full"] as const;

let server: Server;
let port = 0;

beforeAll(async () => {
  server = createServer((socket) => socket.on("error", () => socket.destroy()).resume());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  port = address.port;
});

afterAll(() => server.close());

describe("a deadline that is over before anything can be said", () => {
  it.each(DEPTHS.flatMap((depth) => DEADLINES_MS.map((deadlineMs) => [depth, deadlineMs] as const)))(
    "is a result and no fault: %s within %d ms",
    async (depth, deadlineMs) => {
      const options = {
        ...({ timeoutMs: 5000, deadlineMs, depth, pauseMs: 0, family: 0, routing: null } as const),
        ...{ reference: REFERENCE, expiry: DEFAULT_EXPIRY },
      };
      const plan = await planTarget({ input: "127.0.0.1", host: "127.0.0.1", family: 4, port }, options);
      if (plan.kind === "unresolved") throw new Error("a literal address has to be resolved");
      const [address] = plan.addresses;
      if (address === undefined) throw new Error("no address");
      const { verdict, connections } = await probeAddress(address, options);
      if (connections === 0 || verdict.stage === "tcp") {
        expect(verdict).toMatchObject({ code: "inconclusive", stage: "tcp" });
      }
      if (deadlineMs <= 0) expect(connections).toBe(0);
      expect(verdict.severity).not.toBe("ok");
    },
  );
});
