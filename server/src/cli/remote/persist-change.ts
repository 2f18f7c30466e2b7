import type { FixPlan } from "../../edits/fix-plan.ts";
import type { PersistedEntry } from "../../edits/persistence-edit.ts";
import { applyEdits } from "../../edits/text-edit.ts";
import type { Host } from "../../host/host.ts";
import { persistPlan } from "../../remote/persist/persist-plan.ts";
import type { PersistChange } from "../../remote/remote-command.ts";
import { unifiedDiff } from "../../report/unified-diff.ts";
import { type OpenedWorkspace, relativePath } from "../open-workspace.ts";
import { whyNotReplaceable } from "../replace-file.ts";
import { writeTexts } from "../write-texts.ts";

/**
 * Shows how entries are persisted, and with `write` changes the files.
 *
 * @throws UsageError when a file cannot be written
 */
export function persistChange(
  host: Host,
  { workspace, locations }: OpenedWorkspace,
  entries: readonly PersistedEntry[],
  write: boolean,
): PersistChange | { readonly why: string } {
  const planned = persistPlan({ host, program: (file) => workspace.find(file) }, entries);
  if ("why" in planned) return planned;
  const texts = textsOf(planned.plan, locations().text.bind(locations()));
  for (const [file, { before }] of texts) {
    const why = whyNotReplaceable(file, before);
    if (why !== undefined) return { why: `${relativePath(file)}: ${why}` };
  }
  if (write) writeTexts(texts);
  const { title, note } = planned.plan;
  const patch = unifiedDiff([...texts].map(([file, text]) => ({ path: relativePath(file), ...text })));
  return { title, store: planned.store, patch, ...(note === undefined ? {} : { note }) };
}

function textsOf({ edits }: FixPlan, text: (file: string) => string) {
  return new Map(
    [...edits].map(([file, own]) => {
      const before = text(file);
      return [file, { before, after: applyEdits(before, own) }] as const;
    }),
  );
}
