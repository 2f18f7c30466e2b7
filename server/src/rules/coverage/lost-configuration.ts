import type { Host } from "../../host/host.ts";
import { isAtOrBelow, normalise } from "../../host/paths.ts";
import { readBoolean, readString, readTexts, setAt } from "../../host/read-values.ts";
import { coveragePlace } from "../reading/coverage-place.ts";
import { signOfFolder } from "../reading/home-of-configuration.ts";
import { persistFix } from "../reading/persist-fix.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { lossInWords, uncoveredLoss, whereInWords } from "../reading/wiped-root.ts";
import { defineRule, type RuleContext } from "../rule.ts";

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
    if (isStateless(host)) return;
    reportRebuilt(context);
    reportByPath(context);
    const isThere = host.entry === ENTRY;
    const sign = isThere ? undefined : signOfFolder(context);
    if (!isThere && sign === undefined) return;
    const loss = uncoveredLoss(host, FOLDER);
    if (loss.lost !== "yes" || (!isThere && keepsPart(host, FOLDER))) return;
    const outcome = "the machine goes on with what was built last, and what it was built from is gone.";
    context.report({
      at: coveragePlace(host),
      severity: sign === undefined ? "error" : sign.isPlain ? "warning" : "information",
      message:
        sign === undefined
          ? `This configuration is kept in \`${FOLDER}\`, which ${lossInWords(loss)}: ${outcome}`
          : `Without a flake \`nixos-rebuild\` builds \`${ENTRY}\`, and ${sign.words} that this configuration is kept there. \`${FOLDER}\` ${lossInWords(loss)}: ${outcome}`,
      help:
        sign === undefined
          ? `Persist "${FOLDER}", or keep the configuration in a home or a store that survives; a link to it from ${FOLDER} is made by environment.etc or systemd-tmpfiles.`
          : `Persist "${FOLDER}", or keep the configuration in a store and name it there (nixos-config= in nix.nixPath). If it is sent to the machine from another one, nothing is lost: say so in a comment there, or silence this.`,
      related: [{ place: loss.fate.place, message: whereInWords(loss) }],
      fixes: () => persistFix(context, [{ kind: "directory", path: FOLDER }]),
    });
  },
});

/** Options that name the folder that the machine builds itself from. */
const REBUILT_FROM = ["system.autoUpgrade.flake", "programs.nh.flake"];

function reportRebuilt({ host, report }: RuleContext): void {
  for (const option of REBUILT_FROM) {
    const node = host.config.at(...option.split("."));
    const text = node.isDefined() === true ? readString(node) : undefined;
    const folder = text?.known ? /^(?:path:|git\+file:\/\/)?(\/[^?#]+)/.exec(text.value)?.[1] : undefined;
    if (folder === undefined || folder.startsWith("/nix/")) continue;
    // The folder of the flake itself, as its code names it, is a copy in the Nix store.
    if (folder !== FOLDER && isAtOrBelow(host.entry, normalise(folder))) continue;
    const loss = uncoveredLoss(host, normalise(folder));
    if (loss.lost !== "yes" || keepsPart(host, normalise(folder))) continue;
    report({
      at: text?.place,
      // nh is for a person, who sees that it is gone.
      severity: option.startsWith("programs.") ? "information" : "warning",
      message: `\`${option}\` builds the machine from \`${folder}\`, ${whereInWords(loss)}. It ${lossInWords(loss)}, and no rebuild finds it then.`,
      help: `Persist "${folder}", or name the flake by an address from which it can be fetched.`,
      related: [{ place: loss.fate.place, message: whereInWords(loss) }],
    });
  }
}

/** What is rebuilt without a flake: `<nixos-config>`, which is below /etc/nixos where nothing else is said. */
function reportByPath({ host, report }: RuleContext): void {
  if (host.entry === ENTRY) return;
  const { config } = host;
  const upgrade = config.at("system", "autoUpgrade");
  const enabled = readBoolean(upgrade.child("enable"));
  const isUpgraded =
    enabled?.known === true &&
    enabled.value &&
    ["flake", "flags"].every((name) => upgrade.child(name).isDefined() === false);
  const path = config.at("nix", "nixPath");
  const { texts, open } = readTexts(path);
  const named = texts.find(({ text }) => text.startsWith("nixos-config="));
  // Hosts of flakes often have a line of the time before them.
  if (!isUpgraded && (!named || host.entry.endsWith("/flake.nix"))) return;
  if (open.length > 0 || (path.isDefined() !== false && !named)) return;
  const file = named?.text.slice("nixos-config=".length) ?? ENTRY;
  const folder = normalise(file.slice(0, file.lastIndexOf("/")));
  if (!folder.startsWith("/etc/") || isAtOrBelow(host.entry, folder)) return;
  const loss = uncoveredLoss(host, folder);
  if (loss.lost !== "yes" || keepsPart(host, folder)) return;
  const reader = isUpgraded ? "`system.autoUpgrade` builds" : "`nixos-rebuild` builds";
  report({
    at: named?.place ?? setAt(upgrade.child("enable")),
    severity: "warning",
    message: `${reader} the machine from \`${file}\`, ${whereInWords(loss)}. It ${lossInWords(loss)}, and no rebuild finds it then.`,
    help: `Persist "${folder}", or keep the configuration in a store and name it there${isUpgraded ? " (system.autoUpgrade.flake, or nixos-config= in nix.nixPath)" : " (nixos-config= in nix.nixPath)"}.`,
    related: [{ place: loss.fate.place, message: whereInWords(loss) }],
  });
}

function keepsPart({ stores }: Host, folder: string): boolean {
  return stores.some(({ directories }) => directories.some(({ path }) => isAtOrBelow(path, folder)));
}
