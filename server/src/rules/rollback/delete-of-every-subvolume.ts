import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { normalise } from "../../host/paths.ts";
import { commandsOf, type ScriptCommands } from "../../host/script-commands.ts";
import { cleanSubvolume } from "../../host/subvolume.ts";
import type { StorageCommand } from "../../shell/btrfs-commands.ts";
import { resolveWord } from "../../shell/sh-values.ts";
import { type Handing, handedToDelete } from "../reading/handed-to-delete.ts";
import { defineRule } from "../rule.ts";

/** `btrfs subvolume list` lists the whole filesystem without `-o`, and with it all that lies in the top level. */
export const deleteOfEverySubvolume = defineRule({
  code: "IMP518",
  name: "delete-of-every-subvolume",
  group: "rollback",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    for (const script of host.scripts) {
      if (!script.text.includes("list") || !script.text.includes("delete")) continue;
      const read = commandsOf(script);
      for (const command of read.storage) {
        // `-s`, `-r`, `-G` and the like list some of them only.
        if (command.kind !== "subvolume-list" || command.options.some((option) => /^-[srdGC]/.test(option))) continue;
        const handing = handedToDelete(command, read, script.text);
        if (!handing || mayChoose(handing)) continue;
        const at = script.placeOf(command.start, command.end) ?? script.place;
        if (command.onlyBelow) {
          const top = topLevelAt(command, read);
          const kept = top ? keptInTopLevel(host, top.device) : [];
          const [first] = kept;
          if (!top || !first) continue;
          const names = kept.slice(0, 3).map(({ subvolume }) => `\`${subvolume}\``);
          report({
            at,
            message: `With \`-o\`, \`btrfs subvolume list\` lists what lies directly in the subvolume that it is given, and \`${top.path}\` is the top level of the filesystem, by its name or as the default that a new one has. All that lies there is handed to \`btrfs subvolume delete\`, ${names.join(", ")}${kept.length > 3 ? ` and ${kept.length - 3} more` : ""} included.`,
            help: "Name the subvolume whose nested ones shall go: btrfs subvolume list -o /mnt/root",
            related: kept
              .slice(0, 3)
              .map(({ place, mountpoint }) => ({ place, message: `\`${mountpoint}\` is mounted from there` })),
          });
          continue;
        }
        report({
          at,
          message:
            "`btrfs subvolume list` without `-o` lists every subvolume of the filesystem, whatever directory it is given. All of them are handed to `btrfs subvolume delete`, the persistent ones and `/nix` included.",
          help: "Add -o, with the subvolume whose nested ones shall go: btrfs subvolume list -o /mnt/root",
        });
      }
    }
  },
});

/** The top level of a filesystem, when that is what the script mounted where the list looks. */
function topLevelAt(
  list: StorageCommand & { kind: "subvolume-list" },
  { storage, scope }: ScriptCommands,
): { readonly path: string; readonly device: string | undefined } | undefined {
  const path = list.path && resolveWord(list.path, scope).value;
  if (!path?.startsWith("/")) return undefined;
  const mounts = storage.filter((command) => command.kind === "mount" && command.start < list.start);
  for (const mount of mounts.reverse()) {
    if (mount.kind !== "mount") continue;
    const target = mount.target && resolveWord(mount.target, scope).value;
    // What is mounted at an unknown place may be mounted over it.
    if (target === undefined) return undefined;
    if (normalise(target) !== normalise(path)) continue;
    const named = mount.options.filter(({ name }) => name === "subvolid" || name === "subvol").at(-1);
    // Without a name it is the default subvolume, which is the top level as long as nobody changes that.
    const isTop =
      named === undefined ||
      (named.value !== undefined &&
        (named.name === "subvolid" ? /^[05]$/.test(named.value) : cleanSubvolume(named.value) === ""));
    if (!isTop || mount.moreOptions || mount.changesExisting) return undefined;
    return { path: normalise(path), device: mount.device && resolveWord(mount.device, scope).value };
  }
  return undefined;
}

interface Kept {
  readonly subvolume: string;
  readonly mountpoint: string;
  readonly place: Place | undefined;
}

/** The subvolumes beside that of the root that the host mounts and that lie directly in the top level of a device. */
function keptInTopLevel(host: Host, device: string | undefined): readonly Kept[] {
  const mounted = host.fileSystems.filter(({ fsType }) => fsType.known && fsType.value === "btrfs");
  const devices = new Set(mounted.map((fs) => (fs.device.known ? fs.device.value : undefined)));
  // Another name of the only device there is.
  const isOfDevice = (name: string) => name === device || (devices.size === 1 && !devices.has(device));
  const root = mounted.find(({ mountpoint }) => mountpoint === "/")?.subvolume;
  return mounted.flatMap(({ subvolume, mountpoint, place, certain, device: own }): Kept[] => {
    if (certain.answer !== "yes" || !subvolume?.known || !own.known || !isOfDevice(own.value)) return [];
    const { value: name } = subvolume;
    const isDirect = name !== "" && !name.includes("/") && !(root?.known && root.value === name);
    return isDirect && mountpoint !== "/" ? [{ subvolume: name, mountpoint, place }] : [];
  });
}

/** Programs that change the form of lines, and leave none out. */
const FORMS = /^(cut|sort|tac|rev|tr)\s[^|]*$|^awk\s+'\{\s*print\s[^|~/=]*\}'$/;

/** Whether something between the list and the delete may leave out some of the subvolumes. */
function mayChoose({ through, before }: Handing): boolean {
  if (/\[|&&|\|\||\b(if|case|continue|break|grep|test)\b/.test(before)) return true;
  const stages = through.split("|").map((stage) => stage.replace(/[\s;)"`]+$/, "").trim());
  return stages.some((stage) => stage !== "" && !FORMS.test(stage));
}
