import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const page = readFileSync("docs/security.md", "utf8");

/** Where each number of the table of limits stands in the code. */
const LIMITS: readonly (readonly [file: string, constant: string, row: RegExp])[] = [
  ["server/src/workspace/find-nix-files.ts", "MAX_FILES", /([\d,]+) Nix files/],
  ["server/src/workspace/find-nix-files.ts", "MAX_ENTRIES", /([\d,]+) entries,/],
  ["server/src/workspace/find-nix-files.ts", "MAX_DEPTH", /([\d,]+) levels \| the rest is not looked at/],
  ["server/src/workspace/disk-files.ts", "MAX_ENTRIES", /entries of a folder, as Nix sees it \| ([\d,]+)/],
  ["server/src/syntax/lower.ts", "maxDepth", /nesting of an expression \| ([\d,]+)/],
  ["server/src/eval/budget.ts", "DEFAULT_FUEL", /steps of one evaluation \| (\d+ million)/],
  ["server/src/eval/budget.ts", "DEFAULT_MAX_DEPTH", /depth of evaluation \| ([\d,]+)/],
  ["server/src/eval/builtins/limits.ts", "MAX_ELEMENTS", /a list or set that is made \| (\d+ million)/],
  ["server/src/modules/load-modules.ts", "MAX_MODULES", /modules of a host \| ([\d,]+)/],
  ["server/src/lsp/supervisor.ts", "PATIENCE", /seconds of computing without an end in an editor \| ([\d,]+)/],
  ["server/src/cli/main.ts", "PATIENCE", /seconds of computing for one host on the command line \| ([\d,]+)/],
  ["server/src/cli/main.ts", "heapLimit", /memory of an evaluation \| ([\d,]+)/],
  ["server/src/lsp/evaluating-thread.ts", "heapLimit", /memory of an evaluation \| ([\d,]+)/],
];

describe("the limits in docs/security.md", () => {
  it.each(LIMITS)("%s %s", (file, constant, row) => {
    const code = new RegExp(`\\b${constant}(?: =|:) ([\\d_]+)[;,]`).exec(readFileSync(file, "utf8"))?.[1];
    const documented = row.exec(page)?.[1]?.replaceAll(",", "").replace(" million", "000000");
    expect(documented).toBe(code?.replaceAll("_", ""));
  });
});

describe("what ships", () => {
  const files = ["server/src", "client/src"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts") && !name.startsWith("testing"))
      .map((name) => `${folder}/${name}`),
  );
  const using = (pattern: RegExp) => files.filter((file) => pattern.test(readFileSync(file, "utf8")));

  it("starts no program but ssh, in one place, and opens no connection", () => {
    expect(files.length).toBeGreaterThan(200);
    expect(using(/from "(?:node:)?(?:child_process|cluster|net|tls|http2?|https|dgram|dns)/)).toEqual([
      "server/src/remote/askpass.ts",
      "server/src/remote/run-ssh.ts",
    ]);
    // A socket in a private folder, on which ssh's questions come.
    const imported = /import \{ (.*) \} from "node:net"/.exec(readFileSync("server/src/remote/askpass.ts", "utf8"));
    expect(imported?.[1]).toBe("createServer, type Server, type Socket");
    const caller = readFileSync("server/src/remote/run-ssh.ts", "utf8");
    expect([...caller.matchAll(/\bspawn\(([^,]+),/g)].map(([, what]) => what)).toEqual(['"ssh"']);
    const importers = using(
      /^import (?!type )[^;]*?from "[^"]*server\/src\/remote\/|^import (?!type )[^;]*?from "(?:\.\.\/)+remote\//m,
    );
    expect(importers.filter((file) => !/^(?:server\/src\/(?:cli|lsp|remote)|client\/src)\//.test(file))).toEqual([]);
    const client = using(/^import (?!type )[^;]*?from "[^"]*server\/src\/remote\//m).filter((file) =>
      file.startsWith("client/"),
    );
    expect(client).toEqual([]);
    expect(using(/\bfetch\(|XMLHttpRequest|WebSocket|createTerminal|\bnew Function\(|\beval\(/)).toEqual([]);
  });

  it("runs in threads no code but its own", () => {
    const starters = using(/worker_threads|\bWorker\(/);
    const starting = starters.filter((file) => /\bWorker\(/.test(readFileSync(file, "utf8")));
    expect(starting.sort()).toEqual(["server/src/cli/main.ts", "server/src/lsp/evaluating-thread.ts"]);
    for (const file of starting) expect(readFileSync(file, "utf8")).not.toMatch(/eval: true/);
  });

  it("reads of the environment what the page names, on the command line only", () => {
    const readers = using(/process\.env/);
    const outside = readers.filter((file) => !file.startsWith("server/src/cli/"));
    // It hands the environment to ssh, which needs the agent and the home folder.
    expect(outside).toEqual(["server/src/remote/run-ssh.ts"]);
    const names = readers.flatMap((file) => {
      const text = readFileSync(file, "utf8");
      const single = [...text.matchAll(/process\.env\.(\w+)/g)].map(([, name]) => name as string);
      const several = [...text.matchAll(/\{ ([\w, ]+) \} = process\.env/g)].flatMap(([, list = ""]) =>
        list.split(", "),
      );
      return [...single, ...several];
    });
    for (const name of names) expect(page).toContain(`\`${name}\``);
    expect(names.length).toBeGreaterThan(3);
  });

  it("has no setting that names a program, an argument or a host", () => {
    const manifest = JSON.parse(readFileSync("package.json", "utf8")) as {
      contributes: { configuration: { properties: object }[] };
    };
    const settings = manifest.contributes.configuration.flatMap(({ properties }) => Object.keys(properties));
    expect(settings.filter((name) => /path|command|arg|exec|host/i.test(name))).toEqual([]);
  });
});
