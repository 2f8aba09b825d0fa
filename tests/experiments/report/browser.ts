/**
 * Pages in headless Chromium.
 * @module
 */
import { pathToFileURL } from "node:url";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { CHROMIUM_PATH } from "../../needs.ts";
import { withFolder } from "../example_rows.ts";

/** How a page is looked at. */
export interface View {
  /** Pixels from left to right. */
  width?: number;
  /** Whether the reader's system is dark. */
  dark?: boolean;
  /** Whether scripts run. */
  scripts?: boolean;
}

/** What a page did while it was looked at. */
export interface PageLog {
  /** Messages in the console and errors of scripts. */
  messages: string[];
  /** Addresses that were asked for, besides the page's own and those that hold their data. */
  requests: string[];
}

/** Opens an HTML page from a file, waits until its figures are drawn, and looks at it. */
export async function withPage(
  browser: Browser,
  html: string,
  { width = 1200, dark = false, scripts = true }: View,
  look: (page: Page, log: PageLog) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/report.html`, html);
    const address = pathToFileURL(`${folder}/report.html`).href;
    const page = await browser.newPage();
    await page.setViewport({ width, height: 900 });
    await page.setJavaScriptEnabled(scripts);
    const scheme = { name: "prefers-color-scheme", value: dark ? "dark" : "light" };
    await page.emulateMediaFeatures([scheme]);
    const log = logOf(page, address);
    await page.goto(address);
    if (scripts) await page.waitForSelector("html[data-interactive=done]", { timeout: 20_000 });
    await look(page, log);
    await page.close();
  });
}

/** Starts the browser; as root it has no sandbox, and what it is shown is the tests' own. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = CHROMIUM_PATH;
  return await puppeteer.launch({ executablePath, args: ["--no-sandbox"], headless: true });
}

function logOf(page: Page, address: string): PageLog {
  const log: PageLog = { messages: [], requests: [] };
  page.on("console", (message) => log.messages.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => log.messages.push(String(error)));
  page.on("request", (request) => {
    const url = request.url();
    if (url !== address && !url.startsWith("data:")) log.requests.push(url);
  });
  return log;
}
