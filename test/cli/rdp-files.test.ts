/** .rdp files and links as targets of the default command. */
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runInProcess } from "./in-process.ts";

const HOST = "127.20.5.1";
const TOKEN = "tsv://MS Terminal Services Plugin.1.Farm";
let folder = "";
let port = 0;
let requests: string[] = [];
const server: Server = createServer((socket) => {
  socket
    .on("error", () => {})
    .once("data", (chunk) => {
      requests.push(chunk.toString("latin1"));
      socket.end();
    });
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rdprobe-rdp-"));
  server.listen(0, HOST);
  await once(server, "listening");
  const address = server.address();
  port = typeof address === "object" && address !== null ? address.port : 0;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  requests = [];
});

const file = async (name: string, text: string, encoding: "utf8" | "utf16le" = "utf8"): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, `\uFEFF${text.replaceAll("\n", "\r\n")}`, encoding);
  return path;
};
const probe = async (...argv: string[]) => {
  const { code, stdout, stderr } = await runInProcess([
    ...argv,
    "--depth",
    "quick",
    "--timeout",
    "1s",
    "--json",
  ]);
  return { code, stderr, json: stdout === "" ? null : JSON.parse(stdout) };
};

describe("a file", () => {
  test.each(["utf8", "utf16le"] as const)("in %s is probed, with its routing token", async (encoding) => {
    const text = `full address:s:${HOST}\nserver port:i:${port}\nloadbalanceinfo:s:${TOKEN}\n`;
    const { json } = await probe(await file(`${encoding}.rdp`, text, encoding));
    expect(json.target).toMatchObject({ host: HOST, port });
    expect(requests[0]).toContain(`${TOKEN}\r\n`);
    expect(requests[0]).not.toContain("mstshash");
  });

  test("gives way to the token of the command line", async () => {
    const path = await file("own.rdp", `full address:s:${HOST}:${port}\nloadbalanceinfo:s:${TOKEN}\n`);
    await probe(path, "--routing-token", "mine");
    expect(requests[0]).toContain("mine\r\n");
    expect(requests[0]).not.toContain(TOKEN);
  });

  test("among other targets is probed without its token, and that is said", async () => {
    const path = await file("both.rdp", `full address:s:${HOST}:${port}\nloadbalanceinfo:s:${TOKEN}\n`);
    const { json, stderr } = await probe(path, `${HOST}:1`);
    expect(json).toHaveLength(2);
    expect(requests[0]).not.toContain(TOKEN);
    expect(stderr).toContain("loadbalanceinfo");
  });

  test("says what in it makes it fail, with nothing that moves the cursor", async () => {
    const text = `full address:s:${HOST}:${port}\nenablecredsspsupport:i:0\nkdcproxyname:s:a\u001b[2Jb\n`;
    const { stderr } = await probe(await file("notes.rdp", text));
    expect(stderr).toContain("enablecredsspsupport");
    expect(stderr).toContain("kdcproxyname");
    expect(stderr).not.toContain("\u001b");
  });

  test.each([
    ["empty.rdp", ""],
    ["range.rdp", "full address:s:10.0.0.0/8\n"],
    ["binary.rdp", "\0\x01\x02"],
  ])("%s is refused, and nothing is sent", async (name, text) => {
    const { code, json } = await probe(await file(name, text));
    expect({ code, json, requests }).toEqual({ code: 2, json: null, requests: [] });
  });

  test("that is not there is refused", async () => {
    expect(await probe(join(folder, "none.rdp"))).toMatchObject({ code: 2, json: null });
  });
});

test("a link is probed", async () => {
  const { json } = await probe(`rdp://full%20address=s:${HOST}:${port}&audiomode=i:2`);
  expect(json.target).toMatchObject({ host: HOST, port });
  expect(requests).not.toEqual([]);
});
