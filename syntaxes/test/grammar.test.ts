import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { createTokeniser, type Token } from "./tokenise.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const tokeniser = await createTokeniser();

/** The shell grammar of the VS Code that the editor tests run in, where it is installed. */
const vscodeShell = join(
  root,
  "test/host/node_modules/code-server/lib/vscode/extensions/shellscript/syntaxes/shell-unix-bash.tmLanguage.json",
);

describe("annotated files", () => {
  it("have the scopes that their annotations name", () => {
    const tool = createRequire(import.meta.url).resolve("vscode-tmgrammar-test/dist/unit.js");
    const grammars = ["syntaxes/nix.tmLanguage.json", "syntaxes/test/shell-stand-in.tmLanguage.json"];
    const options = grammars.flatMap((grammar) => ["-g", grammar]);
    const run = spawnSync(process.execPath, [tool, ...options, "syntaxes/test/**/*.nix"], {
      cwd: root,
      encoding: "utf8",
    });
    expect(run.stdout + run.stderr).toContain("embedded-shell.nix run successfuly");
    expect(run.status, run.stdout).toBe(0);
  });
});

const ownFiles = ["examples", "test", "snippets", "syntaxes"].flatMap((folder) => nixFiles(join(root, folder)));

describe.each([
  ["the stand-in for shell", undefined],
  ...(existsSync(vscodeShell) ? [["VS Code's own shell grammar", vscodeShell]] : []),
] as [string, string | undefined][])("every Nix file of the project, with %s", async (_name, shell) => {
  const ours = await createTokeniser("source.nix", shell);

  it.each(ownFiles.map((file) => [file.slice(root.length), file]))(
    "%s: no token is lost, every rule closes",
    (_, file) => {
      const text = readFileSync(file!, "utf8");
      const { lines, depth } = ours.run(text);
      expect(lines.map((line) => line.map((token) => token.text).join("")).join("\n")).toBe(text);
      expect(depth, "rules that are still open at the end of the file").toBe(1);
    },
  );
});

describe("hostile input", () => {
  const length = 5_000;
  const pieces = [
    ..."a'\"$\\/:.{[(#-_0~<?@=",
    ..."a- a. a: ${ $$ '' ''' ''$ ''\\ a/ /a ~/ a' {a {\" \"${ ''${ .. << a? , a, x: let in if with /* # inherit rec ()".split(
      " ",
    ),
    "''${''${",
    '"${"${',
    "${''",
    "{ a = ''",
    "a@{",
    "<a",
    "script = ''",
    "((''",
  ];
  const openings = [
    "",
    "{ script = ''",
    "{ script = ''\n  ",
    "{ a = ''",
    '{ a = "',
    '{ script = "${',
    "{ preStart = ''${",
  ];

  it.each(pieces)("a line of %j ends fast, wherever it stands", (piece) => {
    const line = piece.repeat(Math.floor(length / piece.length));
    for (const opening of openings) {
      // The editor shows no line before it is tokenised: a pattern that goes back and forth would freeze it.
      expect(tokeniser.time(opening + line), `${JSON.stringify(opening)} and ${length} characters`).toBeLessThan(3_000);
      const short = opening + line.slice(0, 400);
      expect(text(tokeniser.lines(short))).toBe(short);
    }
  });
});

describe("strings in shell position", () => {
  it("end where Nix ends them, whatever stands in them", () => {
    const bodies = [
      '"',
      "'",
      "`",
      "$(",
      "${x",
      "<<END",
      "if",
      "case x in",
      "{",
      "(",
      "# it's",
      "\\",
      "''\\",
      "$((",
      "[[",
      "'''",
      "''$",
    ];
    for (const body of bodies) {
      // An interpolation that is left open swallows the end by right; Nix does the same.
      if (body.startsWith("${")) continue;
      for (const script of [`''\n    ${body}\n  ''`, `'' ${body} ''`, `''\n  a\n  ${body}\n   b ''`]) {
        const { lines, depth } = tokeniser.run(`{\n  script = ${script};\n  after = 1;\n}`);
        const after = lines.at(-2)?.find((token) => token.text === "after");
        expect(after?.scopes.at(-1), script).toBe("entity.other.attribute-name.nix");
        expect(depth, script).toBe(1);
      }
    }
  });
});

describe("Markdown", () => {
  it("shows fenced nix blocks as Nix, and only those", async () => {
    const markdown = await createTokeniser("text.html.markdown");
    const lines = markdown.lines(
      "```nix\n{ a = ''\n  b\n```\n\nlet x\n\n~~~ Nix title\nlet\n~~~\n```nixpkgs\nlet\n```",
    );
    const scopes = (line: number) => lines[line]!.flatMap((token) => token.scopes);
    expect(scopes(1)).toContain("entity.other.attribute-name.nix");
    expect(scopes(1)).toContain("meta.embedded.block.nix");
    expect(scopes(5).join(" ")).not.toContain("nix");
    expect(scopes(8)).toContain("keyword.control.let.nix");
    expect(scopes(11).join(" ")).not.toContain("nix");
  });
});

function text(lines: Token[][]): string {
  return lines.map((line) => line.map((token) => token.text).join("")).join("\n");
}

function nixFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === "node_modules") return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? nixFiles(path) : entry.name.endsWith(".nix") ? [path] : [];
  });
}
