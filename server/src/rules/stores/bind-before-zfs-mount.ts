import { offer } from "../../edits/fix-plan.ts";
import { appendToListOption } from "../../edits/option-edit.ts";
import type { Host } from "../../host/host.ts";
import { normalise } from "../../host/paths.ts";
import { childrenOf, readBoolean, readTexts } from "../../host/read-values.ts";
import { optionKey, splitOptions } from "../reading/btrfs-mounts.ts";
import { rootWipe } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** A bind mount of a dataset that ZFS mounts by itself, which nothing makes wait for that. */
export const bindBeforeZfsMount = defineRule({
  code: "IMP322",
  name: "bind-before-zfs-mount",
  group: "stores",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    const pools = readTexts(host.config.at("boot", "zfs", "extraPools")).texts.map(({ text }) => text);
    if (!rootWipe(host) || pools.length === 0 || childrenOf(host.config.at("systemd", "mounts")).length > 0) return;
    for (const { mountpoint, declaredBy, certain, device, options, optionsOpen, place } of host.fileSystems) {
      if (declaredBy !== "fileSystems" || certain.answer !== "yes" || !device.known || optionsOpen !== undefined)
        continue;
      const own = splitOptions(options);
      const keys = own.map(({ text }) => optionKey(text));
      if (!keys.some((key) => key === "bind" || key === "rbind") || own.some((option) => !option.certain)) continue;
      if (keys.some((key) => key === "noauto" || key === "x-systemd.automount")) continue;
      if (own.some(({ text }) => /^x-systemd\.(requires|after)=.*zfs/.test(text))) continue;
      const source = normalise(device.value);
      const pool = source.split("/")[1] ?? "";
      // A dataset with a line of its own in fstab is waited for.
      if (!pools.includes(pool) || host.fileSystemAt(source)?.mountpoint !== "/") continue;
      const option = "x-systemd.requires=zfs-mount.service";
      const idle = idleOwner(host, mountpoint);
      context.report({
        at: device.place ?? place,
        severity: idle === undefined ? "warning" : "information",
        message: `\`${mountpoint}\` is bound from \`${source}\`, which is on the pool \`${pool}\`: zfs-mount.service mounts its datasets, and nothing makes the bind mount wait for it. If it comes first, it shows an empty directory of the root, and what is written to \`${mountpoint}\` is lost at the next boot.${idle === undefined ? "" : ` Nobody writes there as long as \`${idle}\` is off.`}`,
        help: `Add "${option}" to its options, or mount the dataset with a \`fileSystems\` entry of its own (\`mountpoint=legacy\`, or the option "zfsutil").`,
        fixes: () =>
          offer(appendToListOption(context, ["fileSystems", mountpoint, "options"], [`"${option}"`]), {
            title: `Let ${mountpoint} wait for zfs-mount.service`,
            safety: "safe",
            preferred: true,
          }),
      });
    }
  },
});

/** The switch of the service whose directory this is, where it is certainly off: `/var/lib/x` of `services.x`. */
function idleOwner({ config }: Host, path: string): string | undefined {
  const name = /^\/var\/lib\/([\w-]+)$/.exec(path)?.[1];
  const option = config.at("services", name ?? "", "enable");
  const flag = name !== undefined && option.isDefined() === true ? readBoolean(option) : undefined;
  return flag?.known && !flag.value ? option.path.join(".") : undefined;
}
