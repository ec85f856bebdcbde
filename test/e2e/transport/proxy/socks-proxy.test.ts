import { createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import type { ConnectFailure } from "../../../../src/handshake/conversation/transcript.ts";
import { dialThrough } from "../../../../src/transport/proxy/socks-proxy.ts";
import { type LoopbackListener, listenOnLoopback } from "../../../support/loopback-listener.ts";

const NO_AUTHENTICATION = Uint8Array.of(5, 0);
const USER_PASSWORD = Uint8Array.of(5, 2);
const LET_IN = Uint8Array.of(1, 0);
const reply = (code: number): Uint8Array => Uint8Array.of(5, code, 0, 1, 0, 0, 0, 0, 0, 0);

/** To the address' length: what the library reads first. */
const REPLY_HEAD_BYTES = 5;

const CREDENTIALS = { user: "u", password: "p" } as const;
const TARGET = { address: "192.0.2.7", port: 3389 } as const;

/** Long enough for loopback, where nothing more comes. */
const PATIENCE_MS = 60;

let proxy: LoopbackListener | null = null;
const open = new Set<Socket>();

afterEach(async () => {
  await proxy?.stop();
  proxy = null;
});

/** Answers each message with the next of these, up to `sizeBytes` of all of them, and then keeps quiet. */
const startStalling = async (
  answers: readonly Uint8Array[],
  sizeBytes: number,
  isCrumbled: boolean,
): Promise<LoopbackListener> => {
  const server = createServer({ noDelay: true }, (socket) => {
    open.add(socket.on("error", () => socket.destroy()));
    const left = [...answers];
    let budget = sizeBytes;
    socket.on("data", async () => {
      const answer = left.shift()?.subarray(0, budget) ?? new Uint8Array(0);
      budget -= answer.length;
      if (!isCrumbled) socket.write(answer);
      else {
        for (const byte of answer) {
          socket.write(Uint8Array.of(byte));
          await sleep(2);
        }
      }
    });
  });
  return listenOnLoopback(server, open);
};

type Outcome = "ready" | ConnectFailure;

/** What the dialling comes to, at the latest when the patience is over. */
const outcomeOf = async (
  answers: readonly Uint8Array[],
  sizeBytes: number,
  isCrumbled: boolean,
): Promise<Outcome> => {
  proxy = await startStalling(answers, sizeBytes, isCrumbled);
  const credentials = answers.includes(LET_IN) ? CREDENTIALS : null;
  const settled = new Promise<Outcome>((resolve) => {
    const dial = dialThrough({ host: proxy?.host ?? "", port: proxy?.port ?? 0, credentials }, TARGET, {
      onReady: () => {
        resolve("ready");
        dial.socket.destroy();
      },
      onFailure: ({ reason }) => resolve(reason),
    });
    setTimeout(
      () => {
        resolve(dial.lateness().reason);
        dial.socket.destroy();
      },
      PATIENCE_MS + (isCrumbled ? 60 : 0),
    );
  });
  return settled;
};

const sum = (parts: readonly Uint8Array[]): number => parts.reduce((size, part) => size + part.length, 0);

describe.each([
  ["without credentials", [NO_AUTHENTICATION]],
  ["with credentials", [USER_PASSWORD, LET_IN]],
] as const)("a SOCKS proxy that stalls, %s", (_, prelude) => {
  describe.each([
    ["whole", false],
    ["byte by byte", true],
  ] as const)("its words %s", (__, isCrumbled) => {
    // A busy machine may deliver a piece after the wait: it is measured again.
    it.each([0, 5])(
      "is late itself, and not the target, once a reply of %d has begun",
      { retry: 2 },
      async (code) => {
        const answers = [...prelude, reply(code)];
        const asked = sum(prelude);
        for (let size = 0; size < sum(answers); size += 1) {
          const said = size - asked;
          // A refusal is one as soon as its head is there; a success has to be whole.
          const isRefusal = code !== 0 && said >= REPLY_HEAD_BYTES;
          const expected: Outcome = said === 0 ? "no-answer" : isRefusal ? "refused" : "proxy";
          expect([size, await outcomeOf(answers, size, isCrumbled)]).toEqual([size, expected]);
          await proxy?.stop();
          proxy = null;
        }
        const whole = await outcomeOf(answers, sum(answers), isCrumbled);
        expect(whole).toBe(code === 0 ? "ready" : "refused");
      },
    );
  });
});
