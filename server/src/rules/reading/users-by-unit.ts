import type { Host } from "../../host/host.ts";
import { readBoolean } from "../../host/read-values.ts";

/**
 * Whether a unit makes the users of the host, systemd-sysusers or userborn, and no script of the activation; secrets are
 * decrypted by units then as well. Undefined when that is not known.
 */
export function usersByUnit(host: Host): boolean | undefined {
  const flags = [
    ["systemd", "sysusers", "enable"],
    ["services", "userborn", "enable"],
  ].map((path) => readBoolean(host.config.at(...path)));
  if (flags.some((flag) => flag?.known && flag.value)) return true;
  return flags.some((flag) => flag?.known === false) ? undefined : false;
}
