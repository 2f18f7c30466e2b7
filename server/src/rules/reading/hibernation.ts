import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { readBoolean, readString, readTexts } from "../../host/read-values.ts";

const HIBERNATES = /^(hibernate|suspend-then-hibernate|hybrid-?sleep)$/i;

/** The setting by which the host hibernates without being asked. */
export function sleepsByItself({
  config,
}: Host): { readonly text: string; readonly place: Place | undefined } | undefined {
  const logind = config.at("services", "logind");
  const options = [
    ...["lidSwitch", "lidSwitchExternalPower", "lidSwitchDocked", "powerKey", "powerKeyLongPress", "suspendKey"].map(
      (name) => logind.child(name),
    ),
    ...["HandleLidSwitch", "HandleLidSwitchExternalPower", "HandlePowerKey", "HandleSuspendKey", "IdleAction"].map(
      (name) => logind.at("settings", "Login", name),
    ),
    config.at("services", "upower", "criticalPowerAction"),
  ];
  for (const option of options) {
    const value = option.isDefined() === false ? undefined : readString(option);
    if (value?.known && HIBERNATES.test(value.value))
      return { text: `\`${option.path.join(".")} = "${value.value}"\``, place: value.place };
  }
  return undefined;
}

/** What keeps the kernel from hibernating, and where it is said. */
export interface Refusal {
  readonly by: "zfs" | "image" | "parameter";
  /** The parameter of the kernel. */
  readonly text: string;
  readonly place: Place | undefined;
  readonly isCertain: boolean;
}

/**
 * What makes the kernel refuse to hibernate: its parameters, and the modules of NixOS that add `nohibernate`, that of ZFS
 * and the one that protects the image.
 */
export function forbidsHibernation({ config, fileSystems }: Host): Refusal | undefined {
  const parameter = readTexts(config.at("boot", "kernelParams")).texts.find(({ text }) =>
    /^(nohibernate|hibernate=no)$/.test(text),
  );
  if (parameter) {
    const { text, place, certain } = parameter;
    return { by: "parameter", text, place, isCertain: certain.answer === "yes" };
  }
  const protects = readBoolean(config.at("security", "protectKernelImage"));
  if (protects?.known && protects.value)
    return { by: "image", text: "nohibernate", place: protects.place, isCertain: true };
  const zfs = fileSystems.find(({ fsType }) => fsType.known && fsType.value === "zfs");
  const allows = config.at("boot", "zfs", "allowHibernation");
  const flag = allows.isDefined() === false ? undefined : readBoolean(allows);
  if (!zfs || (flag?.known && flag.value)) return undefined;
  const isCertain = zfs.certain.answer === "yes" && flag?.known !== false;
  return { by: "zfs", text: "nohibernate", place: zfs.place, isCertain };
}

/** Why the kernel refuses, as half a sentence. */
export function whyRefused({ by, text }: Refusal): string {
  if (by === "zfs") return "with ZFS NixOS boots with `nohibernate`, unless boot.zfs.allowHibernation says otherwise";
  if (by === "image") return "by `security.protectKernelImage` NixOS boots with `nohibernate`";
  return `it boots with \`${text}\``;
}
