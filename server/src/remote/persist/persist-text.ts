import { printable, printableLine } from "../../report/printable.ts";
import type { Persisted } from "./persist.ts";

/** The answer of `persist` for people. */
export function persistText({
  written,
  title,
  note,
  entries,
  parents,
  already,
  refused,
  patch,
  commands,
}: Persisted): string {
  const line = (text: string) => `${printableLine(text)}\n`;
  const parts = [
    ...refused.map(({ path, why }) => line(`${path} is left out: ${why}.`)),
    ...already.map(({ path, by }) => line(`${path} is kept already: ${by}.`)),
    ...parents.map(({ path, instead }) => line(`${path} is taken in place of ${instead.join(", ")}.`)),
  ];
  if (entries.length === 0) return [...parts, "There is nothing to write.\n"].join("");
  return [
    ...parts,
    ...(title === undefined ? [] : [line(`${written ? "Written" : "To be written (--write does it)"}: ${title}`)]),
    ...(patch === undefined ? [] : ["\n", printable(patch), "\n"]),
    ...(note === undefined ? [] : [line(`note: ${note}`)]),
    line(
      "The entry alone would hide what is there today. As root on the host, before the switch, with what writes there stopped:",
    ),
    // A newline in a name would look like the end of a command; in quotes it is none, but a person may copy a part.
    ...commands.map((command) => line(`  ${command}`)),
  ].join("");
}
