import { offer } from "../../edits/fix-plan.ts";
import { setOption } from "../../edits/option-edit.ts";
import type { Place } from "../../eval/origin.ts";
import { childrenOf, isNamed, openOf, readString } from "../../host/read-values.ts";
import { datasetsByHand } from "../reading/datasets-by-hand.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** A dataset of ZFS that is mounted in the way that its own `mountpoint` does not allow. */
export const mountAgainstDataset = defineRule({
  code: "IMP130",
  name: "mount-against-dataset",
  group: "mount-options",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    if (!host.fileSystems.some(({ fsType }) => fsType.known && fsType.value === "zfs")) return;
    const points = mountpointsOfDatasets(context);
    if (points.size === 0) return;
    for (const {
      mountpoint,
      device,
      fsType,
      certain,
      options,
      optionsOpen,
      place,
      mountedInInitrd,
    } of host.fileSystems) {
      const isZfs = certain.answer === "yes" && fsType.known && fsType.value === "zfs";
      const own = isZfs && device.known ? points.get(device.value) : undefined;
      if (!own || !device.known || optionsOpen !== undefined || own.value === "none") continue;
      // How the initrd mounts a dataset that was made by hand is its own matter.
      if (own.script !== undefined && mountedInInitrd.answer !== "no") continue;
      const texts = options.flatMap(({ text }) => text.split(","));
      // The initrd adds zfsutil where it mounts the root itself.
      if (texts.includes("zfsutil") === (own.value !== "legacy") || texts.includes("noauto")) continue;
      const written = options.find(({ text }) => text.split(",").includes("zfsutil"));
      const isOptional = texts.includes("nofail");
      const by = own.script === undefined ? "" : ` (\`${own.script}\` makes it so)`;
      const end = isOptional ? "nothing is there" : "the boot ends in emergency mode";
      report({
        at: written?.place ?? place,
        severity: isOptional || own.script !== undefined ? "warning" : "error",
        message: written
          ? `\`${device.value}\` has \`mountpoint=legacy\`${by}, and \`${mountpoint}\` is mounted with \`zfsutil\`, which is for datasets that have a mountpoint of their own: mount refuses it ("cannot be mounted using 'zfs mount'"), and ${end}.`
          : `\`${device.value}\` has a mountpoint of its own (\`${own.value}\`${own.script === undefined ? "" : `, as \`${own.script}\` makes it`}), and \`${mountpoint}\` is mounted without \`zfsutil\`: mount refuses it ("cannot be mounted using 'mount'"), and ${end}.`,
        help: written
          ? "Leave out zfsutil."
          : `Add the option: fileSystems."${mountpoint}".options = [ "zfsutil" ]; or give the dataset mountpoint = "legacy" (zfs set mountpoint=legacy ${device.value}).`,
        related: own.place ? [{ place: own.place, message: "what the dataset says of itself" }] : [],
        fixes: () =>
          written || options.some(({ from }) => from !== "derived")
            ? []
            : offer(setOption(context, ["fileSystems", mountpoint, "options"], '[ "zfsutil" ]'), {
                title: `Mount ${mountpoint} with zfsutil`,
                safety: "safe",
                preferred: true,
              }),
      });
    }
  },
});

interface Own {
  readonly value: string;
  readonly place: Place | undefined;
  /** The script beside the configuration that makes the dataset by hand. */
  readonly script?: string;
}

/** The `mountpoint` of each dataset, of disko or of a script beside the configuration, where it is known that nothing changes it. */
function mountpointsOfDatasets(context: RuleContext): ReadonlyMap<string, Own> {
  const { config, scripts } = context.host;
  const points = new Map<string, Own>();
  if (scripts.some(({ text }) => /\bzfs\b[^\n]*\b(set|inherit)\b[^\n]*\bmountpoint\b/.test(text))) return points;
  for (const [dataset, { mountpoint, script }] of datasetsByHand(context))
    points.set(dataset, { value: mountpoint, place: undefined, script });
  for (const { name: pool, node, certain } of childrenOf(config.at("disko", "devices", "zpool"))) {
    if (certain.answer !== "yes" || hasHook(node)) continue;
    for (const dataset of childrenOf(node.child("datasets"))) {
      const options = dataset.node.child("options");
      if (dataset.certain.answer !== "yes" || openOf(options) || hasHook(dataset.node)) continue;
      const own = isNamed(options, "mountpoint") ? readString(options.child("mountpoint")) : undefined;
      if (own?.known) points.set(`${pool}/${dataset.name}`, own);
    }
  }
  return points;
}

/** Whether a hook of disko's may set the property after the dataset is made. */
function hasHook(node: Parameters<typeof childrenOf>[0]): boolean {
  return ["postCreateHook", "postMountHook"].some((hook) => {
    const text = isNamed(node, hook) ? readString(node.child(hook)) : undefined;
    return text !== undefined && (!text.known || text.value.includes("mountpoint"));
  });
}
