/** The built site in a real browser (Debian: chromium), served on loopback: its search, its links, and that it asks nobody. */
import { createReadStream, existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { siteDocuments } from "../../../scripts/site/menu.ts";
import { commandPath, commandsAvailable, describeWhere } from "../../support/availability.ts";
import { runProcess } from "../servers/programs/processes.ts";

const BUILD_TIMEOUT_MS = 600_000;
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".json": "application/json",
};

let folder = "";
let server: Server;
let origin = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rdprobe-site-"));
  const args = [join("scripts", "docs-site.mjs"), "--out", folder];
  const built = await runProcess(process.execPath, args, { timeoutMs: BUILD_TIMEOUT_MS });
  expect(built.code, built.stdout + built.stderr).toBe(0);
  server = createServer((request, response) => {
    const path = normalize(decodeURIComponent((request.url ?? "/").split(/[?#]/)[0] ?? "/"));
    const file = join(folder, path.endsWith("/") ? `${path}index.html` : path);
    if (!existsSync(file)) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
    return createReadStream(file).pipe(response);
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  origin = `http://127.0.0.1:${address.port}`;
}, BUILD_TIMEOUT_MS);
afterAll(async () => {
  server?.close();
  await rm(folder, { recursive: true, force: true });
});

const htmlFiles = (): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (path) => path.endsWith(".html") && !path.startsWith("api"),
  );

describe("the files of the site", () => {
  it("are a page for each document, and the pages of the API", () => {
    const due = siteDocuments(".").map((path) =>
      path === "README.md" ? "index.html" : path.replace(/\.md$/, ".html"),
    );
    expect(htmlFiles().toSorted()).toEqual([...due, "404.html"].toSorted());
    expect(existsSync(join(folder, "api", "index.html"))).toBe(true);
  });

  it("link to files and headings that there are", () => {
    const ids = new Map<string, ReadonlySet<string>>();
    const idsOf = (path: string): ReadonlySet<string> => {
      const known = ids.get(path);
      if (known !== undefined) return known;
      const found = new Set(
        [...readFileSync(join(folder, path), "utf8").matchAll(/ id="([^"]+)"/g)].map(([, id = ""]) => id),
      );
      ids.set(path, found);
      return found;
    };
    let links = 0;
    const dead = htmlFiles().flatMap((path) =>
      [...readFileSync(join(folder, path), "utf8").matchAll(/(?:href|src)="([^"]+)"/g)]
        .map(([, href = ""]) => href.replaceAll("&amp;", "&"))
        .filter((href) => !/^(?:https?:|data:|mailto:)/.test(href))
        .filter((href) => {
          links += 1;
          const { pathname, hash } = new URL(href, `http://site/${path}`);
          const target = decodeURIComponent(
            pathname.endsWith("/") ? `${pathname}index.html` : pathname,
          ).slice(1);
          if (!existsSync(join(folder, target))) return true;
          return hash !== "" && !idsOf(target).has(decodeURIComponent(hash.slice(1)));
        })
        .map((href) => `${path}: ${href}`),
    );
    expect(links).toBeGreaterThan(1000);
    expect(dead).toEqual([]);
  });
});

describeWhere(commandsAvailable("chromium"))("the site in a browser", () => {
  let browser: Browser;
  let page: Page;
  const strangers: string[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: commandPath("chromium") ?? "chromium",
      // Root has no sandbox to go into; what is opened is ours.
      args: ["--no-sandbox"],
    });
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.on("request", (request) => {
      if (!request.url().startsWith(origin) && !request.url().startsWith("data:"))
        strangers.push(request.url());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
  });
  afterAll(() => browser?.close());

  /** The addresses that the search lists for a text, in its order. */
  const found = async (text: string): Promise<readonly string[]> => {
    await page.goto(`${origin}/`);
    await page.getByRole("button", { name: "Search" }).first().click();
    await page.getByRole("searchbox").fill(text);
    const results = page.locator(".VPLocalSearchBox a.result");
    await results.first().waitFor();
    const links = await Promise.all((await results.all()).map((result) => result.getAttribute("href")));
    return links.map((link) => new URL(link ?? "", origin).pathname);
  };

  it.each([
    ["0x904", "/docs/0x904-0x7.html"],
    ["0x904 0x7", "/docs/0x904-0x7.html"],
    ["pktmon", "/docs/capturing.html"],
    ["MachineKeys", "/docs/remedies/machine-keys-permissions.html"],
    ["HYBRID_REQUIRED_BY_SERVER", "/docs/codes/failure.html"],
    ["--fail-on", "/docs/commands/probe.html"],
  ])("finds %s", async (text, path) => {
    const paths = await found(text);
    expect(paths.slice(0, 8)).toContain(path);
  });

  it("lists the page of 0x904 first, and opens it by Enter", async () => {
    const [first] = await found("0x904");
    expect(first).toBe("/docs/0x904-0x7.html");
    await page.keyboard.press("Enter");
    await page.waitForURL(/0x904-0x7/);
    // The address is there before the page.
    await expect.poll(() => page.locator("h1").textContent(), { timeout: 30_000 }).toContain("0x904");
  });

  it("asks nobody else, and complains of nothing", async () => {
    await page.goto(`${origin}/docs/commands/probe.html`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    expect(strangers).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
