// Pages in Chromium: HTML validation, axe-core and screenshots at two widths.
// Arguments: file of [name, address] pairs, folder of screenshots. Prints one JSON line a page.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.cwd(), "package.json"));
const { chromium } = require("playwright-core");
const { HtmlValidate } = require("html-validate");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const [list, folder] = process.argv.slice(2);
const WIDTHS = [390, 1440];
const validator = new HtmlValidate({ extends: ["html-validate:standard"], rules: { "long-title": "off" } });

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env["CHROMIUM"],
  args: ["--headless", "--no-sandbox"],
});
for (const [name, address] of JSON.parse(readFileSync(list, "utf8"))) {
  const row = { name, invalid: [], violations: [], overflow: [], requests: [] };
  const html = await (await fetch(address, { headers: { accept: "text/html" } })).text();
  const report = await validator.validateString(html);
  for (const result of report.results) {
    for (const message of result.messages) row.invalid.push(`${message.line}: ${message.ruleId}: ${message.message}`);
  }
  for (const scheme of ["light", "dark"]) {
    for (const width of WIDTHS) {
      // The policy of pages forbids scripts; only the test's own is let in.
      const context = await browser.newContext({
        viewport: { width, height: 900 },
        colorScheme: scheme,
        bypassCSP: true,
      });
      const page = await context.newPage();
      // Images of documents are on other hosts, which may be out of reach.
      const isOurs = (url) => new URL(url).origin === new URL(address).origin;
      page.on("requestfailed", (request) => isOurs(request.url()) && row.requests.push(request.url()));
      await page.goto(address);
      if (scheme === "light") await page.screenshot({ path: join(folder, `${name}-${width}.png`) });
      if (scheme === "light" && width === 390) {
        const size = await page.evaluate(() => document.documentElement.scrollWidth);
        if (size > width) row.overflow.push(size);
      }
      await page.evaluate(axe);
      const found = await page.evaluate(() => window.axe.run(document, { runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] } }));
      for (const violation of found.violations) {
        row.violations.push(`${scheme} ${width}: ${violation.id}: ${violation.nodes[0].html.slice(0, 160)}`);
      }
      await context.close();
    }
  }
  console.log(JSON.stringify(row));
}
await browser.close();
