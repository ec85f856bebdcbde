/** A real Chromium for the tests of the page, and what it was asked for and complained of while a page was open. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { type Availability, commandPath, commandsAvailable } from "../../support/availability.ts";

export const chromiumAvailable = (): Availability => commandsAvailable("chromium");

export interface OpenedPage {
  readonly page: Page;
  /** Addresses of everything that was asked for, the file itself aside. */
  readonly requests: readonly string[];
  /** Errors and warnings of the console, uncaught errors, and dialogs. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

export interface TestBrowser {
  readonly browser: Browser;
  open(html: string, options?: BrowserContextOptions): Promise<OpenedPage>;
  close(): Promise<void>;
}

export const startBrowser = async (): Promise<TestBrowser> => {
  const folder = await mkdtemp(join(tmpdir(), "rdprobe-page-"));
  const browser = await chromium.launch({
    executablePath: commandPath("chromium") ?? "chromium",
    // Root has no sandbox to go into; what is opened is ours.
    args: ["--no-sandbox"],
  });
  let number = 0;
  return {
    browser,
    async open(html, options = {}) {
      number += 1;
      const file = join(folder, `${number}.html`);
      await writeFile(file, html);
      const url = pathToFileURL(file).href;
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
      const page = await context.newPage();
      const requests: string[] = [];
      const complaints: string[] = [];
      page.on("request", (request) => {
        // An icon that stands in the page itself is no request to anybody.
        if (request.url() !== url && !request.url().startsWith("data:")) requests.push(request.url());
      });
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
      });
      page.on("pageerror", (error) => complaints.push(String(error)));
      page.on("dialog", (dialog) => {
        complaints.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      await page.goto(url);
      await page.waitForSelector("html[data-ready]", { state: "attached" });
      return { page, requests, complaints, close: () => context.close() };
    },
    async close() {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
