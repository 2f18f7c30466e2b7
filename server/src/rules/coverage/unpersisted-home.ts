import type { Host } from "../../host/host.ts";
import { isAtOrBelow } from "../../host/paths.ts";
import { unseenPools } from "../reading/data-fate.ts";
import { normalUsers } from "../reading/normal-users.ts";
import { persistFix } from "../reading/persist-fix.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { lossInWords, uncoveredLoss, whereInWords } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** Nothing of a person's home is kept. */
export const unpersistedHome = defineRule({
  code: "IMP420",
  name: "unpersisted-home",
  group: "coverage",
  severity: "information",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    // A pool whose datasets nobody sees may hold the homes.
    if (host.stores.length === 0 || isStateless(host) || unseenPools(host).length > 0) return;
    for (const { name, home, place } of normalUsers(host)) {
      if (home === undefined || home === "/var/empty" || isPartlyKept(host, home)) continue;
      const loss = uncoveredLoss(host, home);
      if (loss.lost !== "yes") continue;
      context.report({
        at: place,
        message: `Nothing of \`${home}\` is kept: it ${lossInWords(loss)}, with documents, keys and what programs of ${name} remember.`,
        help: `Persist what ${name} needs (users.${name}.directories), or the whole home. If nobody keeps anything there, allow it with a comment.`,
        related: [{ place: loss.fate.place, message: whereInWords(loss) }],
        fixes: () =>
          persistFix(context, [{ kind: "directory", path: home, user: name, group: "users", mode: "0700" }]).map(
            (plan) => ({
              ...plan,
              safety: "unsafe" as const,
              preferred: false,
            }),
          ),
      });
    }
  },
});

/** Something at or below the home is persisted, perhaps, or is a filesystem. */
function isPartlyKept(host: Host, home: string): boolean {
  const persisted = host.stores.some(({ directories, files }) =>
    [...directories, ...files].some(({ path }) => isAtOrBelow(path, home)),
  );
  return (
    persisted ||
    host.fileSystems.some(
      ({ mountpoint, fsType }) => isAtOrBelow(mountpoint, home) && !(fsType.known && fsType.value === "tmpfs"),
    )
  );
}
