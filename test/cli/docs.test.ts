import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { folderWith, runCli } from "./run-cli.ts";

const page = resolve("docs/cli.md");

/** Every `console` block of the page: a command, then what it prints. `UPDATE=1` writes what it prints now. */
it("docs/cli.md shows what the commands print", () => {
  const text = readFileSync(page, "utf8");
  const example = /```nix\n([\s\S]*?)```/.exec(text)?.[1] ?? "";
  let blocks = 0;
  const shown = text.replace(/```console\n\$ nix-impermanence (.*)\n[\s\S]*?```/g, (_, command: string) => {
    blocks++;
    const cwd = join(folderWith({ "laptop/configuration.nix": example }), "laptop");
    const { code, stdout, stderr } = runCli(command.split(" "), { cwd });
    // Node itself ends with 1, too, when there is no program to run.
    if (code === 2 || stdout === "") throw new Error(`${command} failed:\n${stderr}`);
    return `\`\`\`console\n$ nix-impermanence ${command}\n${stdout}${stderr}\`\`\``;
  });
  if (process.env.UPDATE) writeFileSync(page, shown);
  else expect(text).toBe(shown);
  expect(blocks).toBeGreaterThan(4);
});

it("docs/cli.md names every command and option", () => {
  const text = readFileSync(page, "utf8");
  const help = (...args: string[]) => runCli([...args, "--help"]).stdout;
  const commands = [...help().matchAll(/^ {2}([a-z]+)(?: \[| <)/gm)].map(([, name]) => name as string);
  expect(commands).toEqual(expect.arrayContaining(["check", "hosts", "facts", "explain", "rules", "schema", "lsp"]));
  for (const command of commands.filter((name) => name !== "help")) {
    expect(text).toContain(`## ${command}\n`);
    for (const [, option] of help(command).matchAll(/^ {2}(--[a-z]+)/gm)) expect(text).toContain(option as string);
  }
});

it("docs/remote.md names every remote command and option", () => {
  const text = readFileSync(resolve("docs/remote.md"), "utf8");
  const help = (...args: string[]) => runCli(["remote", ...args, "--help"]).stdout;
  const commands = [...help().matchAll(/^ {2}([a-z]+) \[options\]/gm)].map(([, name]) => name as string);
  expect(commands).toEqual(expect.arrayContaining(["status", "list"]));
  for (const command of commands.filter((name) => name !== "help")) {
    expect(text).toContain(`## ${command}\n`);
    for (const [, option] of help(command).matchAll(/^ {2}(--[a-z-]+)/gm)) expect(text).toContain(option as string);
  }
});
