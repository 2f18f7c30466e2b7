// The layers of the house (docs/architecture.md): what may import what. Checked by `npm run layers`;
// test/layers/layers.test.ts proves that each rule finds what it forbids.
const { existsSync, readdirSync } = require("node:fs");

/** Folders of server/src, earliest first: a folder imports only itself and those before it. */
const LAYERS = [
  ...["syntax", "shell", "catalogue", "eval", "modules", "host", "edits", "rules", "ide", "scaffold", "report", "btrfs"],
  ...["workspace", "remote", "lsp", "cli"],
];
/** The layers that meet the outside world; all others, the core, do no IO. */
const OUTER = ["workspace", "remote", "lsp", "cli"];
const TESTS = "\\.test\\.ts$";

const folder = (...names) => `^server/src/(${names.join("|")})/`;
const core = LAYERS.filter((layer) => !OUTER.includes(layer));

const layerRules = LAYERS.slice(0, -1).map((layer, index) => ({
  name: `${layer}-imports-only-earlier-layers`,
  comment: `server/src/${layer} may import only ${[...LAYERS.slice(0, index), "itself"].join(", ")}.`,
  severity: "error",
  from: { path: folder(layer), pathNot: TESTS },
  to: { path: folder(...LAYERS.slice(index + 1)) },
}));

/** A rule is a module with its page beside it. */
const rules = ruleModules();

module.exports = {
  forbidden: [
    ...layerRules,
    {
      name: "lsp-and-cli-are-apart",
      comment: "The editor's server and the command line tool share the layers below them, never each other.",
      severity: "error",
      from: { path: folder("cli"), pathNot: TESTS },
      to: { path: folder("lsp") },
    },
    {
      name: "core-does-no-io",
      comment: "The core runs in the server, the command line tool, tests and a web worker: files come in from outside.",
      severity: "error",
      from: { path: `${folder(...core)}|^server/src/[^/]+\\.ts$`, pathNot: TESTS },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "core-knows-no-platform",
      comment: "server/src/platform is Node's side of the door; the core is handed what it needs.",
      severity: "error",
      from: { path: `${folder(...core)}|^server/src/[^/]+\\.ts$`, pathNot: TESTS },
      to: { path: folder("platform") },
    },
    {
      name: "test-helpers-only-in-tests",
      comment: "server/src/testing and *.test.ts are for tests: nothing that ships imports them.",
      severity: "error",
      from: { path: "^(server|client)/src/", pathNot: `${TESTS}|${folder("testing")}` },
      to: { path: `${TESTS}|${folder("testing")}` },
    },
    {
      name: "rules-are-independent",
      comment: "A rule never depends on another rule: each reads the host for itself.",
      severity: "error",
      from: { path: rules, pathNot: TESTS },
      to: { path: rules },
    },
    {
      name: "vscode-only-in-client",
      comment: "The API of VS Code exists only inside VS Code.",
      severity: "error",
      from: { pathNot: "^(client/src|test/vscode)/" },
      to: { path: "^vscode$|(^|/)node_modules/@types/vscode/" },
    },
    {
      name: "language-server-protocol-only-in-lsp",
      comment: "One folder speaks the protocol; everything else speaks of offsets and files.",
      severity: "error",
      from: { path: "^server/src/", pathNot: folder("lsp") },
      to: { path: "(^|/)node_modules/vscode-(languageserver|jsonrpc)|^vscode-(languageserver|jsonrpc)" },
    },
    {
      name: "argument-parser-only-in-cli",
      severity: "error",
      from: { path: "^(server|client)/src/", pathNot: folder("cli") },
      to: { path: "(^|/)node_modules/commander/|^commander$" },
    },
    {
      name: "client-holds-no-analysis",
      comment: "The client knows of the server what they say to each other, its settings, and the types of answers.",
      severity: "error",
      from: { path: "^client/src/" },
      to: {
        path: "^server/src/",
        pathNot: "^server/src/(protocol|settings)\\.ts$",
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "server-knows-no-client",
      severity: "error",
      from: { path: "^server/src/" },
      to: { path: "^client/src/" },
    },
    {
      name: "no-cycles",
      comment: "Two modules that need each other to run are one module in two files. Types do not run.",
      severity: "error",
      from: { path: "^(server|client)/src/" },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "imports-are-there",
      comment: "A module that is not there, or a package that package.json does not name.",
      severity: "error",
      from: { path: "^(server|client)/src/" },
      to: { dependencyTypes: ["unknown", "undetermined", "npm-no-pkg", "npm-unknown"], pathNot: "^vscode$" },
    },
  ],
  options: {
    doNotFollow: { path: "(^|/)node_modules/" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"] },
    ...(existsSync("tsconfig.json") ? { tsConfig: { fileName: "tsconfig.json" } } : {}),
  },
};

function ruleModules() {
  const found = [];
  const top = "server/src/rules";
  const groups = existsSync(top) ? readdirSync(top, { withFileTypes: true }).filter((entry) => entry.isDirectory()) : [];
  for (const group of groups) {
    for (const file of readdirSync(`${top}/${group.name}`)) {
      const module = `${top}/${group.name}/${file.replace(/\.md$/, ".ts")}`;
      if (file.endsWith(".md") && existsSync(module)) found.push(module.replaceAll(".", "\\."));
    }
  }
  // Without a rule nothing may match.
  return found.length ? `^(${found.join("|")})$` : "^$";
}
