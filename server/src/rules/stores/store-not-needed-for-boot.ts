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
        message: `\`${fs.mountpoint}\` ${off ? "says `neededForBoot = false`" : "is not `neededForBoot`"}, so the initrd does not mount it. ${consequence(store, fs, store.path.value)}`,
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

function consequence(store: Store, fs: FileSystem, path: string): string {
  const late = "users, secrets and machine-id are set up before the persisted files are there";
  if (store.module === "preservation") {
    return `preservation does not check this: ${late}, and what is written meanwhile lands in the empty directory below.`;
  }
  if (path === fs.mountpoint) return "impermanence refuses to evaluate with such a store.";
  return `impermanence only checks stores that are mountpoints themselves, and \`${path}\` lies below one, so nothing warns: ${late}.`;
}
