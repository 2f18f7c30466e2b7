import { baseState, servicesKeeping } from "../../catalogue/catalogue.ts";
import { type FixPlan, offer } from "../../edits/fix-plan.ts";
import { replaceStringAt } from "../../edits/place-edit.ts";
import type { Host, PersistedPath } from "../../host/host.ts";
import type { RuleContext } from "../rule.ts";
import { isSlipOf } from "./nearest-name.ts";

/**
 * A persisted path beside one that is lost whose name differs by a slip, such as `/etc/machine_id`, and which nothing
 * is known to keep anything at.
 */
export function misspeltEntry(host: Host, path: string): PersistedPath | undefined {
  const [folder, name] = split(path);
  return host.stores
    .filter(({ enabled }) => enabled.answer === "yes")
    .flatMap(({ directories, files }) => [...directories, ...files])
    .find((entry) => {
      const [otherFolder, otherName] = split(entry.path);
      return folder === otherFolder && isSlipOf(name, otherName) && !isKnown(host, entry.path);
    });
}

/** The end of a message about the path that is lost. */
export function misspeltInWords(entry: PersistedPath | undefined): string {
  return entry ? ` \`${entry.path}\` is persisted, which is another name.` : "";
}

/** Writes the right name into the entry, where the entry is written out. */
export function correctEntry(context: RuleContext, entry: PersistedPath | undefined, path: string): readonly FixPlan[] {
  if (!entry) return [];
  return offer(replaceStringAt(context, entry.place, path), {
    title: `Persist \`${path}\` instead of \`${entry.path}\``,
    safety: "safe",
    preferred: true,
  });
}

function isKnown(host: Host, path: string): boolean {
  const isHere = (state: { readonly path: string; readonly link?: string | undefined }) =>
    state.path === path || state.link === path;
  return (
    baseState.some(isHere) ||
    servicesKeeping(path).some(({ states }) => states.some(isHere)) ||
    host.services.some(({ state }) => state.some(isHere))
  );
}

function split(path: string): [folder: string, name: string] {
  const at = path.lastIndexOf("/");
  return [path.slice(0, at), path.slice(at + 1)];
}
