// First paints of pages by Chromium's tracing, on a processor slowed down four times.
// Arguments: file of [name, address] pairs, rounds. Prints one JSON line a page and round.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.cwd(), "package.json"));
const { chromium } = require("playwright-core");
const [list, rounds] = process.argv.slice(2);
const RATE = 4;
const SETTLED = 500;
const VIEWPORTS = { phone: { width: 390, height: 844 }, desktop: { width: 1440, height: 900 } };
const CATEGORIES = ["devtools.timeline", "blink.user_timing", "loading", "toplevel", "__metadata"];

const browser = await chromium.launch({
  executablePath: process.env["CHROMIUM"],
  args: ["--headless", "--no-sandbox"],
});

// The events of a page from the request for it until some time after its first paint.
async function trace(address, viewport) {
  const context = await browser.newContext({ viewport, locale: "zh-TW" });
  const page = await context.newPage();
  let requests = 0;
  page.on("request", () => requests++);
  const session = await context.newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: RATE });
  await page.goto("about:blank");
  await browser.startTracing(page, { categories: CATEGORIES });
  await page.goto(address);
  const painted = () => performance.getEntriesByName("first-contentful-paint").length > 0;
  await page.waitForFunction(painted, null, { polling: 100 });
  await page.waitForTimeout(SETTLED);
  const events = JSON.parse((await browser.stopTracing()).toString()).traceEvents;
  await context.close();
  return { events, requests };
}

// Wall time until the first contentful paint, processor time of the renderer's main thread until
// then, and the layout shift of the page.
function figures(events) {
  const isPage = (event) => event.args.data?.documentLoaderURL?.startsWith("http");
  const start = events.filter((event) => event.name === "navigationStart" && isPage(event)).pop();
  const { navigationId } = start.args.data;
  const isPaint = (event) => event.name === "firstContentfulPaint" && event.args.data?.navigationId === navigationId;
  const paint = events.find(isPaint);
  const isMain = (event) => event.pid === paint.pid && event.tid === paint.tid;
  let processor = 0, total = 0;
  const parts = {};
  for (const event of events) {
    if (!isMain(event) || event.ph !== "X" || event.ts < start.ts) continue;
    if (event.name === "ThreadControllerImpl::RunTask" || event.name === "RunTask") {
      total += event.tdur ?? 0;
      if (event.ts < paint.ts) processor += event.tdur ?? 0;
    } else if (event.ts < paint.ts) {
      parts[event.name] = (parts[event.name] ?? 0) + (event.tdur ?? 0) / 1000;
    }
  }
  const shifts = events.filter((event) => event.name === "LayoutShift" && event.ts >= start.ts);
  const shift = shifts.reduce((sum, event) => sum + (event.args.data?.score ?? 0), 0);
  return { paint: (paint.ts - start.ts) / 1000, processor: processor / 1000, total: total / 1000, shift, parts };
}

for (let round = 0; round < Number(rounds); round++) {
  for (const [name, address] of JSON.parse(readFileSync(list, "utf8"))) {
    for (const [device, viewport] of Object.entries(VIEWPORTS)) {
      const { events, requests } = await trace(address, viewport);
      console.log(JSON.stringify({ name, device, requests, ...figures(events) }));
    }
  }
}
await browser.close();
