import type { Host } from "../../host/host.ts";
import { isAtOrBelow, joinPath, normalise } from "../../host/paths.ts";
import { type Child, childrenOf, readBoolean, readString } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { isTrue } from "../reading/used-home-states.ts";
import { lossInWords, uncoveredLoss } from "../reading/wiped-root.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** Where BIND works unless `services.bind.directory` says otherwise. */
const WORKING_DIRECTORY = "/run/named";

/** BIND makes the keys that sign a zone, and keeps them in a directory that a reboot empties. */
export const zoneKeysInRun = defineRule({
  code: "IMP432",
  name: "zone-keys-in-run",
  group: "coverage",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    const bind = host.config.at("services", "bind");
    if (!host.isImpermanent || isStateless(host) || !isTrue(bind.child("enable"))) return;
    // A file of one's own says all of it.
    if (bind.child("configFile").isDefined() !== false) return;
    const options = textOf(bind.child("extraOptions"));
    const directory = readString(bind.child("directory")) ?? { known: true, value: WORKING_DIRECTORY };
    if (options === undefined || !directory.known) return;
    for (const zone of childrenOf(bind.child("zones"))) reportZone(context, zone, options, directory.value);
  },
});

function reportZone(
  { host, report }: RuleContext,
  { name, node, certain }: Child,
  options: string,
  work: string,
): void {
  const text = textOf(node.child("extraConfig"));
  const primary = node.child("master").isDefined() === false ? undefined : readBoolean(node.child("master"));
  if (certain.answer !== "yes" || text === undefined || (primary && !(primary.known && primary.value))) return;
  const policy = POLICY.exec(text)?.[1] ?? POLICY.exec(options)?.[1];
  if (policy === undefined || policy === "none") return;
  const named = KEYS.exec(text)?.[1] ?? KEYS.exec(options)?.[1];
  const keys = named === undefined ? work : named.startsWith("/") ? normalise(named) : joinPath(work, named);
  const loss = lossInWordsAt(host, keys);
  if (loss === undefined) return;
  const own = readString(node.child("extraConfig"));
  report({
    at: POLICY.test(text)
      ? own?.place
      : (readString(host.config.at("services", "bind", "extraOptions"))?.place ?? own?.place),
    message: `BIND signs \`${name}\` with keys that it makes itself (\`dnssec-policy ${policy}\`) and keeps in ${named === undefined ? "its working directory, " : ""}\`${keys}\`, which ${loss}. After a reboot it makes new ones, which do not fit the DS record that the registry has, and resolvers that validate refuse the zone.`,
    help: 'Set key-directory to a directory that is kept, such as that of the zone\'s file, to which the unit may write: extraConfig = "… key-directory \\"/var/lib/bind\\";".',
  });
}

const POLICY = /\bdnssec-policy\s+"?([\w-]+)"?\s*;/;
const KEYS = /\bkey-directory\s+"([^"]+)"\s*;/;

/** How a reboot ends what is in a directory; undefined where it does not, or where that cannot be told. */
function lossInWordsAt(host: Host, path: string): string | undefined {
  const isKept = host.stores.some(({ directories }) => directories.some((entry) => isAtOrBelow(path, entry.path)));
  const isInMemory = isAtOrBelow(path, "/run") || isAtOrBelow(path, "/var/run");
  if (isInMemory && !isKept) return "is empty after every boot";
  const loss = uncoveredLoss(host, path);
  return loss.lost === "yes" ? lossInWords(loss) : undefined;
}

/** A text without its comments; the empty one where nobody sets it, undefined where it is not known. */
function textOf(node: OptionNode): string | undefined {
  const text = node.isDefined() === false ? undefined : readString(node);
  if (text === undefined) return node.isDefined() === false ? "" : undefined;
  return text.known ? text.value.replace(/\/\*[\s\S]*?\*\/|(?:\/\/|#)[^\n]*/g, "") : undefined;
}
