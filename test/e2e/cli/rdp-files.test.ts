/** .rdp files and links as targets of the default command. */
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Result } from "../../../src/verdict/result/result.ts";
import { schemaFaults } from "../schema/validator.ts";
import { runInProcess } from "../../cli/in-process.ts";

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
  server.listen(0);
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
const codesOf = ({ findings }: Result): readonly string[] =>
  findings.map(({ code }) => code).filter((code) => code.startsWith("rdp-"));
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

  test("among other targets is probed with its own token, and the others without", async () => {
    const path = await file("both.rdp", `full address:s:${HOST}:${port}\nloadbalanceinfo:s:${TOKEN}\n`);
    const { json } = await probe(path, `${HOST}:1`, `127.20.5.2:${port}`);
    expect(json).toHaveLength(3);
    expect(requests.map((request) => request.includes(TOKEN)).toSorted()).toEqual([false, true]);
  });

  test("in a list is found beside the list, whatever its name holds, and so is a link", async () => {
    await file("a farm, of two.rdp", `full address:s:${HOST}:${port}\nloadbalanceinfo:s:${TOKEN}\n`);
    const link = `rdp://full%20address=s:127.20.5.2:${port}&enablecredsspsupport=i:0`;
    const list = await file("list.txt", `a farm, of two.rdp # the farm\n${link}\n127.20.5.3:1\n`, "utf16le");
    const { json } = await probe(`@${list}`);
    expect(codesOf(json[1])).toEqual(["rdp-file-nla-off"]);
    expect(json.map(({ target }: Result) => target.address).toSorted()).toEqual([
      HOST,
      "127.20.5.2",
      "127.20.5.3",
    ]);
    expect(requests.filter((request) => request.includes(TOKEN))).toHaveLength(1);
  });

  test("with a gateway says what the gateway is, and nothing of a computer that is not reached directly", async () => {
    const text = `full address:s:127.20.5.9:1\ngatewayusagemethod:i:1\ngatewayhostname:s:127.20.5.9:1\n`;
    const { code, json } = await probe(await file("gateway.rdp", text));
    expect(json.verdict).toMatchObject({ code: "inconclusive", stage: "tcp", severity: "warning" });
    expect(codesOf(json)).toEqual(["rdp-file-gateway", "rdp-gateway-not-answering"]);
    expect(json.gateway).toMatchObject({
      host: "127.20.5.9",
      port: 1,
      usage: "always",
      listener: { state: "closed" },
    });
    expect({ code, severity: json.severity }).toEqual({ code: 1, severity: "critical" });
    expect(schemaFaults("result", json)).toEqual([]);
  });

  test("that a list names and that is not there is told with its line", async () => {
    const list = await file("gone.txt", "127.20.5.3:1\nnone.rdp\n");
    const { code, stderr } = await probe(`@${list}`);
    expect(code).toBe(2);
    expect(stderr).toContain("gone.txt:2: ");
  });

  test("says what in it makes it fail as findings, as the file has them", async () => {
    const text = `full address:s:${HOST}:${port}\nenablecredsspsupport:i:0\nkdcproxyname:s:a\u001b[2Jb\n`;
    const path = await file("notes.rdp", text);
    const { json, stderr } = await probe(path);
    expect(stderr).toBe("");
    expect(codesOf(json)).toEqual(["rdp-file-nla-off", "rdp-file-kdc-proxy"]);
    expect(json.findings.at(-1).evidence).toEqual({
      file: path,
      setting: "kdcproxyname",
      value: "a\u001b[2Jb",
    });
    expect(schemaFaults("result", json)).toEqual([]);
    const shown = await runInProcess([path, "-v", "--depth", "quick", "--timeout", "1s"]);
    expect(shown.stdout).not.toContain("\u001b");
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
