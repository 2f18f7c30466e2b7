import type { Place } from "../../eval/origin.ts";

/** An option of restic with its value, without the dashes. */
export interface ResticFlag {
  readonly flag: string;
  readonly value: string;
  readonly place: Place | undefined;
}

/** The long options of `pruneOpts` that have a value, which may be an element of the list of its own; `-H` is `--host`. */
export function resticFlags(
  texts: readonly { readonly text: string; readonly place: Place | undefined }[],
): ResticFlag[] {
  const words = texts.flatMap(({ text, place }) =>
    text.split(/\s+/).flatMap((word) => (word === "" ? [] : [{ word: word.replace(/^-H$/, "--host"), place }])),
  );
  return words.flatMap(({ word, place }, index): ResticFlag[] => {
    const [, flag, own] = /^--([a-z-]+)(?:=(.*))?$/.exec(word) ?? [];
    const value = own ?? words[index + 1]?.word;
    return flag && value !== undefined ? [{ flag, value: value.replace(/^(["'])(.*)\1$/, "$2"), place }] : [];
  });
}
