import type { Place } from "../../eval/origin.ts";
import { childrenOf, isNamed, read, setAt } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { importsImageModule } from "../reading/image-modules.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** A stateVersion that is computed from the release, so that it changes with every upgrade. */
export const movingStateVersion = defineRule({
  code: "IMP734",
  name: "moving-state-version",
  group: "units",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    const { config } = host;
    // An image is made anew with every release, and nothing of the one before is in it.
    if (importsImageModule(host) || isStateless(host) || config.child("isoImage").isDefined() === true) return;
    const system = config.child("system");
    if (isNamed(system, "stateVersion")) {
      const found = releaseIn(context, system.child("stateVersion"));
      const moved = host.services
        .filter(({ enable, enabled }) => enabled.answer === "yes" && MOVES.test(enable))
        .map(({ enable }) => enable.split(".")[1])
        .filter((name) => !isNamed(config.at("services", name ?? ""), "package"));
      if (found)
        report({
          at: found.place,
          message: `\`system.stateVersion\` follows the release (\`${found.text}\`): with every upgrade it moves the defaults that it is there to hold, such as directories of services and the major version of databases.${moved.length > 0 ? ` After the next upgrade ${moved.join(", ")} may start with an empty directory of another version.` : ""} What is persisted stays behind.`,
          help: 'Write the release of the first installation as a text and leave it: system.stateVersion = "25.05";.',
        });
    }
    const homes = config.at("home-manager", "users");
    for (const { name, node } of homes.isDefined() === false ? [] : childrenOf(homes)) {
      if (!isNamed(node.child("home"), "stateVersion")) continue;
      const found = releaseIn(context, node.at("home", "stateVersion"));
      if (!found) continue;
      report({
        at: found.place,
        message: `\`home.stateVersion\` of \`${name}\` follows the release (\`${found.text}\`): with every upgrade it moves the defaults that it is there to hold, among them where programs keep their data.`,
        help: 'Write the release of the first installation as a text and leave it: home.stateVersion = "25.05";.',
      });
    }
  },
});

/** Services whose data is in a directory of a version that the stateVersion chooses. */
const MOVES = /^services\.(postgresql|mysql|nextcloud|garage|akkoma|mastodon)\.enable$/;

/** Where nixpkgs says its own release. */
const RELEASE =
  /\b(?:(?:lib\.)?trivial\.(?:release|version|oldestSupportedRelease)|lib\.version|(?:system\.)?nixos\.(?:release|version|codeName)|versions\.majorMinor\s+[\w.]*version)\b/;

/** The name of the release in what an option is set to, there or where the value comes from. */
function releaseIn(
  { program }: RuleContext,
  node: OptionNode,
): { readonly text: string; readonly place: Place } | undefined {
  const reading = read(node);
  const origin = reading.state === "unknown" ? (reading.unknown.place ?? reading.place) : undefined;
  const set = setAt(node);
  for (const place of [set, origin]) {
    const text = place && program(place.file)?.text.slice(place.start, place.end);
    // A whole file, a list of modules: what is in it need not be what the value is.
    const found = text !== undefined && text.length < 200 ? RELEASE.exec(text)?.[0] : undefined;
    if (place && found !== undefined) return { text: found, place };
  }
  return undefined;
}
