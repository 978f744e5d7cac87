// Debian's Chromium without a network, and the pages that it opens.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";

const ROOT = new URL("../../", import.meta.url).pathname;
const PLACES = [process.env["CHROMIUM"] ?? "", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export const executable = PLACES.find((place) => place && existsSync(place));
export const missing = "Chromium is missing, so the page was not opened (Debian: apt-get install chromium; or set CHROMIUM)";

export interface Opened {
  page: Page;
  /** What the page asked for or complained of: nothing, if all is well. */
  faults: string[];
}

export class House {
  private constructor(
    readonly browser: Browser,
    readonly folder: string,
  ) {}

  static async make(): Promise<House> {
    const folder = mkdtempSync(join(tmpdir(), "asyncwhy-pages-"));
    execFileSync(process.env["PYTHON"] ?? join(ROOT, ".venv/bin/python"), ["-m", "tests.html.make", folder], { cwd: ROOT, stdio: "inherit" });
    return new House(await chromium.launch({ executablePath: executable!, args: ["--no-sandbox"] }), folder);
  }

  async open(name: string, look: { width?: number; dark?: boolean; hash?: string } = {}): Promise<Opened> {
    const context = await this.browser.newContext({ viewport: { width: look.width ?? 1280, height: 900 }, colorScheme: look.dark ? "dark" : "light", offline: true, reducedMotion: "reduce" });
    const page = await context.newPage();
    const faults: string[] = [];
    // Reading pixels back is what the tests do, not the page.
    page.on("console", (message) => { if (["error", "warning"].includes(message.type()) && !message.text().includes("readback")) faults.push(message.text()); });
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("dialog", (dialog) => { faults.push(`a dialog: ${dialog.message()}`); void dialog.dismiss(); });
    page.on("request", (request) => { if (!request.url().startsWith(`file://${this.folder}/${name}`)) faults.push(`asked for ${request.url().slice(0, 100)}`); });
    await page.goto(`file://${this.folder}/${name}.html${look.hash ?? ""}`);
    await page.waitForFunction("globalThis.asyncwhy");
    return { page, faults };
  }

  async close(): Promise<void> {
    await this.browser.close();
    rmSync(this.folder, { recursive: true });
  }
}
