import { offer } from "../../edits/fix-plan.ts";
import { removeElementAt } from "../../edits/place-edit.ts";
import type { PersistedPath } from "../../host/host.ts";
import { hasOwnHomeModule, isOfHomeManager } from "../reading/home-stores.ts";
import { defineRule, type RuleContext, type Severity } from "../rule.ts";

interface Judgement {
  readonly severity: Severity;
  readonly message: string;
}

/** impermanence refuses to evaluate when a path is persisted twice, in whatever stores. */
export const duplicateEntry = defineRule({
  code: "IMP407",
  name: "duplicate-entry",
  group: "coverage",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const seen = new Map<string, PersistedPath>();
    for (const store of context.host.stores) {
      if (store.enabled.answer !== "yes") continue;
      for (const entry of [...store.directories, ...store.files]) {
        if (entry.certain.answer !== "yes") continue;
        const key = `${store.module} ${entry.kind} ${entry.path}`;
        const first = seen.get(key);
        if (!first) {
          seen.set(key, entry);
          continue;
        }
        // One element read twice (a module imported by two ways) is one definition.
        if (
          entry.place &&
          first.place &&
          entry.place.file === first.place.file &&
          entry.place.start === first.place.start
        ) {
          continue;
        }
        context.report({
          at: entry.place ?? store.place,
          ...judge(context, entry, first),
          help: "Remove one of them.",
          related: [{ place: first.place ?? first.store.place, message: "persisted here already" }],
          fixes: () =>
            entry.editable
              ? offer(removeElementAt(context, entry.place), {
                  title: `Remove this entry for \`${entry.path}\``,
                  safety: "safe",
                  preferred: true,
                })
              : [],
        });
      }
    }
  },
});

function judge({ host }: RuleContext, { path, store }: PersistedPath, first: PersistedPath): Judgement {
  if (store.module === "impermanence") {
    if (hasOwnHomeModule(host) && [store, first.store].some(isOfHomeManager)) {
      return {
        severity: "information",
        message: `\`${path}\` is persisted twice. The impermanence in flake.lock takes it; the module of home-manager since January 2026 refuses: "specified two or more times".`,
      };
    }
    return {
      severity: "error",
      message: `\`${path}\` is persisted twice. impermanence refuses to evaluate: "specified two or more times".`,
    };
  }
  if (first.store === store) {
    return {
      severity: "information",
      message: `\`${path}\` is listed twice; preservation makes one mount of both, and what they say differently of owner or mode is said by one of them alone.`,
    };
  }
  return { severity: "warning", message: `\`${path}\` is persisted twice; one of the two mounts hides the other.` };
}
