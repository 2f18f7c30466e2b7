import type { Script } from "../../host/host.ts";
import { commandsOf } from "../../host/script-commands.ts";
import type { Word } from "../../shell/sh-ast.ts";
import { resolveWord } from "../../shell/sh-values.ts";

/** How often a name that a script makes is a new one. */
export type Newness = "always" | "each-day" | "never" | "unknown";

/** Parts of a format of date(1) that change within a day. */
const WITHIN_A_DAY = /%[-_0^#]?[HIklMSsTRrcNXpPZz+]/;
const DAY = /%[-_0^#]?[FDxdejaAuwUVWG]/;

/** How often a word of a script, such as the place where a root is moved, has another value. */
export function newnessOf(script: Script, word: Word): Newness {
  const { storage, scope } = commandsOf(script);
  const { pieces, value } = resolveWord(word, scope);
  if (value !== undefined) return "never";
  let isNew: Newness = "never";
  for (const piece of pieces) {
    if ("text" in piece) continue;
    const list = piece.command;
    const dates = list
      ? storage.filter(({ kind, start, end }) => kind === "date" && start >= list.start && end <= list.end)
      : [];
    const [date] = dates;
    if (dates.length !== 1 || date?.kind !== "date") return "unknown";
    if (!date.format) return "always";
    const format = resolveWord(date.format, scope).value;
    if (format === undefined) return "unknown";
    if (WITHIN_A_DAY.test(format)) return "always";
    if (!DAY.test(format)) return "unknown";
    isNew = "each-day";
  }
  return isNew;
}

/** The formats of date(1) by which a word of a script gets the time; undefined where one of them is not known. */
export function dateFormatsOf(script: Script, word: Word): readonly string[] | undefined {
  const { storage, scope } = commandsOf(script);
  const formats = resolveWord(word, scope).pieces.flatMap((piece) => {
    const list = "text" in piece ? undefined : piece.command;
    if (!list) return [];
    return storage.flatMap((one) => {
      if (one.kind !== "date" || one.start < list.start || one.end > list.end) return [];
      return [one.format && resolveWord(one.format, scope).value];
    });
  });
  return formats.includes(undefined) ? undefined : formats.filter((format) => format !== undefined);
}
