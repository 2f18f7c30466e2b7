import { mergeEdits } from "../../edits/combine-plans.ts";
import { insertSubvolume } from "../../edits/disko-edit.ts";
import { offer } from "../../edits/fix-plan.ts";
import { setOption } from "../../edits/option-edit.ts";
import type { Host, PersistedPath, Store } from "../../host/host.ts";
import { joinPath } from "../../host/paths.ts";
import { isLiveMedium, isStateless } from "../reading/stateless-host.ts";
import { lossInWords, lossOf, rootWipe, whereInWords } from "../reading/wiped-root.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** A store on what is wiped keeps nothing, and no module says so. */
export const storeOnEphemeralRoot = defineRule({
  code: "IMP302",
  name: "store-on-ephemeral-root",
  group: "stores",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    // A live medium takes the stores of modules that it shares with other hosts, and is meant to keep nothing.
    if (isLiveMedium(host) && isStateless(host)) return;
    for (const store of host.stores) {
      if (store.enabled.answer === "no" || !store.path.known) continue;
      const path = store.path.value;
      const loss = lossOf(host, path);
      if (loss.lost !== "yes") continue;
      const { lost, kept } = contentOf(host, store, path);
      // Filesystems below it hold all that is kept there.
      if (kept && lost.length === 0) continue;
      const wipe = rootWipe(host);
      const what = kept
        ? "What it keeps outside of the filesystems that are mounted below it"
        : "Everything persisted in it";
      context.report({
        at: store.place,
        message: `The store \`${path}\` is ${whereInWords(loss)}. ${what} ${lossInWords(loss)}, and nothing warns of it.`,
        help: `Give \`${path}\` a filesystem or subvolume of its own that nothing wipes, with neededForBoot = true.`,
        related: [
          {
            place: loss.fate.place ?? wipe?.place,
            message: wipe?.rollback ? "wiped here" : "this is empty after every boot",
          },
          ...(kept ? lost.slice(0, 5).map(({ path, place }) => ({ place, message: `\`${path}\` is lost` })) : []),
        ],
        fixes: () => ownSubvolume(context, path),
      });
    }
  },
});

/** What a store keeps, by whether it lies on the root: filesystems may be mounted below the store. */
function contentOf(host: Host, store: Store, path: string): { lost: readonly PersistedPath[]; kept: boolean } {
  const entries = [...store.directories, ...store.files].filter(({ certain }) => certain.answer !== "no");
  const lost = entries.filter((entry) => lossOf(host, joinPath(path, entry.path)).lost === "yes");
  return { lost, kept: lost.length < entries.length };
}

function ownSubvolume(context: RuleContext, path: string) {
  const layout = context.host.layouts.find(({ fsType }) => fsType !== "zfs");
  if (!layout) return [];
  const name = path.split("/").filter(Boolean).join("-");
  const subvolume = insertSubvolume(context, layout, { name, mountpoint: path });
  // disko marks bcachefs subvolumes itself.
  const needed =
    layout.fsType === "btrfs" ? setOption(context, ["fileSystems", path, "neededForBoot"], "true") : new Map();
  if (!subvolume || !needed) return [];
  return offer(mergeEdits(subvolume, needed), {
    title: `Add a subvolume for \`${path}\` to the disko layout`,
    safety: "unsafe",
    preferred: true,
    note: "disko creates subvolumes only when it formats a disk. On a running host create it first (btrfs subvolume create on the mounted top level) and copy the data into it, or the next boot stops.",
  });
}
