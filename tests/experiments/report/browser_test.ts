import { after, before, describe } from "@std/testing/bdd";
import type { Browser } from "puppeteer-core";
import { expect } from "@std/expect";
import { reportHtml } from "../../../experiments/report/page.ts";
import { CHROMIUM, itNeeds } from "../../needs.ts";
import { startBrowser, withPage } from "./browser.ts";
import { exampleParts } from "./example_report.ts";

const PAGE = CHROMIUM.missing ? "" : reportHtml(await exampleParts());

describe("the report in headless Chromium", () => {
  let browser: Browser;

  before(async () => {
    if (!CHROMIUM.missing) browser = await startBrowser();
  });

  after(() => browser?.close());

  itNeeds(CHROMIUM, "renders tables and figures without a message or a request", async () => {
    await withPage(browser, PAGE, {}, async (page, log) => {
      expect(await page.title()).toContain("tiny beside the study");
      const shown = (selector: string) =>
        page.$$eval(selector, (elements) =>
          elements.map((element) => {
            const { width, height } = element.getBoundingClientRect();
            return Math.min(width, height);
          }));
      expect((await shown("#tables .table:first-of-type tbody tr")).length).toBeGreaterThan(10);
      const plots = await shown(".drawing .main-svg");
      expect(plots.length).toBeGreaterThanOrEqual(2);
      for (const size of plots) expect(size).toBeGreaterThan(300);
      expect(await page.$$(".drawing img")).toEqual([]);
      expect(log).toEqual({ messages: [], requests: [] });
    });
  });

  itNeeds(
    CHROMIUM,
    "shows a point's value when the pointer is on it, in both figures",
    async () => {
      await withPage(browser, PAGE, {}, async (page, log) => {
        for (const figure of await page.$$(".drawing")) {
          const point = await figure.$(".scatterlayer .points path");
          await point!.scrollIntoView();
          const box = await point!.boundingBox();
          await page.mouse.move(box!.x + box!.width / 2, box!.y + box!.height / 2, { steps: 3 });
          const label = await figure.waitForSelector(".hoverlayer .hovertext", { timeout: 5000 });
          expect(await label!.evaluate((element) => element.textContent)).toMatch(/\d/);
          await page.mouse.move(0, 0);
        }
        expect(log).toEqual({ messages: [], requests: [] });
      });
    },
  );

  itNeeds(CHROMIUM, "lets nothing in from outside, and says so", async () => {
    const picture = '<main><img src="https://example.org/a.png" alt="A picture">';
    const changed = PAGE.replace("<main>", picture);
    await withPage(browser, changed, { scripts: false }, async (page, log) => {
      await page.waitForNetworkIdle({ idleTime: 100 });
      expect(log.messages.join()).toMatch(/example\.org.*Content Security Policy/);
    });
  });

  itNeeds(CHROMIUM, "shows the figures as pictures where scripts are off", async () => {
    await withPage(browser, PAGE, { scripts: false }, async (page, log) => {
      const pictures = await page.$$(".drawing img");
      expect(pictures.length).toBe(2);
      for (const picture of pictures) {
        await picture.scrollIntoView();
        const box = await picture.boundingBox();
        expect(box!.width).toBeGreaterThan(600);
        expect(box!.height).toBeGreaterThan(300);
      }
      expect(log.requests).toEqual([]);
    });
  });

  itNeeds(CHROMIUM, "fits 380 pixels: what is wider scrolls in its own box", async () => {
    await withPage(browser, PAGE, { width: 380 }, async (page) => {
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(380);
      const boxes = await page.$$eval(
        ".scroll, .drawing",
        (elements) => elements.map((element) => element.scrollWidth > element.clientWidth),
      );
      expect(boxes.filter((scrolls) => scrolls).length).toBeGreaterThan(3);
    });
  });

  itNeeds(CHROMIUM, "has text of contrast 7 : 1 on light and on dark ground", async () => {
    for (const dark of [false, true]) {
      await withPage(browser, PAGE, { dark, scripts: false }, async (page) => {
        const style = await page.evaluate(
          "(({ color, backgroundColor }) => [color, backgroundColor])(getComputedStyle(document.body))",
        );
        const [ink, paper] = (style as string[]).map(luminance);
        expect(ink > paper).toBe(dark);
        const contrast = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
        expect(contrast).toBeGreaterThan(7);
      });
    }
  });
});

/** Relative luminance of `rgb(r, g, b)`, as WCAG 2 defines it. */
function luminance(colour: string): number {
  const [r, g, b] = colour.match(/\d+/g)!.map((part) => {
    const value = Number(part) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
