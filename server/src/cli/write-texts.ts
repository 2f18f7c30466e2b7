import type { ChangedText } from "./fixed-texts.ts";
import { replaceFile, whyNotReplaceable } from "./replace-file.ts";
import { UsageError } from "./usage-error.ts";

/**
 * Writes changed files, each whole. Before the first is written all are looked at once more.
 *
 * @throws UsageError when one changed since it was read or cannot be written; then none is changed, unless the disk fails
 */
export function writeTexts(texts: ReadonlyMap<string, ChangedText>): void {
  for (const [file, { before }] of texts) {
    const why = whyNotReplaceable(file, before);
    if (why !== undefined) throw new UsageError(`\`${file}\` cannot be fixed: ${why}; nothing was written`);
  }
  for (const [file, { after }] of texts) replaceFile(file, after);
}
