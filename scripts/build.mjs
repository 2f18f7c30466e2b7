// Bundles the extension, the language server and the command line tool into dist/.
//
//   node scripts/build.mjs                for development: source maps, readable code
//   node scripts/build.mjs --production   what goes into the VSIX: minified, no source maps
//   node scripts/build.mjs --watch        rebuilds when a file changes, until Ctrl+C
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { COMPILED, writeCompiled } from "./lib/compiled-program.mjs";
import { parseAhead } from "./lib/parse-ahead.mjs";
import { root } from "./lib/root.mjs";
import { thirdPartyLicenses } from "./lib/third-party-licenses.mjs";

const { values: options } = parseArgs({
  options: { production: { type: "boolean", default: false }, watch: { type: "boolean", default: false } },
});
const dist = join(root, "dist");

// Bundled code finds its own place, and the wasm files beside it, by `import.meta.url`. CommonJS has no such thing.
const commonJs = {
  format: "cjs",
  define: { "import.meta.url": "moduleUrl" },
  banner: { js: 'const moduleUrl = require("node:url").pathToFileURL(__filename).href;' },
};
// Some bundled packages are CommonJS and call `require` for Node's own modules, which an ES module does not have.
const esModule = {
  format: "esm",
  banner: {
    js: [
      "#!/usr/bin/env node",
      'import { createRequire as createRequireOfModule } from "node:module";',
      "const require = createRequireOfModule(import.meta.url);",
    ].join("\n"),
  },
};

/** zod has its messages in some fifty languages, and what nobody imports by name stays in: a third of each bundle. */
const englishOnly = {
  name: "english-only",
  setup: ({ onLoad }) =>
    onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: 'export { default as en } from "./en.js";',
    })),
};

/**
 * Data as a text that is parsed as JSON, when it is first asked for: a program reads that several times as fast as the same
 * in its own language.
 */
const dataAsText = {
  name: "data-as-text",
  setup: ({ onLoad }) =>
    onLoad({ filter: /\/catalogue\/data\/.*\.json$/ }, ({ path }) => {
      const data = JSON.parse(readFileSync(path, "utf8"));
      const parts = Object.keys(data).map(
        (key) => `get ${JSON.stringify(key)}() { return all()[${JSON.stringify(key)}]; }`,
      );
      return {
        contents: [
          "let data;",
          `const all = () => (data ??= JSON.parse(${JSON.stringify(JSON.stringify(data))}));`,
          `export default { ${parts.join(", ")} };`,
        ].join("\n"),
      };
    }),
};

/**
 * Writes characters beyond ASCII by their codes, as esbuild does everywhere but in regular expressions: one of them, and
 * V8 keeps the whole text of a bundle with two bytes a character.
 */
const ascii = {
  name: "ascii",
  setup: ({ initialOptions, onEnd }) =>
    onEnd(({ errors }) => {
      if (errors.length > 0) return;
      const file = join(root, initialOptions.outfile);
      const text = readFileSync(file, "utf8");
      const codes = text.replace(/(?<!\\)[\u0080-\uffff]/g, (unit) => {
        return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
      });
      if (codes !== text) writeFileSync(file, codes);
    }),
};

/** Our own library is parsed here and not whenever the program starts; with --watch, as it was at the start. */
const ahead = JSON.stringify(await parseAhead());
const parsedAhead = {
  name: "parsed-ahead",
  setup: ({ onLoad }) =>
    onLoad({ filter: /server\/src\/eval\/parsed-ahead\.ts$/ }, () => ({
      contents: `export const parsedAhead = ${ahead};`,
    })),
};

/** The function that Node makes of any CommonJS module; this one is compiled ahead (`server/src/cli/read-program.ts`). */
const compiledAhead = {
  ...commonJs,
  banner: { js: `(function (exports, require, module, __filename, __dirname) {\n${commonJs.banner.js}` },
  footer: { js: "})" },
  // What is compiled from its text knows no way to other modules but the one it is given.
  supported: { "dynamic-import": false },
  alias: { "web-tree-sitter": join(root, "node_modules/web-tree-sitter/web-tree-sitter.cjs") },
};

/** @type {esbuild.BuildOptions[]} */
const bundles = [
  { entryPoints: ["client/src/extension.ts"], outfile: "dist/extension.cjs", external: ["vscode"], ...commonJs },
  { entryPoints: ["server/src/lsp/main.ts"], outfile: "dist/server.cjs", ...commonJs },
  { entryPoints: ["server/src/lsp/thread-main.ts"], outfile: "dist/server-thread.js", ...esModule },
  { entryPoints: ["server/src/cli/start.ts"], outfile: "dist/cli.js", ...esModule },
  { entryPoints: ["server/src/cli/program-entry.ts"], outfile: "dist/cli-program.cjs", ...compiledAhead },
  { entryPoints: ["server/src/cli/remote-entry.ts"], outfile: "dist/cli-remote.cjs", ...compiledAhead },
];

/** Files that the bundles read at run time from their own folder. */
const beside = ["server/grammar/tree-sitter-nix.wasm", "node_modules/web-tree-sitter/web-tree-sitter.wasm"];
/** The npm packages that these files come from. */
const packagesBeside = ["tree-sitter-nix", "web-tree-sitter"];

/** @type {esbuild.BuildOptions} */
const common = {
  plugins: [englishOnly, dataAsText, parsedAhead, ascii],
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node20",
  mainFields: ["module", "main"],
  loader: { ".nix": "text", ".md": "text", ".sh": "text" },
  legalComments: "none",
  minify: options.production,
  sourcemap: !options.production,
  logLevel: "warning",
};

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
for (const file of beside) copyFileSync(join(root, file), join(dist, basename(file)));

if (options.watch) {
  for (const bundle of bundles) {
    const context = await esbuild.context({ ...common, ...bundle, logLevel: "info" });
    await context.watch();
  }
} else {
  try {
    const built = await Promise.all(bundles.map((bundle) => esbuild.build({ ...common, ...bundle, metafile: true })));
    const metafiles = built.map(({ metafile }) => metafile);
    writeFileSync(join(dist, "third-party-licenses.txt"), thirdPartyLicenses(metafiles, packagesBeside));
  } catch (error) {
    if (!error.errors) console.error(error.message);
    // esbuild has printed what is wrong, with the place.
    process.exit(1);
  }
  chmodSync(join(dist, "cli.js"), 0o755);
  for (const name of COMPILED) await writeCompiled(join(dist, name));
  reportSizes();
}

function reportSizes() {
  const kilobytes = (bytes) => `${(bytes / 1024).toFixed(0)} KB`.padStart(9);
  console.log(`${"dist/".padEnd(40)}${"size".padStart(9)}${"gzipped".padStart(9)}`);
  for (const name of readdirSync(dist).sort()) {
    if (name.endsWith(".map")) continue;
    const file = join(dist, name);
    console.log(`${name.padEnd(40)}${kilobytes(statSync(file).size)}${kilobytes(gzipSync(readFileSync(file)).length)}`);
  }
}
