import type { Script } from "../../host/host.ts";
import { perItem } from "../../host/per-item.ts";
import { type ScriptCommand, type ScriptWord, scriptCommands } from "./script-commands.ts";

/** `btrfs subvolume ACTION OPTIONS… OPERANDS…`, and the same of bcachefs. */
export interface SubvolumeCommand {
  readonly command: ScriptCommand;
  readonly tool: "btrfs" | "bcachefs";
  readonly action: string;
  readonly actionWord: ScriptWord;
  readonly options: readonly string[];
  readonly operands: readonly ScriptWord[];
}

/** Reads a command as one on subvolumes; undefined for all others. The words may be shortened as btrfs allows. */
export function subvolumeCommand(command: ScriptCommand): SubvolumeCommand | undefined {
  const [, group, actionWord, ...rest] = command.words;
  const tool = command.program;
  if ((tool !== "btrfs" && tool !== "bcachefs") || !actionWord || !/^su(b(v(ol(ume)?)?)?)?$/.test(group?.text ?? "")) {
    return undefined;
  }
  const action = ["create", "delete", "list", "show", "snapshot"].find((name) => name.startsWith(actionWord.text));
  return {
    command,
    tool,
    action: action ?? actionWord.text,
    actionWord,
    options: rest.filter(({ text }) => text.startsWith("-")).map(({ text }) => text),
    operands: rest.filter(({ text }) => !text.startsWith("-")),
  };
}

/** The scripts of a list that have such a command; most have none. */
export const subvolumeScripts = perItem((script: Script): readonly Script[] =>
  scriptCommands(script).some((command) => subvolumeCommand(command) !== undefined) ? [script] : [],
);
