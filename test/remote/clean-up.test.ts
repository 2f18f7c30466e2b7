import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { scriptInput } from "../../server/src/remote/script-input.ts";
import lock from "../../server/src/remote/scripts/lock.sh";
import { folderWith } from "../cli/run-cli.ts";

// sudo hands a signal on to the script that the whole group of processes got before: the second one comes while the EXIT
// trap begins. Here the trap sends it itself, so that it comes at that moment each time.
const AGAIN = `imp_file=$1; trap 'kill -TERM "$$"; : >"$imp_file"; kill -KILL "$imp_watch"' EXIT`;

it.each(
  ["dash", "bash"].flatMap((shell) => [
    [shell, "is cancelled", 'kill -TERM "$$"'],
    [shell, "refuses", "refuse busy text"],
    [shell, "ends", ":"],
  ]),
)("%s: what a script cleans up when it %s is done although a signal comes twice", async (shell, _when, last) => {
  const file = join(folderWith({}), "cleaned");
  const script = spawn(shell, ["-s", "shared"], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  script.stdin.write(scriptInput({ scripts: [lock, AGAIN, last] }, [file], "n"));
  const [status] = await once(script, "exit");
  script.stdin.destroy();
  expect([existsSync(file), status]).toEqual([true, last.startsWith("kill") ? 143 : 0]);
});
