import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { readBoolean, readString, setAt } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";

/** What says that a machine is not always on. */
export interface PersonalMachine {
  readonly kind: "laptop" | "desktop";
  readonly place: Place | undefined;
  /** For the middle of a sentence. */
  readonly because: string;
}

/** Switches that only a machine with a battery or a lid has. */
const OF_LAPTOPS = [
  ...["services.tlp.enable", "services.auto-cpufreq.enable", "services.throttled.enable", "services.fprintd.enable"],
  ...["programs.auto-cpufreq.enable", "hardware.trackpoint.enable", "services.supergfxd.enable"],
];

/** What a lid does; a laptop that ignores its lid serves. */
const LID = [
  ...["lidSwitch", "lidSwitchExternalPower", "lidSwitchDocked"].map((name) => ["services", "logind", name]),
  ...["HandleLidSwitch", "HandleLidSwitchExternalPower"].map((name) => [
    ...["services", "logind", "settings", "Login"],
    name,
  ]),
];

/** Switches of desktops that somebody sits before. */
const OF_DESKTOPS = [
  ...["gnome", "plasma6", "xfce", "cinnamon", "mate", "budgie", "cosmic", "pantheon"].flatMap((name) => [
    `services.desktopManager.${name}.enable`,
    `services.xserver.desktopManager.${name}.enable`,
  ]),
  ...["programs.hyprland.enable", "programs.sway.enable", "programs.niri.enable", "services.greetd.enable"],
  ...["services.displayManager.sddm.enable", "services.displayManager.gdm.enable"],
];

/** Whether the machine is one that is carried about or switched off at night, as far as the configuration says. */
export function personalMachine({ config }: Host): PersonalMachine | undefined {
  const at = (option: string): OptionNode => config.at(...option.split("."));
  const lids = LID.map((path) => config.at(...path)).filter((node) => node.isDefined() === true);
  for (const node of lids) {
    const value = readString(node);
    if (value?.known && value.value === "ignore") return undefined;
  }
  const [lid] = lids;
  if (lid) return { kind: "laptop", place: setAt(lid), because: `\`${lid.path.join(".")}\` is for a lid` };
  const laptop = OF_LAPTOPS.find((option) => isOn(at(option)));
  if (laptop) return { kind: "laptop", place: setAt(at(laptop)), because: `\`${laptop}\` is for a laptop` };
  const desktop = OF_DESKTOPS.find((option) => isOn(at(option)));
  return desktop
    ? { kind: "desktop", place: setAt(at(desktop)), because: `\`${desktop}\` is for a desktop` }
    : undefined;
}

function isOn(node: OptionNode): boolean {
  const flag = node.isDefined() === true ? readBoolean(node) : undefined;
  return flag?.known === true && flag.value;
}
