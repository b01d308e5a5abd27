// Copies and bundles third-party browser code from node_modules into the shell, and draws the icon sprite.
//
//   npm ci --ignore-scripts && node tools/vendor.mjs
//
// What it writes is committed, so that nobody needs node to install or run Comity. Each file's SHA-256 stands in
// static/vendor/SHA256SUMS, and a test compares them.

import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const MODULES = join(ROOT, "node_modules");
const STATIC = join(ROOT, "src/comity/web/static");
const VENDOR = join(STATIC, "vendor");

const version = (name) => JSON.parse(readFileSync(join(MODULES, name, "package.json"), "utf8")).version;

function copy(name, folder, files) {
  const target = join(VENDOR, `${folder}-${version(name)}`);
  mkdirSync(target, { recursive: true });
  for (const [from, to] of Object.entries(files)) cpSync(join(MODULES, name, from), join(target, to));
}

async function bundleEditor() {
  const target = join(VENDOR, `editor-${version("@tiptap/core")}`);
  const result = await build({
    entryPoints: [join(ROOT, "tools/editor.js")],
    outfile: join(target, "editor.js"),
    bundle: true,
    minify: true,
    format: "esm",
    target: ["es2022"],
    legalComments: "none",
    metafile: true,
    absWorkingDir: ROOT,
  });
  writeFileSync(join(target, "LICENSES.txt"), licences(Object.keys(result.metafile.inputs)));
}

// The licences of everything that went into a bundle, each text once.
function licences(inputs) {
  const names = new Set();
  for (const input of inputs) {
    const match = input.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//);
    if (match) names.add(match[1]);
  }
  const texts = new Map();
  for (const name of [...names].sort()) {
    const folder = join(MODULES, name);
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const { license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const text = file ? readFileSync(join(folder, file), "utf8").trim() : `Licence: ${license}`;
    texts.set(text, [...(texts.get(text) ?? []), `${name} ${version(name)}`]);
  }
  return [...texts].map(([text, who]) => `${who.join(", ")}\n\n${text}\n`).join(`\n${"-".repeat(80)}\n\n`);
}

// Our own glyphs beside lucide's.
const OWN = {
  whatsapp:
    '<path d="M3.2 20.8l1.3-4.3a8.8 8.8 0 1 1 3.2 3.1z"/><path d="M9.2 8.2c-.9.6-.9 1.9-.2 3.2.9 1.7 2.2 3 3.9 3.8 1.3.6 2.5.5 3-.5l-1.9-1.8-1.2.8a6.4 6.4 0 0 1-2.5-2.6l.8-1.1z"/>',
};

function drawSprite() {
  const names = readFileSync(join(ROOT, "tools/icons.txt"), "utf8").replace(/^#.*$/gm, "").split(/\s+/).filter(Boolean);
  const symbol = (name, body) => `<symbol id="i-${name}" viewBox="0 0 24 24">${body}</symbol>`;
  const symbols = [...new Set(names)].sort().map((name) => {
    const file = join(MODULES, "lucide-static/icons", `${name}.svg`);
    if (!existsSync(file)) throw new Error(`lucide has no icon named ${name}.`);
    const body = readFileSync(file, "utf8").replace(/<!--.*?-->/gs, "").replace(/^.*?<svg[^>]*>|<\/svg>\s*$/gs, "");
    return symbol(name, body.replace(/\s*\n\s*/g, "").replace(/ \/>/g, "/>"));
  });
  for (const [name, body] of Object.entries(OWN)) symbols.push(symbol(name, body));
  const licence = `Icons: lucide ${version("lucide-static")}, ISC and MIT licences (lucide.dev). The handset glyph is our own.`;
  const sprite = `<svg xmlns="http://www.w3.org/2000/svg"><!-- ${licence} -->\n${symbols.join("\n")}\n</svg>\n`;
  writeFileSync(join(STATIC, "web/icons.svg"), sprite);
}

function* filesOf(folder) {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* filesOf(path);
    else yield path;
  }
}

function writeSums() {
  const sums = [...filesOf(VENDOR), join(STATIC, "web/icons.svg")].map(
    (path) => `${createHash("sha256").update(readFileSync(path)).digest("hex")}  ${relative(STATIC, path)}`,
  );
  writeFileSync(join(VENDOR, "SHA256SUMS"), `${sums.join("\n")}\n`);
}

rmSync(VENDOR, { recursive: true, force: true });
copy("htmx.org", "htmx", { "dist/htmx.min.js": "htmx.min.js", LICENSE: "LICENSE" });
copy("idiomorph", "idiomorph", { "dist/idiomorph-ext.min.js": "idiomorph-ext.min.js", LICENSE: "LICENSE" });
copy("lucide-static", "lucide", { LICENSE: "LICENSE" });
await bundleEditor();
drawSprite();
writeSums();
