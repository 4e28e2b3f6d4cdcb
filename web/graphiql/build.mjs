// Builds GraphiQL and copies the board: node build.mjs FOLDER. Called by scripts/build-web.

import { cp, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { build } from "esbuild";

const here = import.meta.dirname;
const to = process.argv[2];
if (!to) throw new Error("usage: node build.mjs FOLDER");

/** The examples of the folder operations/, in the order of their names. */
const operations = {
  name: "operations",
  setup(build) {
    build.onResolve({ filter: /^stockroom:operations$/ }, ({ path }) => ({
      path,
      namespace: "operations",
    }));
    build.onLoad({ filter: /.*/, namespace: "operations" }, async () => {
      const folder = join(here, "operations");
      const files = (await readdir(folder)).sort();
      const list = [];
      for (const file of files.filter((name) => name.endsWith(".graphql"))) {
        const json = file.replace(/graphql$/, "json");
        const variables = files.includes(json) ? await readFile(join(folder, json), "utf8") : "";
        list.push({ file, query: await readFile(join(folder, file), "utf8"), variables });
      }
      return { contents: JSON.stringify(list), loader: "json" };
    });
  },
};

/** GraphiQL brings 350 kB of fonts along; main.css names those of the system instead. */
const withoutFonts = {
  name: "without-fonts",
  setup(build) {
    build.onLoad({ filter: /node_modules.*\.css$/ }, async ({ path }) => {
      const css = await readFile(path, "utf8");
      return { contents: css.replace(/@font-face\s*\{[^}]*\}/g, ""), loader: "css" };
    });
  },
};

await mkdir(to, { recursive: true });
const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: { graphiql: "main.jsx" },
  outdir: to,
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  jsx: "automatic",
  charset: "utf8",
  legalComments: "none",
  define: { "process.env.NODE_ENV": '"production"' },
  plugins: [operations, withoutFonts],
  metafile: true,
  logLevel: "warning",
});
await cp(join(here, "index.html"), join(to, "index.html"));
await cp(join(here, "../favicon.svg"), join(to, "favicon.svg"));
for (const file of ["board.html", "board.js", "board.css"]) {
  await cp(join(here, "../board", file), join(to, file));
}
await writeFile(join(to, "LICENSES.txt"), await licences(Object.keys(metafile.inputs)));

/** Who made what is in the bundle, and on what terms; equal texts once. */
async function licences(inputs) {
  const folders = inputs.map((path) => path.match(/^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//)?.[1]);
  const texts = new Map();
  for (const folder of [...new Set(folders.filter(Boolean))].sort()) {
    const { name, version, license } = JSON.parse(
      await readFile(join(here, folder, "package.json"), "utf8"),
    );
    const file = (await readdir(join(here, folder))).sort().find((n) => /^licen[cs]e/i.test(n));
    const text = file
      ? (await readFile(join(here, folder, file), "utf8")).replaceAll("\r", "").trim()
      : "(The package names its licence, and brings no text of it.)";
    const title = `${name} ${version} (${license})`;
    texts.set(text, [...(texts.get(text) ?? []), title]);
  }
  const parts = [...texts].map(([text, titles]) => `${titles.join("\n")}\n\n${text}\n`);
  const line = `\n${"-".repeat(80)}\n\n`;
  const head = "What graphiql.js and graphiql.css contain beside Stockroom's own code.\n";
  return head + line + parts.join(line);
}
