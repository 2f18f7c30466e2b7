import { coveragePlace } from "../reading/coverage-place.ts";
import { persistFix } from "../reading/persist-fix.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { lossInWords, uncoveredLoss, whereInWords } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** NixOS remembers in /var/lib/nixos which uid and gid it gave to whom. */
export const unpersistedUidMap = defineRule({
  code: "IMP402",
  name: "unpersisted-uid-map",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const loss = uncoveredLoss(context.host, "/var/lib/nixos");
    if (loss.lost !== "yes" || isStateless(context.host)) return;
    context.report({
      at: coveragePlace(context.host),
      message: `\`/var/lib/nixos\` ${lossInWords(loss)}: NixOS then forgets which uid and gid it gave to users and groups without fixed numbers, and persisted files end up owned by another service.`,
      help: 'Persist "/var/lib/nixos" (with preservation: inInitrd = true).',
      related: [{ place: loss.fate.place, message: whereInWords(loss) }],
      fixes: () => persistFix(context, [{ kind: "directory", path: "/var/lib/nixos", inInitrd: true }]),
    });
  },
});
