// The host that test/vscode/run-suite.ts has started, and what a person does with it.
import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import * as vscode from "vscode";
import type { Shown } from "./dialogs.ts";

/** Undefined where the suite runs without a host, as it does in a downloaded VS Code. */
export const hostFolder = process.env.TEST_HOST_FOLDER;
export const JOSH = "josh@127.0.0.1";

/** Runs a command of ours. */
export const run = (command: string, ...args: unknown[]) =>
  vscode.commands.executeCommand(`impermanence.${command}`, ...args);

/** Approves of ssh. */
export const allow = ({ kind, buttons }: Shown) =>
  kind === "warning" ? buttons.find((one) => one === "Allow") : undefined;

/** Runs a command inside of the host. */
export function inside(...command: string[]): string {
  return hostScript("inside", ...command);
}

/** Runs a script with the toplevel of the host's filesystem as working folder. */
export function atTop(script: string): string {
  return hostScript("top", script);
}

function hostScript(verb: string, ...args: string[]): string {
  const program = join(__dirname, "..", "..", "..", "test", "remote", "host.sh");
  const done = spawnSync(program, [verb, hostFolder as string, ...args], { encoding: "utf8" });
  assert.equal(done.status, 0, done.stderr);
  return done.stdout;
}
