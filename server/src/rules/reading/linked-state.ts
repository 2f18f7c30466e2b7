import { type FixPlan, offer } from "../../edits/fix-plan.ts";
import { changePersistedPath } from "../../edits/persistence-edit.ts";
import { removeElementAt } from "../../edits/place-edit.ts";
import type { Host, PersistedPath, ServiceState } from "../../host/host.ts";
import { isAtOrBelow } from "../../host/paths.ts";
import type { RuleContext } from "../rule.ts";

/** The entry that persists where systemd wants the link to a directory below /var/lib/private, instead of that directory. */
export function entryAtLink({ stores }: Host, { dynamicUser, link }: ServiceState): PersistedPath | undefined {
  if (!dynamicUser || link === undefined) return undefined;
  return stores
    .flatMap(({ directories }) => directories)
    .find(({ path, certain }) => path === link && certain.answer !== "no");
}

/**
 * Persists the directory itself: the entry gets its path or, where the directory is persisted already, has to go, because
 * impermanence refuses a path that is listed twice. Nothing where it is not known whether it is.
 */
export function persistBehindLink(context: RuleContext, entry: PersistedPath, path: string): readonly FixPlan[] {
  const keeping = context.host.stores
    .flatMap(({ directories }) => directories)
    .filter((other) => other !== entry && isAtOrBelow(path, other.path) && other.certain.answer !== "no");
  if (keeping.length === 0) {
    return offer(changePersistedPath(context, entry, path), {
      title: `Persist "${path}"`,
      safety: "unsafe",
      preferred: true,
      note: `Move what is in the store's ${entry.path} to ${path} there.`,
    });
  }
  if (!entry.editable || keeping.every(({ certain }) => certain.answer !== "yes")) return [];
  return offer(removeElementAt(context, entry.place), {
    title: `Remove this entry for \`${entry.path}\``,
    safety: "unsafe",
    preferred: true,
    note: `Move what is still missing from the store's ${entry.path} to ${path} there.`,
  });
}
