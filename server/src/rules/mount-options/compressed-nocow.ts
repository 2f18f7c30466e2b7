import type { Place } from "../../eval/origin.ts";
import { HOLE } from "../../eval/value.ts";
import type { Host, Script } from "../../host/host.ts";
import { normalise } from "../../host/paths.ts";
import { commandsOf } from "../../host/script-commands.ts";
import { nocowMarks } from "../reading/nocow.ts";
import { type ScriptCommand, scriptCommands } from "../reading/script-commands.ts";
import { tmpfilesRules } from "../reading/tmpfiles.ts";
import { defineRule } from "../rule.ts";

/** btrfs refuses whichever of the two comes second. */
export const compressedNocow = defineRule({
  code: "IMP117",
  name: "compressed-nocow",
  group: "mount-options",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const nocow = [...nocowMarks(host), ...marksOfScripts(host, isNocow)];
    if (nocow.length === 0) return;
    for (const compressed of [...compressedByTmpfiles(host), ...marksOfScripts(host, isCompressed)]) {
      const { path, place } = compressed;
      const other = nocow.find((mark) => mark.path === path && !areAlternatives(mark, compressed));
      if (!other) continue;
      report({
        at: place,
        message: `\`${path}\` is marked NOCOW, and is to be compressed as well. btrfs compresses only what it copies on write and refuses whichever comes second with "Invalid argument": the directory ends up NOCOW or compressed, never both.`,
        help: "Choose one: NOCOW for a database that is rewritten in place, compression for the rest.",
        related: [{ place: other.place, message: "marked NOCOW here" }],
      });
    }
  },
});

interface Mark {
  readonly path: string;
  readonly place: Place | undefined;
  /** The script that does it only sometimes. */
  readonly sometimesIn?: Script | undefined;
}

/** Whether they may be branches of one script. */
function areAlternatives(one: Mark, other: Mark): boolean {
  return one.sometimesIn !== undefined && one.sometimesIn === other.sometimesIn;
}

/** Rules `h PATH … +c` of tmpfiles, in lower case. */
function compressedByTmpfiles(host: Host): Mark[] {
  return tmpfilesRules(host).flatMap(({ type, path, argument, place }) =>
    /^[hH]/.test(type) && /^[+=]?\w*c/.test(argument ?? "") ? [{ path, place }] : [],
  );
}

/** Paths that commands of scripts mark, where the whole path is known. */
function marksOfScripts(host: Host, marks: (command: ScriptCommand) => boolean): Mark[] {
  return host.scripts
    .filter(({ text }) => /chattr|property/.test(text))
    .flatMap((script) => scriptCommands(script).filter(marks))
    .flatMap(({ script, words, start, end }) => {
      const { all } = commandsOf(script);
      const isSometimes = all.some(
        ({ command, conditional }) => conditional && command.start <= start && end <= command.end,
      );
      const sometimesIn = isSometimes ? script : undefined;
      const place = script.placeOf(start, end) ?? script.place;
      return words
        .filter(({ text }) => /^\/[^*?[\]]*$/.test(text) && !text.includes(HOLE))
        .map(({ text }) => ({ path: normalise(text), place, sometimesIn }));
    });
}

/** `chattr +C PATH…`, see chattr(1). */
function isNocow({ program, words }: ScriptCommand): boolean {
  return program === "chattr" && words.some(({ text }) => /^[+=]\w*C/.test(text));
}

/** `chattr +c PATH…`, or `btrfs property set PATH compression ALGORITHM`, see btrfs-property(8). */
function isCompressed({ program, words }: ScriptCommand): boolean {
  if (program === "chattr") return words.some(({ text }) => /^[+=]\w*c/.test(text));
  if (program !== "btrfs") return false;
  const at = words.findIndex(({ text }) => text === "compression");
  const isSet = words.some(({ text }) => text === "property") && words.some(({ text }) => text === "set");
  return isSet && at >= 0 && /^(zstd|zlib|lzo)\b/.test(words[at + 1]?.text ?? "");
}
