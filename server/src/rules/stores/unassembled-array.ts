import { offer } from "../../edits/fix-plan.ts";
import { setOption } from "../../edits/option-edit.ts";
import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { childrenOf, openOf, readBoolean, readString, setAt } from "../../host/read-values.ts";
import { luksDisks } from "../reading/luks-disks.ts";
import { mayBeSetElsewhere } from "../reading/unread-modules.ts";
import { defineRule } from "../rule.ts";

/** An array of mdadm that is used or described, on a host where nothing assembles arrays. */
export const unassembledArray = defineRule({
  code: "IMP367",
  name: "unassembled-array",
  group: "stores",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    const off = whyOff(host);
    if (off === undefined || mayBeSetElsewhere(host)) return;
    const [use, ...others] = usesOf(host);
    if (!use) return;
    const same = others.filter(({ stopsBoot }) => stopsBoot).map(({ name }) => `\`${name}\``);
    report({
      at: use.place,
      severity: use.stopsBoot ? "error" : "warning",
      message: `${use.what}, and nothing assembles arrays: ${off}. The array does not appear${use.stopsBoot ? ", and the boot waits for it and stops" : ""}.${same.length > 0 ? ` The same goes for ${same.join(", ")}.` : ""}`,
      related: others.map(({ what, place }) => ({ place, message: what })),
      help: "Set boot.swraid.enable = true.",
      fixes: () =>
        offer(setOption(context, ["boot", "swraid", "enable"], "true"), {
          title: "Set boot.swraid.enable = true",
          safety: "safe",
          preferred: true,
        }),
    });
  },
});

/** Why `boot.swraid` is off; undefined where it is on or that is not known. Source of truth: swraid.nix of nixpkgs. */
function whyOff({ config }: Host): string | undefined {
  const boot = config.child("boot");
  const older = boot.at("initrd", "services", "swraid", "enable");
  const disko = config.at("disko", "devices", "mdadm");
  if (older.isDefined() !== false || openOf(boot.child("swraid")) || openOf(disko)) return undefined;
  // disko's arrays switch it on.
  if (childrenOf(disko).length > 0) return undefined;
  const enable = boot.at("swraid", "enable");
  if (enable.isDefined() !== false) {
    const set = readBoolean(enable);
    return set?.known && !set.value ? "`boot.swraid.enable` is false" : undefined;
  }
  const stateVersion = readString(config.at("system", "stateVersion"));
  if (!stateVersion?.known || !/^\d\d\.\d\d$/.test(stateVersion.value)) return undefined;
  return stateVersion.value >= "23.11"
    ? `\`boot.swraid.enable\` is not set, and it is false by default since \`system.stateVersion\` 23.11 (here ${stateVersion.value})`
    : undefined;
}

interface Use {
  readonly what: string;
  readonly place: Place | undefined;
  /** What cannot be used without it. */
  readonly name: string;
  readonly stopsBoot: boolean;
  /** It stops in the initrd, where nobody can log in. */
  readonly isEarly: boolean;
}

const ARRAY = /^\/dev\/(md\d+|md\/\S+)$/;

/** What needs an array, the gravest first. */
function usesOf(host: Host): readonly Use[] {
  const mounts = host.fileSystems.flatMap(({ mountpoint, device, options, certain, place, mountedInInitrd }): Use[] => {
    if (certain.answer !== "yes" || !device.known || !ARRAY.test(device.value)) return [];
    const waits = !options.some(({ text }) => /^(nofail|noauto|x-systemd\.automount)$/.test(text));
    const what = `\`${mountpoint}\` is on \`${device.value}\``;
    const isEarly = mountedInInitrd.answer === "yes";
    return [{ what, place: device.place ?? place, name: mountpoint, stopsBoot: waits, isEarly }];
  });
  const disks = luksDisks(host).flatMap(({ name, devices, settings }): Use[] => {
    const array = devices.find((device) => ARRAY.test(device));
    const place = settings.map((node) => setAt(node.child("device"))).find((one) => one !== undefined);
    const what = `\`${name}\` is to be opened from \`${array}\``;
    return array ? [{ what, place, name, stopsBoot: true, isEarly: true }] : [];
  });
  const text = readString(host.config.at("boot", "swraid", "mdadmConf"));
  const described: Use[] =
    text?.known && /^\s*ARRAY\b/m.test(text.value)
      ? [
          {
            ...{ what: "`boot.swraid.mdadmConf` describes an array", name: "boot.swraid.mdadmConf" },
            ...{ place: text.place, stopsBoot: false, isEarly: false },
          },
        ]
      : [];
  const weight = ({ stopsBoot, isEarly }: Use) => Number(stopsBoot) + Number(stopsBoot && isEarly);
  return [...mounts, ...disks, ...described].sort((a, b) => weight(b) - weight(a));
}
