import type { Host, Service } from "../../host/host.ts";
import { isBelow, normalise } from "../../host/paths.ts";
import { readBoolean } from "../../host/read-values.ts";
import { type OptionText, textsBelow } from "./option-texts.ts";

/** Programs of Grafana's that keep what they are sent in directories which their configuration names. */
export const STORING = [
  { enable: "services.loki.enable", settings: ["services", "loki", "configuration"] },
  { enable: "services.tempo.enable", settings: ["services", "tempo", "settings"] },
  { enable: "services.mimir.enable", settings: ["services", "mimir", "configuration"] },
] as const;

/** Names of directories in their configuration; what is only cached is left out. */
const DIRECTORY = /^(path_prefix|directory|dir|path|working_directory|active_index_directory|data_dir|tsdb_dir)$/;

/** The directories that a program's configuration names for what it keeps. */
export function storageDirectories({ config }: Host, [...settings]: readonly string[]): readonly OptionText[] {
  const group = config.at(...settings);
  if (group.isDefined() !== true) return [];
  return textsBelow(group).filter(
    ({ option, text }) =>
      DIRECTORY.test(option.at(-1) ?? "") && text.startsWith("/") && !option.some((name) => /cache/i.test(name)),
  );
}

/** Whether a program is told to keep everything outside of the directories that its module is known to give it. */
export function storesElsewhere(host: Host, { enable, state }: Service): boolean {
  const program = STORING.find((one) => one.enable === enable);
  const named = program ? storageDirectories(host, program.settings) : [];
  return (
    named.some(({ option }) => option.at(-1) === "path_prefix") &&
    named.every(
      ({ text }) =>
        !text.startsWith("/var/lib/") && !state.some(({ path }) => path === normalise(text) || isBelow(text, path)),
    )
  );
}

/** Whether a program is certainly switched on. */
export function isStoring({ config }: Host, enable: string): boolean {
  const flag = readBoolean(config.at(...enable.split(".")));
  return flag?.known === true && flag.value;
}
