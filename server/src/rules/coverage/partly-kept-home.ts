import type { Host } from "../../host/host.ts";
import { isAtOrBelow, joinPath } from "../../host/paths.ts";
import { HOME_STATES, type HomeState } from "../reading/home-states.ts";
import { normalUsers } from "../reading/normal-users.ts";
import { persistFix } from "../reading/persist-fix.ts";
import { certainEntries } from "../reading/persisted-entries.ts";
import { mayBeKeptByOwnHome } from "../reading/standalone-homes.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { isTrue, usedHomeStates } from "../reading/used-home-states.ts";
import { lossInWords, uncoveredLoss, whereInWords } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** A person's home is kept in parts, and what programs that are switched on keep in it is not among them. */
export const partlyKeptHome = defineRule({
  code: "IMP434",
  name: "partly-kept-home",
  group: "coverage",
  severity: "information",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    if (host.stores.length === 0 || isStateless(host)) return;
    for (const user of normalUsers(host)) {
      const { name, home, place } = user;
      if (
        home === undefined ||
        mayBeKeptByOwnHome(context, home) ||
        !isPartlyKept(host, home) ||
        uncoveredLoss(host, home).lost !== "yes"
      )
        continue;
      const used = usedHomeStates(host, user);
      const lost = used.filter(({ paths }) =>
        paths.every(
          (path) =>
            uncoveredLoss(host, joinPath(home, path)).lost === "yes" && !isPartlyKept(host, joinPath(home, path)),
        ),
      );
      const [first] = lost;
      if (!first) continue;
      const loss = uncoveredLoss(host, joinPath(home, first.paths[0] ?? ""));
      const misled = [
        ...lost.flatMap((state) => systemEntry(host, state)),
        ...new Set(lost.flatMap(({ kind }) => (kind === undefined ? [] : unusedOthers(host, home, used, kind)))),
      ];
      const shown = lost.map(({ paths, what }) => `\`${joinPath(home, paths[0] ?? "")}\` (${what})`);
      context.report({
        at: place,
        severity: lost.some(({ isData }) => isData) || misled.length > 0 ? "warning" : "information",
        message: `Of \`${home}\` only parts are kept. Not among them: ${shown.join("; ")}. ${lost.length > 1 ? "They are" : "It is"} ${whereInWords(loss)}, and ${lossInWords(loss, lost.length > 1)}.${misled.map((path) => ` \`${path}\` is persisted, which holds none of it.`).join("")}`,
        help: `Persist what ${name} wants to keep (users.${name}.directories).`,
        related: [{ place: loss.fate.place, message: whereInWords(loss) }],
        fixes: () =>
          persistFix(
            context,
            lost.map(({ paths, isPrivate }) => ({
              ...{ kind: "directory", path: joinPath(home, paths[0] ?? ""), user: name, group: "users" },
              mode: isPrivate ? "0700" : undefined,
            })),
          ).map((plan) => ({ ...plan, safety: "unsafe" as const, preferred: false })),
      });
    }
  },
});

/** What is persisted of a program for the whole system, as if it were all. */
function systemEntry(host: Host, { ofSystem, unlessOn }: HomeState): readonly string[] {
  const isForMore = unlessOn !== undefined && isTrue(host.config.at(...unlessOn.split(".")));
  return ofSystem !== undefined && !isForMore && isEntry(host, ofSystem) ? [ofSystem] : [];
}

/** The persisted directories of browsers, or of keyrings, that the person does not have. */
function unusedOthers(
  host: Host,
  home: string,
  used: readonly HomeState[],
  kind: HomeState["kind"],
): readonly string[] {
  const others = HOME_STATES.filter((state) => state.kind === kind && !used.includes(state));
  return others.flatMap(({ paths }) => paths.map((path) => joinPath(home, path)).filter((path) => isEntry(host, path)));
}

function isEntry(host: Host, path: string): boolean {
  return certainEntries(host).some((entry) => entry.path === path);
}

/** Something at or below a path is persisted, perhaps, or is a filesystem. */
function isPartlyKept(host: Host, path: string): boolean {
  const entries = host.stores.flatMap(({ directories, files }) => [...directories, ...files]);
  return (
    entries.some((entry) => isAtOrBelow(entry.path, path)) ||
    host.fileSystems.some(({ mountpoint }) => isAtOrBelow(mountpoint, path))
  );
}
