import type { Host, Rollback } from "../../host/host.ts";
import { commandsOf } from "../../host/script-commands.ts";
import type { StorageCommand } from "../../shell/btrfs-commands.ts";
import type { Word } from "../../shell/sh-ast.ts";
import { resolveWord } from "../../shell/sh-values.ts";
import { newnessOf } from "../reading/date-names.ts";
import { defineRule } from "../rule.ts";

/** Old roots that are put aside under a name which the root of an earlier boot has already. */
export const collidingOldRoots = defineRule({
  code: "IMP522",
  name: "colliding-old-roots",
  group: "rollback",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    for (const rollback of host.rollbacks) {
      if (rollback.technique !== "btrfs" || rollback.runs.answer === "no" || rollback.wipesRoot.answer === "no")
        continue;
      const { script } = rollback;
      for (const aside of asideOf(rollback)) {
        const newness = newnessOf(script, aside.into);
        if (newness === "always" || newness === "unknown" || mayBeFree(host, rollback, aside)) continue;
        const again = newness === "never" ? "the second boot" : "the second boot of a day";
        const third = newness === "never" ? "The third" : "The third of that day";
        report({
          at: script.placeOf(aside.into.start, aside.into.end) ?? rollback.place,
          message:
            aside.kind === "move"
              ? `${newness === "never" ? "The name is the same at every boot" : "The name only has the day"}, and \`mv\` puts what it moves inside of a directory that is there already: ${again} nests the old root in the one before. ${third} finds that place taken as well: \`mv\` fails (“Directory not empty”), and the root is not emptied.`
              : `${newness === "never" ? "The name is the same at every boot" : "The name only has the day"}, and btrfs puts a snapshot inside of a subvolume that is there already: ${again} nests it in the one before, or fails when that is read-only.`,
          help: 'Take the time into the name, too: $(date "+%Y-%m-%d_%H:%M:%S").',
        });
      }
    }
  },
});

interface Aside {
  readonly kind: "move" | "snapshot";
  readonly into: Word;
}

/** Where the script puts the root before it is made anew. */
function asideOf({ script, wipes }: Rollback): Aside[] {
  const { storage, scope } = commandsOf(script);
  const isRoot = (word: Word) => {
    const { value } = resolveWord(word, scope);
    return value !== undefined && wipes.some((name) => value === name || value.endsWith(`/${name}`));
  };
  return storage.flatMap((command): Aside[] => {
    if (command.kind === "move" && command.sources.some(isRoot)) return [{ kind: "move", into: command.destination }];
    if (command.kind === "subvolume-snapshot" && isRoot(command.source))
      return [{ kind: "snapshot", into: command.destination }];
    return [];
  });
}

/** Whether the script, or another one, looks whether the place is free, or makes it so. */
function mayBeFree(host: Host, { script }: Rollback, { into, kind }: Aside): boolean {
  const { storage, scope } = commandsOf(script);
  const { key, prefix, value } = resolveWord(into, scope);
  const written = script.text.slice(into.start, into.end).replace(/^["']|["']$/g, "");
  if (/\bwhile\b|\buntil\b|RANDOM|uuid|mktemp|boot_id/.test(script.text)) return true;
  // A name that is tested: `[ -e "$old" ]`.
  const tests = [...script.text.matchAll(/(?:\s-[edf]\s+)(["']?)([^"'\s;\]]+)\1/g)].map((match) => match[2]);
  if (tests.some((tested) => tested === written)) return true;
  if (value !== undefined) {
    // A fixed name is free when something removes, or moves, what is there; a slash at its end names a directory.
    const removes = storage.filter(
      (command): command is StorageCommand & { kind: "subvolume-delete" | "move" } =>
        command.kind === "subvolume-delete" || command.kind === "move",
    );
    const taken = removes.some((command) => {
      const words = command.kind === "move" ? command.sources : command.targets;
      return words.some((word) => {
        const other = resolveWord(word, scope);
        return (
          other.key === undefined || other.key === key || other.value === undefined || other.value.startsWith(value)
        );
      });
    });
    return taken || kind === "snapshot" || /\brm\b|-exec|xargs/.test(script.text) || value.endsWith("/");
  }
  const folder = prefix.slice(0, prefix.lastIndexOf("/"));
  return folder === "" || host.scripts.some((other) => other !== script && other.text.includes(folder));
}
