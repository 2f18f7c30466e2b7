import {
  baseState,
  type ServiceEntry,
  type StatePath,
  serviceByEnable,
  services,
  servicesKeeping,
} from "../../catalogue/catalogue.ts";
import { type FixPlan, offer } from "../../edits/fix-plan.ts";
import { replaceStringAt } from "../../edits/place-edit.ts";
import type { Host, PersistedPath, Service } from "../../host/host.ts";
import { isAtOrBelow } from "../../host/paths.ts";
import type { RuleContext } from "../rule.ts";
import { namesPath } from "./names-path.ts";
import { isSlipOf } from "./nearest-name.ts";
import { textsBelow } from "./option-texts.ts";
import { certainEntries } from "./persisted-entries.ts";

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

/**
 * A persisted path that is meant for what a service keeps and is not where the service keeps it on this host: that of
 * another release or of an earlier name of the service, or one made up from its name.
 */
export function entryMeantFor(host: Host, { enable, state }: Service): PersistedPath | undefined {
  const entry = serviceByEnable(enable);
  // `services.redis.servers.rspamd` is another thing than `services.rspamd`.
  const names = [enable, ...(entry ? renamedFrom(entry) : [])].flatMap(
    (one) => /^services\.([^.]+)(?:\.(?:servers|instances)\.[^.]+)?\.enable$/.exec(one)?.[1] ?? [],
  );
  const known = [...(entry?.states ?? []), ...(entry ? statesOfFormerNames(entry) : [])].map(({ path }) => path);
  const own = state.flatMap(({ path, link }) => [path, link, path.replace("/var/lib/", "/var/lib/private/")]);
  return certainEntries(host).find(({ path, kind, userName }) => {
    if (kind !== "directory" || userName !== undefined || own.includes(path)) return false;
    if (!known.includes(path) && !names.includes(/^\/var\/lib\/(?:private\/)?([^/]+)$/.exec(path)?.[1] ?? ""))
      return false;
    if (isNamedByService(host, enable, path)) return false;
    return !host.services.some(
      (other) =>
        other.enabled.answer !== "no" &&
        other.state.some((one) => isAtOrBelow(one.path, path) || isAtOrBelow(path, one.path) || one.link === path),
    );
  });
}

/** Whether an option of the service names something there, such as the file of a zone, so that the entry keeps that. */
function isNamedByService({ config }: Host, enable: string, path: string): boolean {
  const group = config.at(...enable.split(".").slice(0, -1));
  return textsBelow(group).some(({ text }) => namesPath(text, path));
}

/** Options of entries of the catalogue that are called otherwise today. */
function renamedFrom({ enable }: ServiceEntry): string[] {
  return services.filter(({ renamedTo }) => renamedTo === enable).map((one) => one.enable);
}

function statesOfFormerNames(entry: ServiceEntry): readonly StatePath[] {
  return renamedFrom(entry).flatMap((enable) => serviceByEnable(enable)?.states ?? []);
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
