import { offer } from "../../edits/fix-plan.ts";
import { setOption } from "../../edits/option-edit.ts";
import type { FileSystem, Host, PersistedPath, Store } from "../../host/host.ts";
import { isBelow, joinPath } from "../../host/paths.ts";
import { forgottenStores } from "../reading/forgotten-stores.ts";
import { lossOf } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** A store must be mounted in the initrd, or stage 2 starts with what is below its empty mountpoint. */
export const storeNotNeededForBoot = defineRule({
  code: "IMP301",
  name: "store-not-needed-for-boot",
  group: "stores",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    // One flag settles all the stores of a filesystem.
    const late = new Map<FileSystem, Store[]>();
    const forgotten = forgottenStores(host);
    for (const store of host.stores) {
      // One that nobody switches on is meant to be in use.
      if ((store.enabled.answer === "no" && !forgotten.includes(store)) || !store.path.known || isEmpty(store))
        continue;
      const fs = host.fileSystemAt(store.path.value);
      if (!fs || fs.mountpoint === "/" || fs.mountedInInitrd.answer !== "no") continue;
      if (lossOf(host, store.path.value).lost !== "yes") late.set(fs, [...(late.get(fs) ?? []), store]);
    }
    for (const [fs, [store, ...others]] of late) {
      if (!store?.path.known) continue;
      const off = fs.neededForBoot.known && fs.neededForBoot.value === false ? fs.neededForBoot.place : undefined;
      context.report({
        at: store.place,
        ...(isForLater([store, ...others]) && store.path.value !== fs.mountpoint ? { severity: "warning" } : {}),
        message: `\`${fs.mountpoint}\` ${off ? "says `neededForBoot = false`" : "is not `neededForBoot`"}, so the initrd does not mount it. ${consequence([store, ...others], fs, store.path.value)}`,
        help: `Set fileSystems."${fs.mountpoint}".neededForBoot = true;`,
        related: [
          { place: off, message: "switched off here" },
          { place: fs.place, message: `\`${fs.mountpoint}\` is declared here` },
          ...others.slice(0, 5).map(({ place, path }) => ({
            place,
            message: path.known ? `\`${path.value}\` is as late` : "as late",
          })),
        ],
        fixes: () =>
          offer(setOption(context, ["fileSystems", fs.mountpoint, "neededForBoot"], "true"), {
            title: `Set fileSystems."${fs.mountpoint}".neededForBoot = true`,
            safety: "safe",
            preferred: true,
          }),
      });
    }
    for (const { fs, entries, store } of latePartsOfStores(host)) {
      const [first] = entries;
      if (!first || late.has(fs)) continue;
      const more = entries.length > 1 ? ` (and ${entries.length - 1} more)` : "";
      context.report({
        at: fs.place ?? first.place,
        severity: "warning",
        message: `\`${fs.mountpoint}\` lies in the store \`${store}\` and holds what is persisted as \`${first.path}\`${more}, but it is not \`neededForBoot\`: the activation makes the directories of the store before it is mounted, and the mount then hides them. For an entry that is new, systemd makes the directory anew, as root's and for all to read, and whose data it is cannot write there.`,
        help: `Set fileSystems."${fs.mountpoint}".neededForBoot = true;`,
        related: entries
          .slice(0, 3)
          .map(({ place, path }) => ({ place, message: `\`${path}\` is kept on that filesystem` })),
        fixes: () =>
          offer(setOption(context, ["fileSystems", fs.mountpoint, "neededForBoot"], "true"), {
            title: `Set fileSystems."${fs.mountpoint}".neededForBoot = true`,
            safety: "safe",
            preferred: true,
          }),
      });
    }
  },
});

interface LatePart {
  readonly fs: FileSystem;
  readonly store: string;
  readonly entries: readonly PersistedPath[];
}

/** Filesystems inside of impermanence's stores that the initrd does not mount, with the directories that are kept on them. */
function latePartsOfStores(host: Host): readonly LatePart[] {
  const parts = new Map<FileSystem, LatePart>();
  for (const { module, path, enabled, directories } of host.stores) {
    if (module !== "impermanence" || enabled.answer !== "yes" || !path.known) continue;
    const own = host.fileSystemAt(path.value);
    for (const entry of directories) {
      if (entry.certain.answer !== "yes" || entry.linked) continue;
      const source = joinPath(path.value, entry.path);
      const fs = host.fileSystemAt(source);
      if (!fs || fs === own || fs.certain.answer !== "yes" || fs.mountedInInitrd.answer !== "no") continue;
      // What an entry keeps as a whole is the filesystem itself, which is there.
      if (!isBelow(fs.mountpoint, path.value) || fs.mountpoint === source || isSeenThrough(fs, own)) continue;
      parts.set(fs, { fs, store: path.value, entries: [...(parts.get(fs)?.entries ?? []), entry] });
    }
  }
  return [...parts.values()];
}

/** Whether the filesystem around it may show the same directory: a subvolume inside of the one that is mounted there. */
function isSeenThrough(inner: FileSystem, outer: FileSystem | undefined): boolean {
  if (!inner.subvolume) return false;
  if (!inner.subvolume.known || outer?.subvolume?.known !== true) return true;
  const below = inner.mountpoint.slice(outer.mountpoint.length).replace(/^\/+/, "");
  return inner.subvolume.value === [outer.subvolume.value, below].filter((part) => part !== "").join("/");
}

/** A store that keeps nothing on this host: what it might lose is nothing, and impermanence looks only at the stores of entries. */
function isEmpty({ directories, files, open }: Store): boolean {
  return open.length === 0 && [...directories, ...files].every(({ certain }) => certain.answer === "no");
}

function consequence(stores: readonly [Store, ...Store[]], fs: FileSystem, path: string): string {
  const [{ module }] = stores;
  const late = isForLater(stores)
    ? "the activation makes its directories below the empty mountpoint, and that of a new entry is then missing on the filesystem"
    : "users, secrets and machine-id are set up before the persisted files are there";
  if (module === "preservation") {
    return `preservation does not check this: ${late}, and what is written meanwhile lands in the empty directory below.`;
  }
  if (path === fs.mountpoint) return "impermanence refuses to evaluate with such a store.";
  return `impermanence only checks stores that are mountpoints themselves, and \`${path}\` lies below one, so nothing warns: ${late}.`;
}

/** What is read while the system is set up: accounts, host keys and other keys, the machine-id. */
const READ_EARLY =
  /^\/(etc(\/(machine-id|passwd|shadow|group|ssh|nixos|.*keys?|.*secrets?|.*age).*)?|var|var\/lib|var\/lib\/(nixos|sops.*|.*age.*|.*keys?|.*secrets?|systemd)|root.*|home.*|persist.*)$/;

/** Whether stores of impermanence certainly hold nothing that is read before services start: state and caches of services alone. */
function isForLater(stores: readonly Store[]): boolean {
  return stores.every(({ module, directories, files, open }) => {
    if (module !== "impermanence") return false;
    const entries = [...directories, ...files];
    return open.length === 0 && entries.length > 0 && entries.every(({ path }) => !READ_EARLY.test(path));
  });
}
