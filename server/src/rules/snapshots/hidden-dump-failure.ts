import type { Script, Unit } from "../../host/host.ts";
import { perItem } from "../../host/per-item.ts";
import { isNamed, readBoolean } from "../../host/read-values.ts";
import { commandsOf } from "../../host/script-commands.ts";
import type { CommandUse } from "../../shell/sh-commands.ts";
import { defineRule, type Report } from "../rule.ts";

/** A dump goes through a pipe, and the shell looks only at what is at its end. */
export const hiddenDumpFailure = defineRule({
  code: "IMP655",
  name: "hidden-dump-failure",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    for (const found of hiddenFailures(host.units)) report(found);
  },
});

/** Programs that write what is to be kept to their output. */
const SOURCES =
  /^(pg_dump|pg_dumpall|pg_basebackup|mysqldump|mariadb-dump|mongodump|sqlite3|slapcat|ldapsearch|zfs|btrfs)$/;
/** Programs that take whatever comes, and end well. */
const SINKS =
  /^(gzip|pigz|zstd|xz|bzip2|lz4|zstdmt|cat|tee|gpg|gpg2|age|openssl|restic|borg|rclone|aws|mbuffer|pv|dd)$/;

const hiddenFailures = perItem((unit: Unit): readonly Report[] => {
  if (unit.stage !== "system" || unit.certain.answer !== "yes") return [];
  // NixOS then writes the script with `set -o pipefail`.
  const strict = isNamed(unit.node, "enableStrictShellChecks")
    ? readBoolean(unit.node.child("enableStrictShellChecks"))
    : undefined;
  if (strict && (!strict.known || strict.value)) return [];
  return unit.scripts.flatMap((script) => lookAt(unit, script));
});

function lookAt(unit: Unit, script: Script): readonly Report[] {
  const { text } = script;
  // `writeShellApplication` sets it as well; who looks at the parts or at the file thought of it.
  // Then the output cannot be opened at all, and that fails.
  if (/>\s*["']?(STATE|CACHE|RUNTIME|LOGS)_DIRECTORY\//.test(text)) return [];
  if (script.ownPath || !text.includes("|") || /pipefail|PIPESTATUS/.test(text)) return [];
  if (/(^|[\s[(])(-s|test|zstd\s+-t|gzip\s+-t|gunzip\s+-t|pg_restore|wc|grep|tail)\s/m.test(text)) return [];
  const { all } = commandsOf(script);
  return all.flatMap((use, index): Report[] => {
    if (!isSource(use) || !isFirst(use)) return [];
    const end = all.slice(index + 1).find((one) => isLast(one, use));
    const name = end?.name;
    if (!end || name === undefined || !SINKS.test(name)) return [];
    const { nameWord = use.command.words[0] } = use;
    return [
      {
        at: (nameWord && script.placeOf(nameWord.start, nameWord.end)) ?? script.place,
        message: `When \`${use.name}\` fails, \`${unit.name}\` does not notice: of a pipe the shell looks only at the last command, and \`${name}\` ends well with half a dump, or with none. What is written passes for a good dump, and the unit reports success.`,
        help: 'Begin the script with "set -o pipefail".',
      },
    ];
  });
}

function isSource({ name, args }: CommandUse): boolean {
  if (name === undefined || !SOURCES.test(name)) return false;
  if (name === "zfs" || name === "btrfs") return args[0]?.literal === "send";
  return name !== "sqlite3" || args.some((word) => word.literal?.startsWith(".dump") === true);
}

type Pipe = Extract<CommandUse["within"][number], { kind: "pipeline" }>;

function pipeOf({ within }: CommandUse): Pipe | undefined {
  return within.findLast((one) => one.kind === "pipeline");
}

function isFirst(use: CommandUse): boolean {
  const pipe = pipeOf(use);
  return pipe !== undefined && pipe.index === 0 && !use.hidden.includes("condition") && use.hidden.length === 0;
}

function isLast(use: CommandUse, first: CommandUse): boolean {
  const [pipe, own] = [pipeOf(use), pipeOf(first)];
  if (!pipe || !own || pipe.length !== own.length || pipe.index !== pipe.length - 1) return false;
  return use.within.length === first.within.length;
}
