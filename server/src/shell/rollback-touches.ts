import type { StorageCommand } from "./btrfs-commands.ts";
import { PathReader, type TopPath } from "./rollback-paths.ts";
import type { Word } from "./sh-ast.ts";
import type { CommandUse } from "./sh-commands.ts";
import type { Scope } from "./sh-values.ts";

/**
 * Those of a script's commands that may delete, make or move the subvolume with a name, seen from the top level of its
 * filesystem. Without a name, all that delete, make or move any.
 */
export function commandsThatMayTouch(
  subvolume: string | undefined,
  storage: readonly StorageCommand[],
  uses: readonly CommandUse[],
  scope: Scope,
): StorageCommand[] {
  const directories = uses.flatMap(({ name, args, command }) =>
    name === "cd" && args[0] ? [{ at: command.start, word: args[0] }] : [],
  );
  const paths = new PathReader(storage, scope, directories);
  return storage.filter((command) => {
    const words = touched(command);
    if (words.length === 0) return false;
    // `xargs` and `find -exec` fill in what cannot be seen.
    if (subvolume === undefined || command.use.moreArgs || command.words[0]?.start !== command.use.nameWord?.start)
      return true;
    return words.some((word) => paths.paths(word).some((path) => mayBe(path, subvolume)));
  });
}

function touched(command: StorageCommand): readonly Word[] {
  switch (command.kind) {
    case "subvolume-delete":
    case "subvolume-create":
      return command.targets;
    case "subvolume-snapshot":
      return [command.destination];
    default:
      return [];
  }
}

/** Whether a path may be the subvolume, or a directory around it. */
function mayBe({ key, name, mount }: TopPath, subvolume: string): boolean {
  if (!mount || key === "") return true;
  if (name !== undefined) return name === subvolume || subvolume.startsWith(`${name}/`);
  return subvolume.startsWith(key.slice(0, key.indexOf("\u0001")));
}
