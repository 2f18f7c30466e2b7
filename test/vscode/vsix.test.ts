import { describe, expect, it } from "vitest";
import { packagedVsix } from "./packaged-vsix.ts";
import { vsixContents } from "./vsix-contents.ts";

/** What users get, as reviewed: whoever adds a file adds it here. */
const REVIEWED = [
  "[Content_Types].xml",
  "extension.vsixmanifest",
  "extension/LICENSE.txt",
  "extension/changelog.md",
  "extension/dist/extension.cjs",
  "extension/dist/server-thread.js",
  "extension/dist/server.cjs",
  "extension/dist/third-party-licenses.txt",
  "extension/dist/tree-sitter-nix.wasm",
  "extension/dist/web-tree-sitter.wasm",
  "extension/docs/schema/impermanence.schema.json",
  "extension/media/icon.png",
  "extension/media/view.svg",
  "extension/media/walkthrough/check.svg",
  "extension/media/walkthrough/ci.md",
  "extension/media/walkthrough/fix.svg",
  "extension/media/walkthrough/hover.svg",
  "extension/media/walkthrough/live.md",
  "extension/package.json",
  "extension/readme.md",
  "extension/server/scaffold/alerts.nix",
  "extension/server/scaffold/btrbk.nix",
  "extension/server/scaffold/default.nix",
  "extension/server/scaffold/impermanence.nix",
  "extension/server/scaffold/monitoring.nix",
  "extension/server/scaffold/performance.nix",
  "extension/server/scaffold/retention.nix",
  "extension/server/scaffold/script-with.nix",
  "extension/server/scaffold/scripted-stage-1.nix",
  "extension/server/scaffold/scripts/clean-archive.sh",
  "extension/server/scaffold/scripts/expire-snapshots.sh",
  "extension/server/scaffold/scripts/metrics.sh",
  "extension/server/scaffold/scripts/set-compression.sh",
  "extension/server/scaffold/scripts/snapshot.sh",
  "extension/server/scaffold/scripts/wipe-root.sh",
  "extension/server/scaffold/snapshots.nix",
  "extension/server/scaffold/with-disko.nix",
  "extension/server/scaffold/with-impermanence.nix",
  "extension/server/scaffold/with-preservation.nix",
  "extension/snippets/nix.json",
  "extension/syntaxes/language-configuration.json",
  "extension/syntaxes/nix.markdown-injection.json",
  "extension/syntaxes/nix.tmLanguage.json",
];

describe("the VSIX", () => {
  const contents = vsixContents(packagedVsix());

  it("holds the reviewed files and nothing else", () => {
    expect([...contents.keys()].sort()).toEqual(REVIEWED);
  });

  it("holds every file that its manifest names", () => {
    const manifest = JSON.parse(contents.get("extension/package.json")?.toString() ?? "") as {
      main: string;
      icon?: string;
      contributes: {
        languages: { configuration?: string }[];
        grammars?: { path: string }[];
        snippets?: { path: string }[];
        walkthroughs?: { steps: { media: { markdown?: string; svg?: string } }[] }[];
      };
    };
    const { languages, grammars = [], snippets = [], walkthroughs = [] } = manifest.contributes;
    const named = [
      manifest.main,
      manifest.icon,
      ...languages.map((language) => language.configuration),
      ...walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.markdown ?? media.svg)),
      ...[...grammars, ...snippets].map((contribution) => contribution.path),
    ].filter((path) => path !== undefined);
    const missing = named.filter((path) => !contents.has(`extension/${path.replace(/^\.\//, "")}`));
    expect(missing).toEqual([]);
  });

  it("ships no source maps and no paths of the machine that built it", () => {
    for (const [name, content] of contents) {
      expect(content.includes("sourceMappingURL="), name).toBe(false);
      expect(content.includes(process.cwd()), name).toBe(false);
    }
  });
});
