import { offer } from "../../edits/fix-plan.ts";
import { setOption } from "../../edits/option-edit.ts";
import type { FileSystem, Host } from "../../host/host.ts";
import { isBelow, normalise } from "../../host/paths.ts";
import { splitOptions } from "../reading/btrfs-mounts.ts";
import { defineRule } from "../rule.ts";

/** A filesystem that the initrd mounts needs another one that comes after the initrd. */
export const earlyMountOnLateOne = defineRule({
  code: "IMP326",
  name: "early-mount-on-late-one",
  group: "stores",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    const late = host.fileSystems.filter(isLate);
    if (late.length === 0) return;
    for (const fs of host.fileSystems) {
      const { mountpoint, certain, mountedInInitrd } = fs;
      if (mountpoint === "/" || certain.answer !== "yes" || mountedInInitrd.answer !== "yes") continue;
      // Without a store nothing boots: what is said of it is for an image, which mounts the rest in a way of its own.
      if (mountpoint === "/nix/store" && fs.fsType.known && fs.fsType.value === "overlay") continue;
      const source = sourcesOf(fs).find((path) => late.includes(host.fileSystemAt(path) as FileSystem));
      const around = source === undefined ? parentOf(host, mountpoint) : host.fileSystemAt(source);
      if (!around || !late.includes(around)) continue;
      const parent = around.mountpoint;
      const why =
        source === undefined
          ? `The initrd mounts \`${mountpoint}\`, and \`${parent}\`, in which it lies, comes only later: it is mounted on top and hides what was mounted there.`
          : `The initrd mounts \`${mountpoint}\` from \`${source}\`, and \`${parent}\`, which holds that, comes only later: in the initrd there is nothing at that path, and the boot stops, or goes on with an empty directory.`;
      context.report({
        at: fs.place,
        message: why,
        help: `Set fileSystems."${parent}".neededForBoot = true; NixOS does not do so by itself.`,
        related: [{ place: around.place, message: `\`${parent}\` is declared here` }],
        fixes: () =>
          offer(setOption(context, ["fileSystems", parent, "neededForBoot"], "true"), {
            title: `Set fileSystems."${parent}".neededForBoot = true`,
            safety: "safe",
            preferred: true,
          }),
      });
    }
  },
});

function isLate({ mountpoint, certain, mountedInInitrd, optionsOpen, options }: FileSystem): boolean {
  if (mountpoint === "/" || certain.answer !== "yes" || mountedInInitrd.answer !== "no") return false;
  // With this option systemd mounts it in the initrd as well.
  return optionsOpen === undefined && !options.some(({ text }) => text.includes("x-initrd.mount"));
}

/** The directories that a bind mount or an overlay shows. */
function sourcesOf({ device, options }: FileSystem): readonly string[] {
  const own = splitOptions(options).map(({ text }) => text);
  const bound = own.some((text) => /^r?bind$/.test(text)) && device.known ? [device.value] : [];
  const layers = own.flatMap((text) => /^(?:lower|upper|work)dir=(.*)$/.exec(text)?.[1]?.split(":") ?? []);
  return [...bound, ...layers].flatMap((path) => (path.startsWith("/") && !isKernels(path) ? [normalise(path)] : []));
}

function isKernels(path: string): boolean {
  return /^\/(dev|proc|sys|run)(\/|$)/.test(path);
}

/** The filesystem in which a mountpoint lies. */
function parentOf({ fileSystems }: Host, mountpoint: string): FileSystem | undefined {
  return fileSystems
    .filter((other) => isBelow(mountpoint, other.mountpoint))
    .toSorted((a, b) => b.mountpoint.length - a.mountpoint.length)[0];
}
