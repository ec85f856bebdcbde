import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { rawExchange } from "../../support/raw-exchange.ts";
import { CONNECTION_REQUESTS, startX224Relay } from "../../support/x224-relay.ts";

const CONFIRM = "030000130ed000001234000201080001000000";

/** Answers the first bytes with `pieces`, one after the other, and all later bytes with themselves. */
const scriptedServer = async (pieces: readonly string[]) => {
  const requests: string[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", async (request: Buffer) => {
      socket.pause();
      requests.push(request.toString("hex"));
      for (const piece of pieces) {
        socket.write(Buffer.from(piece, "hex"));
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      socket.pipe(socket);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return { host: "127.0.0.1", port: address.port, requests, close: () => server.close() };
};

describe("the X.224 relay", () => {
  it.each([
    ["whole", [CONFIRM]],
    ["cut in its header", [CONFIRM.slice(0, 4), CONFIRM.slice(4)]],
    ["byte by byte", CONFIRM.match(/../g) ?? []],
  ])("takes the Connection Confirm, %s, to itself and relays what follows", async (_name, pieces) => {
    const server = await scriptedServer(pieces);
    const relay = await startX224Relay(server, "0x03");
    const answer = await rawExchange(relay, "1603010001ff");
    await relay.stop();
    server.close();
    expect(server.requests).toEqual([CONNECTION_REQUESTS["0x03"]]);
    expect(relay.confirms()).toEqual([CONFIRM]);
    expect(answer).toEqual({ received: "1603010001ff", ending: "open" });
  });

  it("passes on what came in one segment with the Connection Confirm", async () => {
    const server = await scriptedServer([`${CONFIRM}0300000902f0802180`]);
    const relay = await startX224Relay(server);
    const answer = await rawExchange(relay, "");
    await relay.stop();
    server.close();
    expect(answer.received).toBe("0300000902f0802180");
  });
});
