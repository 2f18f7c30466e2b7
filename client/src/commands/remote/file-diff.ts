import * as vscode from "vscode";
import type { Shown } from "../../../../server/src/remote/show/show.ts";
import type { ShownDiff } from "../../remote/diff-view.ts";
import { type FileSide, type FileSides, sidesOf, sideText, titleOf } from "../../remote/file-sides.ts";
import { type AskHost, errorCode } from "../../remote/remote-calls.ts";
import { isSecretByContent, isSecretByName } from "../../remote/secret-files.ts";
import { shownBytes, shownName } from "../../remote/shown.ts";
import type { Command, CommandContext } from "../command.ts";
import { isDiffNode } from "./target.ts";

/** Bytes that a file may have to be read when the user wants it all the same. */
const MOST_READ = 32 * 1024 * 1024;
const SHOW = "Show It";
const READ = "Read It";

/** Compares what a file of a host was with what it is, in a diff editor. Nothing of it is written to a disk. */
export const openFileDiff: Command = async (context, given) => {
  const { diff, files } = context.remote;
  const { shown } = diff;
  const node = isDiffNode(given) ? given : diff.oneSelected;
  if (!shown || node?.kind !== "row") return;
  const sides = sidesOf(shown.diff, node.row);
  if ("why" in sides) {
    void vscode.window.showInformationMessage(sides.why);
    return;
  }
  const key = JSON.stringify([shown.argument, sides.before, sides.after]);
  if (await files.showKept(key)) return;
  const byName = isSecretByName(node.row.path);
  if (byName && !(await mayShow(shown, sides))) return;
  await readAndShow(context, shown, sides, { key, byName, mode: node.row.change === "metadata" });
};

async function readAndShow(
  { remote }: CommandContext,
  shown: ShownDiff,
  sides: FileSides,
  { key, byName, mode }: { readonly key: string; readonly byName: boolean; readonly mode: boolean },
): Promise<void> {
  const title = `Reading ${shownName(sides.after.path)} of ${shown.host.name}`;
  const read = (limit?: number) =>
    remote.calls.steps(title, async (ask) => {
      const before = sides.before && (await readSide(ask, shown, sides.before, limit));
      const after = await readSide(ask, shown, sides.after, limit);
      const failed = [before, after].filter((one): one is Failed => one !== undefined && "error" in one);
      // One side in words is worth showing; two are an error.
      if (failed[0] && failed.length === (before ? 2 : 1)) throw failed[0].error;
      return { before, after };
    });
  let found = await read();
  if (!found) return;
  const size = Math.max(...[found.before, found.after].map((one) => (one && "tooLarge" in one ? (one.size ?? 0) : 0)));
  if (size > 0 && size <= MOST_READ && (await wantsAll(sides, size))) found = await read(size);
  if (!found) return;
  const [before, after] = [textOf(found.before), textOf(found.after)];
  const secret = byName || isSecretByContent(before) || isSecretByContent(after);
  if (secret && !byName && !(await mayShow(shown, sides))) return;
  const { beforeLabel } = sides;
  await remote.files.show(key, {
    ...{ host: shown.host.name, title: titleOf(sides, shown.host.name), secret },
    before: { label: beforeLabel, path: (sides.before ?? sides.after).path, text: before },
    after: { label: sides.after.label, path: sides.after.path, text: after },
  });
  if (sides.before && before === after) {
    const what = mode ? "What changed is its owner, mode or attributes." : "It may have changed back since the diff.";
    void vscode.window.showInformationMessage(`The content of ${shownName(sides.after.path)} is the same. ${what}`);
  }
}

interface Failed {
  readonly error: unknown;
}

/** What the host cannot show on one side is said there. Everything else ends the command. */
async function readSide(
  ask: AskHost,
  { argument }: ShownDiff,
  { snapshot, path, pathBytes }: FileSide,
  limit: number | undefined,
): Promise<Shown | Failed> {
  const options = {
    ...{ snapshot, path },
    ...(pathBytes === undefined ? {} : { pathBytes }),
    ...(limit === undefined ? {} : { limit }),
  };
  try {
    return await ask<Shown>("show", { ...argument, ...options });
  } catch (error) {
    if (["ECANNOT", "ENOTFOUND"].includes(errorCode(error) as string)) return { error };
    throw error;
  }
}

function textOf(found: Shown | Failed | undefined): string {
  if (!found) return "";
  if (!("error" in found)) return sideText(found);
  return `It cannot be shown: ${shownName(found.error instanceof Error ? found.error.message : String(found.error))}\n`;
}

/** A secret on the screen is a decision of its own. */
async function mayShow({ host }: ShownDiff, { after }: FileSides): Promise<boolean> {
  const detail = `It is read from ${host.name} over ssh, kept in memory only, and forgotten when its editor is closed. Other extensions can read what editors show.`;
  const question = `${shownName(after.path)} may hold a secret. Show its content?`;
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, SHOW)) === SHOW;
}

async function wantsAll({ after }: FileSides, size: number): Promise<boolean> {
  const detail = "All of it is read over ssh, and kept in memory. Otherwise only its size is shown.";
  const question = `${shownName(after.path)} has ${shownBytes(size)}. Read it all the same?`;
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, READ)) === READ;
}
