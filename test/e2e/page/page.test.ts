/** The page in a real browser, as somebody uses it. */
import { readFile } from "node:fs/promises";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { diffRows } from "../../../src/audit/row-diff.ts";
import { changesSince } from "../../../src/report/page/page-changes.ts";
import { describeWhere } from "../../support/availability.ts";
import { chromiumAvailable, type OpenedPage, startBrowser, type TestBrowser } from "./browser.ts";
import { generatedResult, generatedScan } from "./generated-scan.ts";
import { HOSTILE_TEXTS, hostileResults } from "./hostile-results.ts";
import { makePage, rowsOf } from "./make-page.ts";

const ROWS = 600;
const CRITICAL = [...generatedScan(ROWS)].filter(({ severity }) => severity === "critical").length;

const OLDER = [...generatedScan(ROWS)]
  .filter((_, number) => number !== 12)
  .map((result, number) =>
    number === 1 ? { ...result, security: { ...result.security, nla: "optional" } } : result,
  );

const CHANGES = [
  changesSince("older.ndjson", "2026-11-20T20:00:00Z", diffRows(rowsOf(OLDER), rowsOf(generatedScan(ROWS)))),
];

/** What axe finds against WCAG and its own best practices, each with the element. */
const violations = async (page: Page): Promise<readonly string[]> => {
  await page.evaluate(axe.source);
  const { violations: found }: axe.AxeResults = await page.evaluate("axe.run()");
  return found.map(
    ({ id, nodes }) =>
      `${id}: ${nodes
        .map(({ html }) => html)
        .join(" ")
        .slice(0, 300)}`,
  );
};

const rowsSaid = async (page: Page): Promise<string> => (await page.locator(".said").textContent()) ?? "";
const firstHosts = (page: Page): Promise<readonly string[]> =>
  page.locator(".hosts-table tbody th.host .link").allTextContents();

describeWhere(chromiumAvailable())("the page in Chromium", () => {
  let browser: TestBrowser;
  let scan = "";
  const opened: OpenedPage[] = [];
  const open = async (html: string, options = {}): Promise<OpenedPage> => {
    const page = await browser.open(html, options);
    opened.push(page);
    return page;
  };
  beforeAll(async () => {
    browser = await startBrowser();
    scan = await makePage(generatedScan(ROWS), CHANGES);
  });
  afterAll(async () => {
    // Every page of every test: none complained, and none asked anybody for anything.
    const all = opened.map(({ requests, complaints }) => ({ requests, complaints }));
    await browser.close();
    expect(all.length).toBeGreaterThan(0);
    expect(all).toEqual(all.map(() => ({ requests: [], complaints: [] })));
  });

  test("says what is wrong, worst first, with the number of hosts and what to check", async () => {
    const { page } = await open(scan);
    const first = page.locator(".problems > li").first();
    expect(await first.locator(".chip").textContent()).toBe("critical");
    expect(await first.locator(".hosts").textContent()).toMatch(/^3[78] hosts$/);
    const reset = page.locator(".problems > li", { hasText: "drops the connection when TLS starts" });
    await reset.locator("summary").click();
    expect(await reset.locator("code").allTextContents()).toContain("rdprobe explain read-schannel-events");
    const chips = await page.locator(".problems .chip").allTextContents();
    expect(chips).toEqual(chips.toSorted());
    expect(chips).toContain("warning");
  });

  test("sorts, filters, searches and groups", async () => {
    const { page } = await open(scan);
    expect(await rowsSaid(page)).toBe(`${ROWS} of ${ROWS} results`);
    await page.getByRole("button", { name: "Host", exact: true }).click();
    expect((await firstHosts(page))[0]).toBe("10.0.0.0:3389");
    expect(await page.locator("th.host[aria-sort]").first().getAttribute("aria-sort")).toBe("ascending");
    await page.getByRole("button", { name: "Host", exact: true }).click();
    expect((await firstHosts(page))[0]).toBe("10.0.2.87:3389");
    await page.getByLabel("Severity", { exact: true }).selectOption("critical");
    expect(await rowsSaid(page)).toBe(`${CRITICAL} of ${ROWS} results`);
    await page.getByRole("button", { name: "Show all" }).click();
    await page.getByLabel("Search").fill("10.0.1.7:");
    await expect.poll(() => rowsSaid(page)).toBe(`1 of ${ROWS} results`);
    await page.getByLabel("Search").fill("");
    await expect.poll(() => rowsSaid(page)).toBe(`${ROWS} of ${ROWS} results`);
    await page.getByLabel("Group by network").check();
    const groups = page.locator(".hosts-table .group .link");
    expect(await groups.allTextContents()).toEqual(["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"]);
    await groups.nth(1).click();
    expect(await groups.nth(1).getAttribute("aria-expanded")).toBe("true");
    expect((await firstHosts(page)).every((host) => host.startsWith("10.0.1."))).toBe(true);
  });

  test("leads from each number, bar and certificate to its hosts", async () => {
    const { page } = await open(scan);
    for (const [name, kind] of [
      [".tile >> text=TLS 1.1 or older", "TLS 1.1 or older"],
      [".bar-row >> text=rsa 1024", "key rsa 1024"],
      [".figure-row >> text=ended in 60 days", "certificate ends within 60 days"],
      [".shared .hosts", "key of CN=template.example"],
    ] as const) {
      await page.locator(name).first().click();
      expect(await page.locator(".filters .filter").allTextContents()).toEqual([`${kind} ×`]);
      expect(await rowsSaid(page)).toMatch(/^[1-9]\d* of/);
    }
  });

  test("opens a host with its stages, causes and fixes, and goes on to the next", async () => {
    const { page } = await open(scan);
    await page.getByLabel("Search").fill("10.0.0.12:");
    await page.locator(".hosts-table .link", { hasText: "10.0.0.12:" }).click();
    const drawer = page.getByRole("dialog");
    expect(await drawer.locator(".ladder .stage").count()).toBe(5);
    expect(await drawer.locator(".causes li").count()).toBe(1);
    expect(await drawer.locator(".remedies details[open]").count()).toBe(1);
    expect(await drawer.locator(".remedies pre").first().textContent()).toContain("Get-");
    await drawer.getByRole("button", { name: "Close" }).click();
    expect(await drawer.isVisible()).toBe(false);
    expect(await page.locator(".changes li").count()).toBe(2);
    await page.locator(".changes .place", { hasText: "10.0.0.1:" }).click();
    expect(await page.locator("#drawer-title").textContent()).toBe(
      "RDP works, NLA required (Windows' default)",
    );
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
  });

  test("is used with the keyboard alone", async () => {
    const { page } = await open(scan);
    const isAt = (selector: string): Promise<unknown> =>
      page.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`);
    let steps = 0;
    while (!(await isAt(".hosts-table tbody .link")) && steps < 200) {
      await page.keyboard.press("Tab");
      steps += 1;
    }
    expect(steps).toBeLessThan(200);
    for (const key of ["ArrowDown", "ArrowDown", "PageDown", "ArrowUp"]) await page.keyboard.press(key);
    const before = await page.evaluate("document.activeElement.textContent.slice(0, 80)");
    await page.keyboard.press("Enter");
    expect(await page.getByRole("dialog").isVisible()).toBe(true);
    expect(await page.evaluate("document.activeElement.id")).toBe("drawer-title");
    await page.keyboard.press("Escape");
    expect(await page.getByRole("dialog").isVisible()).toBe(false);
    expect(await page.evaluate("document.activeElement.textContent.slice(0, 80)")).toBe(before);
    await page.keyboard.press("End");
    const index = (): Promise<unknown> =>
      page.evaluate("document.activeElement.closest('tr')?.dataset.index");
    await expect.poll(index).toBe(String(ROWS - 1));
  });

  test("saves the rows that are shown as CSV", async () => {
    const { page } = await open(scan);
    await page.getByLabel("Severity", { exact: true }).selectOption("critical");
    const coming = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save as CSV" }).click();
    const lines = (await readFile(await (await coming).path(), "utf8")).split("\r\n");
    expect(lines[0]).toMatch(/^target,address,port,verdict,stage,severity,/);
    expect(lines.slice(1, -1)).toHaveLength(CRITICAL);
    expect(lines.slice(1, -1).every((line) => line.split(",")[5] === "critical")).toBe(true);
  });

  test("goes on paper: the report with its rows, or the open host alone", async () => {
    const { page } = await open(scan);
    await page.evaluate(`addEventListener("beforeprint", () => {
      window.printed = {
        rows: document.querySelectorAll(".printed tbody tr").length,
        hosts: document.querySelectorAll(".printed .host").length,
        theme: document.documentElement.dataset.theme,
      };
    })`);
    expect((await page.pdf()).subarray(0, 5).toString()).toBe("%PDF-");
    expect(await page.evaluate("window.printed")).toEqual({ rows: 500, hosts: 0, theme: "light" });
    await page.locator(".hosts-table tbody .link").first().click();
    await page.pdf();
    expect(await page.evaluate("window.printed")).toEqual({ rows: 0, hosts: 1, theme: "light" });
  });

  test.each(["light", "dark"] as const)("has no fault for axe in the %s theme", async (colorScheme) => {
    const { page } = await open(scan, { colorScheme });
    expect(await page.evaluate("document.documentElement.dataset.theme")).toBe(colorScheme);
    expect(await violations(page)).toEqual([]);
    await page.locator(".hosts-table tbody .link").first().click();
    expect(await violations(page)).toEqual([]);
    const { page: one } = await open(await makePage([generatedResult(12)]), { colorScheme });
    expect(await violations(one)).toEqual([]);
  });

  test("changes its colours on demand", async () => {
    const { page } = await open(scan, { colorScheme: "light" });
    const background = (): Promise<unknown> =>
      page.evaluate("getComputedStyle(document.body).backgroundColor");
    const light = await background();
    await page.getByRole("button", { name: "Dark" }).click();
    expect(await background()).not.toBe(light);
    await page.getByRole("button", { name: "Light" }).click();
    expect(await background()).toBe(light);
  });

  test.each([1280, 400])("needs no scrolling sideways at %i px", async (width) => {
    const { page } = await open(scan, { viewport: { width, height: 800 } });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
    // The table has the width that there is, and the host's column most of what a narrow screen has.
    const share = Number(
      await page.evaluate(
        "document.querySelector('tbody .host').clientWidth / document.querySelector('.scroller').clientWidth",
      ),
    );
    expect(share).toBeGreaterThan(width < 500 ? 0.6 : 0.12);
    await page.getByLabel("Group by network").check();
    expect(
      await page.evaluate(
        "document.querySelector('.scroller').scrollWidth <= document.querySelector('.scroller').clientWidth",
      ),
    ).toBe(true);
  });

  test("shows one host at once with everything that is known of it", async () => {
    const { page } = await open(await makePage([generatedResult(12)]));
    expect(await page.title()).toBe("RDP: 10.0.0.12:3389");
    expect(await page.locator("main .ladder li").count()).toBe(5);
    expect(await page.locator("main .remedies pre").first().isVisible()).toBe(true);
    expect(await page.locator(".hosts-table").count()).toBe(0);
  });

  test("does nothing that a peer's texts ask for", async () => {
    const results = hostileResults();
    const { page } = await open(await makePage(results));
    await page.getByLabel("Group by network").check();
    await page.getByLabel("Group by network").uncheck();
    for (let at = 0; at < results.length; at += 1) {
      await page.locator(`.hosts-table tbody tr[data-index="${at}"] .link`).first().click();
      await page.keyboard.press("Escape");
      await page.keyboard.press("ArrowDown");
    }
    for (const text of HOSTILE_TEXTS.slice(0, 3)) {
      const { page: one } = await open(
        await makePage([
          {
            ...generatedResult(1),
            target: { host: text, address: null, port: 1, input: text, family: null },
          },
        ]),
      );
      expect(await one.evaluate("window.attacked")).toBeUndefined();
    }
    await page.pdf();
    expect(await page.evaluate("window.attacked")).toBeUndefined();
    expect(await page.evaluate("Object.prototype.hasOwnProperty.call(Object.prototype, 'attacked')")).toBe(
      false,
    );
    const tags = ["script", "img", "iframe", "svg", "link", "meta", "base", "form", "object", "style"];
    const counts = (of: Page): Promise<unknown> =>
      of.evaluate(
        `Object.fromEntries(${JSON.stringify(tags)}.map((tag) => [tag, document.querySelectorAll(tag).length]))`,
      );
    const { page: harmless } = await open(scan);
    expect(await counts(page)).toEqual(await counts(harmless));
  });

  test("would be caught by these texts if it made markup of them", async () => {
    const context = await browser.browser.newContext();
    const page = await context.newPage();
    await page.route("**", (route) => route.abort());
    await page.setContent(`<!doctype html><p>${HOSTILE_TEXTS[1] ?? ""}</p>`);
    await expect.poll(() => page.evaluate("window.attacked")).toBe(1);
    await context.close();
  });

  test("lets no other script run, were one to get in, and nothing leave", async () => {
    const { browser: chromium } = browser;
    const html = scan.replace(
      "<body>",
      "<body><script>window.attacked=1</script><img src=x onerror=window.attacked=1>",
    );
    const context = await chromium.newContext();
    const page = await context.newPage();
    await page.setContent(html);
    await page.waitForSelector("html[data-ready]", { state: "attached" });
    expect(await page.evaluate("window.attacked")).toBeUndefined();
    expect(
      await page.evaluate("fetch('http://127.0.0.1:9/').then(() => 'sent', (error) => error.name)"),
    ).toBe("TypeError");
    expect(
      await page.evaluate(
        "(() => { try { document.body.innerHTML = '<b>x</b>'; return 'made' } catch (error) { return error.name } })()",
      ),
    ).toBe("TypeError");
    await context.close();
  });
});
