// Builds src/main.ts and src/style.css into ONE file, the page that the Python package ships.
// Its content security policy names the script and the style by their hashes, so nothing else can run in it.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { defineConfig, type Plugin } from "vite";

const TARGET = new URL(process.env["ASYNCWHY_PAGE"] ?? "../src/asyncwhy/render/html/report.html", import.meta.url);

function hash(text: string): string {
  return `'sha256-${createHash("sha256").update(text, "utf8").digest("base64")}'`;
}

function onePage(): Plugin {
  return {
    name: "one-page",
    generateBundle(_options, bundle) {
      let script = "";
      let style = "";
      for (const file of Object.values(bundle)) {
        if (file.type === "chunk") script += file.code;
        else if (file.fileName.endsWith(".css")) style += String(file.source);
      }
      script = script.trim().replaceAll("</script", "<\\/script");
      style = style.trim();
      const page = readFileSync(new URL("src/page.html", import.meta.url), "utf8")
        .replace("%POLICY%", () => `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; base-uri 'none'; form-action 'none'`)
        .replace("%STYLE%", () => style)
        .replace("%SCRIPT%", () => script);
      writeFileSync(TARGET, page);
      for (const name of Object.keys(bundle)) Reflect.deleteProperty(bundle, name);
    },
  };
}

export default defineConfig({
  plugins: [onePage()],
  build: {
    target: "es2022",
    cssTarget: "es2022",
    modulePreload: false,
    write: true,
    emptyOutDir: true,
    outDir: "dist",
    rolldownOptions: { input: "src/main.ts", output: { format: "es" } },
  },
});
