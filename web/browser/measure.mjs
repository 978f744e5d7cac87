// How soon pages are seen and how smoothly they are dragged: `node measure.mjs PAGE...` prints one JSON object each.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const executablePath = [process.env.CHROMIUM ?? "", "/usr/bin/chromium", "/usr/bin/google-chrome"].find((place) => place && existsSync(place));
if (!executablePath) {
  console.error("Chromium is missing (Debian: apt-get install chromium; or set CHROMIUM)");
  process.exit(1);
}

/** Runs in the page: drags the timeline, zoomed in a little, for some frames; after a moment of rest. */
async function drag() {
  const { timeline, whole, ready } = globalThis.asyncwhy;
  const painted = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? ready;
  timeline.view.zoom(0.6, whole.end / 2);
  timeline.moved();
  await new Promise((done) => setTimeout(done, 500));
  timeline.frames.length = 0;
  const times = [];
  await new Promise((done) => {
    const step = (now) => {
      times.push(now);
      timeline.view.move(times.length <= 60 ? 0.01 : -0.01);
      timeline.moved();
      if (times.length < 120) requestAnimationFrame(step);
      else done();
    };
    requestAnimationFrame(step);
  });
  const paints = [...timeline.frames].sort((a, b) => a - b);
  return {
    spans: whole.groups.reduce((sum, group) => sum + group.records.row.length, 0),
    first_paint_ms: painted,
    frames_per_s: (1000 * (times.length - 1)) / (times.at(-1) - times[0]),
    paint_ms: paints[Math.floor(paints.length / 2)],
  };
}

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
for (const file of process.argv.slice(2)) {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, offline: true })).newPage();
  await page.goto(`file://${file}`);
  await page.waitForFunction("globalThis.asyncwhy", null, { timeout: 120_000 });
  console.log(JSON.stringify(await page.evaluate(drag)));
  await page.context().close();
}
await browser.close();
