import { offer } from "../../edits/fix-plan.ts";
import { setOption } from "../../edits/option-edit.ts";
import type { FileSystem, Store } from "../../host/host.ts";
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
  },
});

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
