import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { isBelow } from "../../host/paths.ts";
import { childrenOf, readString, readTexts } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { dataPaths, ownerOf } from "../reading/data-paths.ts";
import { mayBeInGroup } from "../reading/group-members.ts";
import { type TmpfilesRule, tmpfilesOpen, tmpfilesRules } from "../reading/tmpfiles.ts";
import { defineRule } from "../rule.ts";

/** A directory that systemd-tmpfiles closes to the service that keeps its data below. */
export const closedParent = defineRule({
  code: "IMP441",
  name: "closed-parent",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    if (tmpfilesOpen(host)) return;
    const rules = tmpfilesRules(host);
    const users = usersOf(host);
    for (const rule of rules) {
      if (!/^[dDvqQ]/.test(rule.type) || rules.some((other) => other !== rule && other.path === rule.path)) continue;
      const mode = /^:?0?[0-7]{3}$/.test(rule.mode ?? "") ? Number.parseInt((rule.mode ?? "").replace(":", ""), 8) : -1;
      if (mode < 0 || (mode & 1) !== 0) continue;
      const shut = users.find(
        ({ path, user, group }) => isBelow(path, rule.path) && !mayEnter(host, rule, mode, user, group),
      );
      if (!shut) continue;
      report({
        at: rule.place,
        message: `\`${rule.path}\` is made with the mode ${rule.mode} for ${rule.user ?? "root"}:${rule.group ?? "root"}, and \`${shut.user}\` has to go through it to \`${shut.path}\` (\`${shut.by}\`): everything there fails with "Permission denied".`,
        help: `Give it the mode 0711 or 0755, or a group of which ${shut.user} is a member.`,
        related: [{ place: shut.place, message: `\`${shut.user}\` keeps data here` }],
      });
    }
  },
});

/** Jobs that run as root where nothing else is said, and file servers, which serve many accounts. */
const OF_ROOT = /^(restic|borgbackup|borgmatic|btrbk|samba|nfs|rsyncd|sftpgo)$/;

interface Use {
  readonly path: string;
  readonly by: string;
  readonly user: string;
  readonly group: string | undefined;
  readonly place: Place | undefined;
}

/** The directories that options of services name, with the account for which the service writes there. */
function usersOf(host: Host): readonly Use[] {
  return dataPaths(host).flatMap(({ path, by, option, place, isSure }): Use[] => {
    const [top, name] = option;
    if (!isSure || top !== "services" || name === undefined || OF_ROOT.test(name)) return [];
    const node = host.config.at(top, name);
    const said = (key: string) => (node.child(key).isDefined() === false ? undefined : readString(node.child(key)));
    const user = said("user");
    if (user?.known === false || said("group")?.known === false) return [];
    const owner = user?.known ? user.value : ownerOf(host, option);
    const group = said("group");
    if (owner === undefined || owner === "root") return [];
    return [{ path, by, user: owner, group: group?.known ? group.value : undefined, place }];
  });
}

/** Whether an account may go through a directory, or may be a member of a group that may. */
function mayEnter(host: Host, rule: TmpfilesRule, mode: number, user: string, group: string | undefined): boolean {
  if ((rule.user ?? "root") === user) return true;
  if ((mode & 0o010) === 0) return false;
  const wanted = rule.group ?? "root";
  if (wanted === user || wanted === group) return true;
  return (
    mayBeInGroup(host, user, wanted) ||
    childrenOf(host.config.at("systemd", "services")).some(({ node }) => isSupplementary(node, wanted))
  );
}

function isSupplementary(unit: OptionNode, group: string): boolean {
  const groups = unit.at("serviceConfig", "SupplementaryGroups");
  if (groups.isDefined() === false) return false;
  const { texts, open } = readTexts(groups);
  return open.length > 0 || texts.some(({ text }) => text.split(/\s+/).includes(group));
}
