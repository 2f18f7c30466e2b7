import { coveragePlace } from "../reading/coverage-place.ts";
import { persistFix } from "../reading/persist-fix.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { lossInWords, uncoveredLoss, whereInWords } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

const FOLDER = "/etc/nixos";
/** What `nixos-rebuild` builds where nothing says otherwise. A flake in the folder may be of several machines. */
const ENTRY = `${FOLDER}/configuration.nix`;

/** A configuration that empties the folder that it is kept in. */
export const lostConfiguration = defineRule({
  code: "IMP424",
  name: "lost-configuration",
  group: "coverage",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    if (host.entry !== ENTRY || isStateless(host)) return;
    const loss = uncoveredLoss(host, FOLDER);
    if (loss.lost !== "yes") return;
    context.report({
      at: coveragePlace(host),
      message: `This configuration is kept in \`${FOLDER}\`, which ${lossInWords(loss)}: the machine goes on with what was built last, and what it was built from is gone.`,
      help: `Persist "${FOLDER}", or keep the configuration in a home or a store that survives; a link to it from ${FOLDER} is made by environment.etc or systemd-tmpfiles.`,
      related: [{ place: loss.fate.place, message: whereInWords(loss) }],
      fixes: () => persistFix(context, [{ kind: "directory", path: FOLDER }]),
    });
  },
});
