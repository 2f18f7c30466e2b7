import type { FixPlan } from "../../edits/fix-plan.ts";
import type { EditContext } from "../../edits/option-edit.ts";
import type { PersistedEntry } from "../../edits/persistence-edit.ts";
import { persistenceHome, persistFix } from "../../rules/reading/persist-fix.ts";
import { replacedSystemFile } from "../../rules/reading/replaced-files.ts";

/** The change of the configuration that persists entries, with the store that takes them; or why there is none. */
export function persistPlan(
  context: EditContext,
  entries: readonly PersistedEntry[],
): { readonly plan: FixPlan; readonly store: string } | { readonly why: string } {
  const store = persistenceHome(context.host);
  if (store === undefined)
    return {
      why: "it has no store that is certainly on, and no filesystem that is made for one (/persist, for example)",
    };
  const replaced = entries.find(({ kind, path }) => kind === "file" && replacedSystemFile(path));
  const instead = replaced && replacedSystemFile(replaced.path);
  if (replaced && instead)
    return {
      why: `${instead.who} replaces ${replaced.path} by a new file, which fails where it is persisted by itself. ${instead.instead}`,
    };
  const [plan] = persistFix(context, entries);
  return plan ? { plan, store } : { why: "its list of persisted paths is computed, so no line can be added by itself" };
}
