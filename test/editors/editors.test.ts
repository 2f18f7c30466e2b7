import { spawn } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CheckedFinding, calendarFinding, checkedFindings } from "../checked-findings.ts";
import { removeFolder, temporaryFolder } from "../host/vscode-server.ts";
import { TestHost } from "../remote/test-host.ts";

interface Seen {
  readonly code: string;
  readonly line: number;
  readonly character: number;
  readonly message: string;
}

/** What the scripts print, one step a line. */
interface Step {
  readonly step: "diagnostics" | "fixed" | "completed" | "asked" | "host" | "stopped" | "failed";
  readonly reason?: string;
  readonly diagnostics?: readonly Seen[];
  readonly lines?: readonly string[];
  /** What the editor would write for each completion. */
  readonly words?: readonly string[];
  readonly message?: string;
  /** What a snippet of the documents printed. */
  readonly printed?: string;
}

const here = import.meta.dirname;
const editors: Record<string, string[]> = {
  Neovim: ["nvim", "--headless", "-u", "NONE", "-i", "NONE", "-n", "-c", `luafile ${join(here, "neovim.lua")}`],
  Emacs: ["emacs", "--batch", "-l", join(here, "emacs.el")],
};

/** What docs/editors.md says that Neovim runs for a host, with another host in it. */
function hostSnippet(destination: string): string {
  const blocks = readFileSync("docs/editors.md", "utf8").match(/```lua\n[^`]*```/g) ?? [];
  const [block, ...others] = blocks.filter((one) => one.includes("workspace/executeCommand"));
  if (block === undefined || others.length > 0 || !block.includes("root@web1"))
    throw new Error("docs/editors.md has another snippet.");
  return block.replace(/^```lua\n|```$/g, "").replace("root@web1", destination);
}

describe.each(Object.entries(editors))("%s", (name, [program, ...args]) => {
  const scratch = temporaryFolder(name.toLowerCase());
  const folder = join(scratch, "hetzner-vps");
  let target: ReturnType<typeof calendarFinding>;
  let expected: CheckedFinding[];
  let steps: Step[];
  let host: TestHost | undefined;

  beforeAll(async () => {
    cpSync(join(process.cwd(), "examples", "hetzner-vps"), folder, { recursive: true });
    target = calendarFinding(folder);
    expected = checkedFindings(folder).filter((finding) => finding.file === target.file);
    const task = {
      server: [process.execPath, join(process.cwd(), "dist", "cli.js"), "lsp", "--stdio"],
      folder,
      file: target.file,
      line: target.range.start.line,
      character: target.range.start.character,
      code: target.code,
      fix: target.fix.title,
      storeLine: lineOf(join(folder, target.file), "system.stateVersion"),
      store: '  environment.persistence."/persist".directories = [ "" ];',
      ...(name === "Neovim" ? await reachableHost() : {}),
    };
    steps = await runEditor(program as string, args, scratch, task);
  });
  afterAll(() => {
    host?.run("destroy");
    removeFolder(scratch);
  });

  /** A host over ssh, and what the task says of it. */
  async function reachableHost() {
    host = await TestHost.start();
    return { snippet: hostSnippet("josh@127.0.0.1"), sshConfigFile: host.configFile };
  }

  const step = (name: Step["step"]) => {
    const failure = steps.find(({ step }) => step === "failed");
    const found = steps.find(({ step }) => step === name);
    if (!found) throw new Error(`It did not get to "${name}": ${failure?.reason ?? JSON.stringify(steps)}`);
    return found;
  };

  it("shows what the command line finds in the file, at the same places", () => {
    expect(places(step("diagnostics").diagnostics)).toEqual(
      expected.map(({ code, range }) => `${range.start.line}:${range.start.character} ${code}`).sort(),
    );
  });

  it("applies a fix, which leaves what the command line's fix leaves", () => {
    const { lines, diagnostics } = step("fixed");
    expect(lines?.[target.range.start.line]).not.toContain('"6h"');
    // Emacs and Neovim never saved; the checker reads the text as the editor has it from the file.
    writeFileSync(join(folder, target.file), `${lines?.join("\n").trimEnd()}\n`);
    const left = checkedFindings(folder).filter((finding) => finding.file === target.file);
    expect(places(diagnostics)).toEqual(
      left.map(({ code, range }) => `${range.start.line}:${range.start.character} ${code}`).sort(),
    );
  });

  it("offers what the host would lose in a list of what is persisted", () => {
    const { words } = step("completed");
    expect(words).toEqual(expect.arrayContaining(["/var/lib/nixos", "/var/lib/postgresql"]));
  });

  if (name === "Neovim")
    it("asks a host over ssh as the documents say, after consent, with the data as JSON", () => {
      const asked = steps.filter(({ step }) => step === "asked").map(({ message }) => message);
      expect(asked).toEqual([
        expect.stringMatching(
          /run ssh on josh@127\.0\.0\.1\?\nThe script uses root there, if .*\nIt runs your own ssh/,
        ),
        expect.stringMatching(/run ssh on josh@127\.0\.0\.1\?\nssh connects to josh@127\.0\.0\.1, port \d+/),
      ]);
      const { printed } = step("host");
      expect(printed).toContain('host = "testhost"');
      expect(printed).toContain("atThisBoot");
    });

  it("ends the server in order", () => {
    expect(step("stopped")).toBeDefined();
  });
});

function lineOf(file: string, text: string): number {
  return readFileSync(file, "utf8")
    .split("\n")
    .findIndex((line) => line.includes(text));
}

function places(diagnostics: readonly Seen[] = []): string[] {
  return diagnostics.map(({ code, line, character }) => `${line}:${character} ${code}`).sort();
}

/** Runs an editor on a task and returns the steps it printed; an editor that does not end in time is killed. */
function runEditor(program: string, args: string[], home: string, task: object): Promise<Step[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      // A home of its own: nobody's configuration takes part.
      env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, CHECK_TASK: JSON.stringify(task) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    let errors = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors += text;
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), 50_000);
    child.once("error", reject);
    child.once("close", () => {
      clearTimeout(timer);
      const steps = output
        .split("\n")
        .filter((line) => line.startsWith("{"))
        .map((line) => JSON.parse(line) as Step);
      if (steps.length > 0) resolve(steps);
      else reject(new Error(`${program} said nothing: ${errors}`));
    });
  });
}
