import type { Host } from "../../host/host.ts";
import { joinPath } from "../../host/paths.ts";
import { type NormalUser, normalUsers } from "../reading/normal-users.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { lossInWords, uncoveredLoss, whereInWords } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** home-manager by itself for a person whose home is wiped, so that nothing makes its links again at a boot. */
export const standaloneHomeManager = defineRule({
  code: "IMP447",
  name: "standalone-home-manager",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check({ host, report, program }) {
    if (isStateless(host) || !host.entry.endsWith("/flake.nix")) return;
    const text = program(host.entry)?.text ?? "";
    const output = text.indexOf("homeConfigurations");
    if (output < 0 || usesModule(host)) return;
    for (const user of normalUsers(host)) {
      const { home, name } = user;
      const at = home === undefined ? -1 : configurationOf(host, user, text, output);
      if (home === undefined || at < 0) continue;
      // Where what home-manager links lies: the profile of the person, and files of the home.
      const losses = [".local/state/nix/profiles", ".config/systemd/user", ".profile"].map((path) =>
        uncoveredLoss(host, joinPath(home, path)),
      );
      const [loss] = losses;
      if (!loss || losses.some(({ lost }) => lost !== "yes")) continue;
      report({
        at: { file: host.entry, start: at, end: at + name.length },
        message: `home-manager is used by itself for ${name}, and \`${home}\` is ${whereInWords(loss)}. It ${lossInWords(loss)}, with the links, services and mounts that home-manager has made there, and nothing runs it at a boot: the home is bare until somebody calls \`home-manager switch\`.`,
        help: `Import home-manager's module into the host (home-manager.users.${name}), which sets the home up at every boot.`,
        related: [
          { place: user.place, message: `the user \`${name}\`` },
          { place: loss.fate.place, message: whereInWords(loss) },
        ],
      });
    }
  },
});

/** Whether the host has home-manager as a module, or may have, or calls it. */
function usesModule({ config, opaque, incomplete, scripts }: Host): boolean {
  return (
    incomplete.length > 0 ||
    config.child("home-manager").isDefined() !== false ||
    opaque.some(({ why, known }) => !known || /home-?manager|hjem/i.test(why)) ||
    scripts.some(({ text }) => /home-manager|homeConfigurations/.test(text))
  );
}

/**
 * Where the flake names the configuration of a person on this host: `name@host`, or the name alone where the flake has one
 * host. -1 where it names none.
 */
function configurationOf({ name: host, hostName }: Host, { name }: NormalUser, text: string, output: number): number {
  if (!/^[\w-]+$/.test(name)) return -1;
  const hosts = [host, ...(hostName.known ? [hostName.value] : [])].filter((one) => /^[\w-]+$/.test(one));
  const own = new RegExp(`\\b${name}@(?:${hosts.join("|")})"?\\s*=`, "g");
  own.lastIndex = output;
  const found = own.exec(text);
  if (found) return found.index;
  const isOnly = [...text.matchAll(/\bnixosSystem\b/g)].length === 1;
  const alone = isOnly ? new RegExp(`homeConfigurations\\.(?:"?)(${name})"?\\s*=`).exec(text) : null;
  return alone ? alone.index + alone[0].indexOf(name) : -1;
}
