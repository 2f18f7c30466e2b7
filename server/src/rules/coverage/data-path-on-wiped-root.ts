import type { Host } from "../../host/host.ts";
import { directoriesAbove } from "../../host/paths.ts";
import { readString } from "../../host/read-values.ts";
import {
  hasFixedUser,
  isFilledByScript,
  isKeptForDynamicUser,
  isKnownState,
  isPartlyKept,
  mayMountItself,
} from "../reading/data-fate.ts";
import { type DataPath, dataPaths, ownerOf } from "../reading/data-paths.ts";
import { mayBeMade } from "../reading/made-directories.ts";
import { persistFix } from "../reading/persist-fix.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { tmpfilesRules } from "../reading/tmpfiles.ts";
import { lossInWords, uncoveredLoss, whereInWords } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** A program is told to keep its data in a directory that is lost. */
export const dataPathOnWipedRoot = defineRule({
  code: "IMP426",
  name: "data-path-on-wiped-root",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    if (isStateless(host)) return;
    const all = dataPaths(host);
    for (const { path, by, isSure, kind, option, place } of outermost(all)) {
      if (isKnownState(host, path) || isPartlyKept(host, path) || isFilledByScript(host, path)) continue;
      if (mayMountItself(host, path) || (isKeptForDynamicUser(host, path) && !hasFixedUser(host, option))) continue;
      const loss = uncoveredLoss(host, path);
      if (loss.lost !== "yes") continue;
      const rule = tmpfilesRules(host).find((one) => one.path === path && /^[dvqQ]/.test(one.type));
      const failing = all.find((one) => one.failure !== undefined && one.path === path && !mayBeMade(host, path));
      const user = rule?.user ?? accountOf(host, option) ?? ownerOf(host, option);
      context.report({
        at: place,
        severity: isSure || failing ? "warning" : "information",
        message: `\`${by}\` names \`${path}\`, ${whereInWords(loss)}. What is kept there ${lossInWords(loss)}.${failureInWords(failing)}`,
        help: `Persist the ${kind}, or name one in a store or on a filesystem that nothing wipes.${failing ? " Where nothing is kept there, let tmpfiles or StateDirectory make it." : ""}`,
        related: [{ place: loss.fate.place, message: whereInWords(loss) }],
        fixes: () =>
          persistFix(context, [{ kind, path, user, group: rule?.group ?? user, mode: rule?.mode }]).map((plan) => {
            const note = doubtOf(host, user);
            return note === undefined ? plan : { ...plan, safety: "unsafe" as const, note };
          }),
      });
    }
  },
});

/** That a unit does not even start where nothing makes the directory again. */
function failureInWords(failing: DataPath | undefined): string {
  if (!failing?.failure) return "";
  return ` Nothing in the configuration makes it again, so that \`${failing.option[2] ?? failing.by}\` does not start after that (${failing.failure}).`;
}

/** What somebody has to look at before the path is persisted. */
function doubtOf(host: Host, user: string | undefined): string | undefined {
  if (user === undefined) return "Nothing here says who owns it: root does then.";
  // Datasets mount themselves where their properties say, when their pool is imported.
  return host.fileSystems.some(({ fsType }) => fsType.known && fsType.value === "zfs")
    ? "Look first whether it is the mount point of a dataset (zfs list -o name,mountpoint): the mount would hide that."
    : undefined;
}

/** One for each path, those that are sure first; what lies in another one is kept or lost with it. */
function outermost(paths: readonly DataPath[]): readonly DataPath[] {
  const ordered = [...paths].sort((a, b) => a.path.length - b.path.length || Number(b.isSure) - Number(a.isSure));
  const found = new Map<string, DataPath>();
  for (const one of ordered) {
    if (![one.path, ...directoriesAbove(one.path)].some((path) => found.has(path))) found.set(one.path, one);
  }
  return [...found.values()];
}

function accountOf(host: Host, option: readonly string[]): string | undefined {
  const [top, name] = option;
  if (top === "systemd") {
    const user = readString(host.config.at("systemd", "services", option[2] ?? "", "serviceConfig", "User"));
    return user?.known ? user.value : undefined;
  }
  if (top === undefined || name === undefined) return undefined;
  const user = readString(host.config.at(top, name, "user"));
  return user?.known ? user.value : undefined;
}
