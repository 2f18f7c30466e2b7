import { existsSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { programCommands, wrongUses } from "./command-help.ts";
import { anchors, codeSpans, links, markdownFiles, prose } from "./markdown.ts";

const root = process.cwd();
const files = markdownFiles(root);
/** Pages for people. Rule pages have a template and tests of their own. */
const guides = files.filter((file) => !file.startsWith("docs/rules/") && !file.startsWith("server/src/rules/"));
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
  contributes: {
    commands: { command: string; title: string; category: string }[];
    configuration: { properties: Record<string, unknown> }[];
  };
};
const read = (file: string) => readFileSync(join(root, file), "utf8");

it("there are the documents that readers are sent to", () => {
  const wanted = [
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "docs/README.md",
    "docs/cli.md",
    "docs/rules/README.md",
  ];
  expect(files).toEqual(expect.arrayContaining(wanted));
});

it("the index names every guide", () => {
  const named = links(read("docs/README.md")).map((link) => link.split("#")[0]);
  const own = guides.filter((file) => /^docs\/[^/]+\.md$/.test(file) && file !== "docs/README.md");
  expect(named).toEqual(expect.arrayContaining(own.map((file) => file.replace("docs/", ""))));
});

it("the README names everything that a person can start", () => {
  const text = read("README.md");
  const commands = programCommands();
  expect(commands).toContain("check");
  expect(
    commands.filter((name) => !codeSpans(text).some((span) => span.startsWith(`nix-impermanence ${name}`))),
  ).toEqual([]);
  // What acts on a row, a mark or a view has its place there, and in docs/vscode.md.
  const guide = text + read("docs/vscode.md");
  const asked = manifest.contributes.commands.map(({ title }) => title).filter((title) => title.endsWith("…"));
  expect(asked.filter((title) => !guide.includes(title.replace("…", "")))).toEqual([]);
});

describe.each(files)("%s", (file) => {
  const text = read(file);

  it("has only links that lead somewhere", () => {
    const broken = links(text).filter((link) => !/^[a-z]+:/.test(link) && !leadsSomewhere(file, link));
    expect(broken).toEqual([]);
  });

  it("names no place of the machine that it was written on", () => {
    const outside = dirname(root);
    const places = [root, ...(outside.length > 1 ? [`${outside}/`] : []), `${homedir()}/`, "file://", "/Users/"];
    // The home of root and /tmp are also paths of the hosts that the pages speak of.
    const shared = ["/root/", "/tmp/"];
    expect(places.filter((place) => !shared.includes(place) && text.includes(place))).toEqual([]);
  });
});

describe.each(guides)("%s", (file) => {
  const text = read(file);
  const spans = codeSpans(text);

  it("names only commands and options that the command line has", () => {
    const wrong = spans.flatMap((span) => wrongUses(span));
    expect(wrong).toEqual([]);
  });

  it("names only settings, commands and titles that the extension has", () => {
    const { commands, configuration } = manifest.contributes;
    const settings = configuration.flatMap(({ properties }) => Object.keys(properties));
    const known = [...settings, ...commands.map(({ command }) => command)];
    const used = [
      ...text.matchAll(/\bimpermanence\.((?:rules|check|hover|trace|show|explain|restart|copy)\w*(?:\.\w+)*)/g),
    ];
    expect(used.map(([name]) => name).filter((name) => !known.includes(name))).toEqual([]);
    const titles = commands.map(({ category, title }) => `${category}: ${title}`);
    const mentioned = [...prose(text).matchAll(/"(Impermanence: [^"]+)"/g)].map(([, title]) => title as string);
    expect(mentioned.filter((title) => !titles.includes(title))).toEqual([]);
  });

  it("names only npm scripts that there are", () => {
    const used = [...text.matchAll(/\bnpm run (?:--silent )?([\w:-]+)|\bnpm (start|test)\b/g)];
    const names = used.map(([, script, short]) => script ?? short) as string[];
    expect(names.filter((name) => !(name in manifest.scripts))).toEqual([]);
  });

  it("names only files of this repository that there are", () => {
    const paths = spans.filter((span) =>
      /^(?:client|docs|examples|media|scripts|server|snippets|syntaxes|test|\.ci)\/[\w./-]+$/.test(span),
    );
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});

function leadsSomewhere(file: string, link: string): boolean {
  const [path = "", fragment] = link.split("#");
  const target = path === "" ? join(root, file) : resolve(root, dirname(file), decodeURIComponent(path));
  if (!existsSync(target)) return false;
  if (fragment === undefined) return true;
  return statSync(target).isFile() && anchors(readFileSync(target, "utf8")).includes(fragment);
}
