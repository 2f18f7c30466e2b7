import type { Place } from "../../eval/origin.ts";
import type { Host, Unit } from "../../host/host.ts";
import { perItem } from "../../host/per-item.ts";
import { childrenOf, isNamed, readString } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { runningUnits } from "../reading/data-paths.ts";
import { scriptCommands } from "../reading/script-commands.ts";
import { lossInWords, uncoveredLoss, whereInWords } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** A remote of rclone that only the configuration in root's home knows, which is lost. */
export const lostRcloneRemotes = defineRule({
  code: "IMP837",
  name: "lost-rclone-remotes",
  group: "secrets",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const file = "/root/.config/rclone/rclone.conf";
    const uses = [...resticUses(host), ...usesOfUnits(runningUnits(host.units))];
    const [first] = uses;
    if (!first || isMade(host, file)) return;
    const loss = uncoveredLoss(host, file);
    if (loss.lost !== "yes") return;
    for (const { remote, by, place, help } of uses) {
      report({
        at: place,
        message: `\`${by}\` uses the remote \`${remote}\` of rclone, and nothing says what that is but \`${file}\`, which is ${whereInWords(loss)}: it ${lossInWords(loss)}, and from then on rclone does not know the remote.`,
        help,
        related: [{ place: loss.fate.place, message: whereInWords(loss) }],
      });
    }
  },
});

interface RemoteUse {
  readonly remote: string;
  readonly by: string;
  readonly place: Place | undefined;
  readonly help: string;
}

/** Jobs of restic as root that are given no configuration. Source of truth: restic.nix of nixpkgs. */
function resticUses({ config }: Host): readonly RemoteUse[] {
  return childrenOf(config.at("services", "restic", "backups")).flatMap(({ name, node, certain }): RemoteUse[] => {
    const repository = readString(node.child("repository"));
    const remote = repository?.known ? /^rclone:([\w.-][\w. -]*):/.exec(repository.value)?.[1] : undefined;
    const isGiven = ["rcloneConfig", "rcloneConfigFile", "environmentFile", "s3CredentialsFile", "user"].some(
      (option) => node.child(option).isDefined() !== false,
    );
    const unit = config.at("systemd", "services", `restic-backups-${name}`);
    if (certain.answer !== "yes" || remote === undefined || isGiven || mayHaveOwn(unit)) return [];
    const by = `services.restic.backups.${name}`;
    const help = `Give the job its configuration, from a secret: ${by}.rcloneConfigFile = "/run/secrets/rclone.conf";.`;
    return [{ remote, by, place: repository?.place, help }];
  });
}

/** Commands of units of root that name a remote. */
const usesOfUnits = perItem(({ name, node, scripts }: Unit): readonly RemoteUse[] => {
  if (!scripts.some(({ text }) => /\brclone\b/.test(text)) || mayHaveOwn(node)) return [];
  return scripts.flatMap((script) => {
    if (/RCLONE_|\bHOME=|XDG_CONFIG_HOME/.test(script.text)) return [];
    return scriptCommands(script).flatMap(({ program, words }): RemoteUse[] => {
      const texts = words.slice(1).map(({ text }) => text);
      if (program !== "rclone" || texts.some((text) => /^--config\b/.test(text))) return [];
      const word = words.slice(1).find(({ text }) => /^[A-Za-z0-9_][\w.-]*:/.test(text) && !/^[a-z]+:\/\//.test(text));
      const remote = word?.text.split(":")[0];
      if (!word || !remote) return [];
      const place = script.placeOf(word.start, word.end) ?? script.place;
      const help = "Name its configuration, from a secret: rclone --config /run/secrets/rclone.conf …";
      return [{ remote, by: `${name}.service`, place, help }];
    });
  });
});

/** Whether a unit runs as another account, or may be given the configuration in its environment. */
function mayHaveOwn(unit: OptionNode): boolean {
  if (isNamed(unit, "environment")) return true;
  if (!isNamed(unit, "serviceConfig")) return false;
  const settings = unit.child("serviceConfig");
  return ["User", "DynamicUser", "Environment", "EnvironmentFile", "LoadCredential"].some((name) =>
    isNamed(settings, name),
  );
}

/** Whether home-manager or a script of the host writes it. */
function isMade({ config, scripts }: Host, file: string): boolean {
  const home = config.at("home-manager", "users", "root");
  return (
    home.isDefined() !== false || scripts.some(({ text }) => text.includes(file) || text.includes(".config/rclone"))
  );
}
