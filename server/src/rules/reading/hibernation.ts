import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { readString } from "../../host/read-values.ts";

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
