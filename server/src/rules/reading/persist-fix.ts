import { mergeEdits } from "../../edits/combine-plans.ts";
import { type FixPlan, offer } from "../../edits/fix-plan.ts";
import { appendToListOption, type EditContext } from "../../edits/option-edit.ts";
import { addPersistedEntries, type PersistedEntry, persistedEntryText } from "../../edits/persistence-edit.ts";
import type { Host } from "../../host/host.ts";
import { type HomeList, homeListOf } from "./home-list.ts";
import { mainStore } from "./main-store.ts";
import { replacedSystemFile } from "./replaced-files.ts";

/** Mountpoints that hosts use for persistent data, most used first. */
const USUAL_STORES = ["/persist", "/state", "/persistent", "/nix/persist", "/data/persist", "/impermanence"];

/**
 * The fix "persist these paths": in the host's store, or in a new store on a filesystem that is made for one.
 * Nothing when the host has neither. Files that their programs replace are left out: persisted by themselves, they
 * could no longer be written. `near` is the module that the paths belong to: a list of the store in it comes first.
 */
export function persistFix(
  context: EditContext,
  wanted: readonly PersistedEntry[],
  note?: string,
  near?: string,
): readonly FixPlan[] {
  const { host } = context;
  const entries = wanted.filter(({ kind, path }) => kind !== "file" || !replacedSystemFile(path));
  if (entries.length === 0) return [];
  const paths = entries.map(({ path }) => `\`${path}\``).join(", ");
  const store = mainStore(host);
  const kinds = ["directory", "file"] as const;
  if (store) {
    const homes = new Map(entries.map((entry) => [entry, homeListOf(host, store, entry.path)]));
    const parts = kinds.flatMap((kind) => {
      const own = entries.filter((entry) => entry.kind === kind);
      const ofSystem = own.filter((entry) => homes.get(entry) === undefined);
      const ofHomes = homeEntries(own.flatMap((entry) => ({ entry, list: homes.get(entry) })));
      return [
        ...(ofSystem.length > 0 ? [addPersistedEntries(context, store, ofSystem, near)] : []),
        ...ofHomes.map(({ option, texts }) => appendToListOption(context, option, texts)),
      ];
    });
    if (parts.some((part) => part === undefined)) return [];
    const name = store.path.known ? store.path.value : store.name;
    const remark = ["What is there now is hidden by the mount: copy it to the store first.", note]
      .filter(Boolean)
      .join(" ");
    return offer(mergeEdits(...parts), {
      title: `Persist ${paths} in ${name}`,
      safety: "safe",
      preferred: true,
      note: remark,
    });
  }
  const home = persistenceHome(host);
  if (home === undefined) return [];
  const parts = kinds.map((kind) => {
    const own = entries.filter((entry) => entry.kind === kind);
    if (own.length === 0) return new Map();
    const option = ["environment", "persistence", home, kind === "directory" ? "directories" : "files"];
    return appendToListOption(
      context,
      option,
      own.map((entry) => persistedEntryText({ module: "impermanence" }, entry)),
    );
  });
  if (parts.some((part) => part === undefined)) return [];
  return offer(mergeEdits(...parts), {
    title: `Persist ${paths} in ${home} with impermanence`,
    safety: "unsafe",
    preferred: true,
    note: "The host must import the module of nix-community/impermanence for this to evaluate.",
  });
}

/** What is to be written of persons' homes, by the option that lists it. */
function homeEntries(
  all: readonly { readonly entry: PersistedEntry; readonly list: HomeList | undefined }[],
): readonly { readonly option: readonly string[]; readonly texts: readonly string[] }[] {
  const found = new Map<string, { option: readonly string[]; texts: string[] }>();
  for (const { entry, list } of all) {
    if (!list) continue;
    const option = [...list.option, entry.kind === "directory" ? "directories" : "files"];
    const key = option.join("\0");
    const own = found.get(key) ?? { option, texts: [] };
    // The module gives them to the person itself.
    const { kind } = entry;
    const mode = list.takesMode ? entry.mode : undefined;
    own.texts.push(persistedEntryText({ module: "impermanence" }, { kind, path: list.relative, mode }));
    found.set(key, own);
  }
  return [...found.values()];
}

/** Where `persistFix` puts data: the path of the host's main store, or of a filesystem that is made for a store. */
export function persistenceHome(host: Host): string | undefined {
  const store = mainStore(host);
  if (store) return store.path.known ? store.path.value : store.name;
  if (host.stores.length > 0) return undefined;
  return USUAL_STORES.find((path) =>
    host.fileSystems.some((fs) => fs.mountpoint === path && fs.certain.answer === "yes"),
  );
}
