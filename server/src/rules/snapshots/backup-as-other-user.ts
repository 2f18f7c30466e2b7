import type { Place } from "../../eval/origin.ts";
import { type BackupJob, backupJobs, takesPath } from "../../host/backup-jobs.ts";
import type { Host } from "../../host/host.ts";
import { joinPath } from "../../host/paths.ts";
import { childrenOf, isNamed, openOf, readString } from "../../host/read-values.ts";
import { known } from "../../host/verdict.ts";
import { isClosed } from "../reading/access-mode.ts";
import { namesOf } from "../reading/backup-coverage.ts";
import { mayBeInGroup } from "../reading/group-members.ts";
import { normalUsers } from "../reading/normal-users.ts";
import { tmpfilesRules } from "../reading/tmpfiles.ts";
import { defineRule } from "../rule.ts";

/** A backup runs as an account that may not read what it takes. */
export const backupAsOtherUser = defineRule({
  code: "IMP662",
  name: "backup-as-other-user",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    for (const job of backupJobs(host.config)) {
      const user =
        job.tool === "borgmatic" || !isNamed(job.node, "user") ? undefined : readString(job.node.child("user"));
      if (!user?.known || /^(root|0)$/.test(user.value) || mayReadAll(host, job)) continue;
      const account = user.value;
      const closed = closedDirectories(host).filter(
        ({ path, owner, group, mode }) =>
          owner !== account &&
          isClosed(known(mode), "others") === true &&
          (isClosed(known(mode), "all") === true ||
            (group !== undefined && group !== account && !mayBeInGroup(host, account, group))) &&
          namesOf(host, path).some((name) => takesPath(job, name) === "yes"),
      );
      const [first] = closed;
      if (!first) continue;
      const others = closed.filter(({ path }) => path !== first.path);
      report({
        at: user.place ?? job.place,
        message: `\`${job.name}\` runs as \`${account}\`, who may not read \`${first.path}\`, ${first.what} (\`${first.owner}\`, mode ${first.mode})${
          others.length > 0
            ? `, nor ${others
                .slice(0, 2)
                .map(({ path }) => `\`${path}\``)
                .join(" and ")}${others.length > 2 ? ` and ${others.length - 2} more` : ""}`
            : ""
        }. ${job.tool} leaves out what it cannot read: the backups are made, and this is in none of them.`,
        help: `Let it run as root, or let it read everything: systemd.services."${unitOf(job)}".serviceConfig.AmbientCapabilities = "CAP_DAC_READ_SEARCH";`,
        related: closed.slice(0, 4).map(({ place, path }) => ({ place, message: `\`${path}\` is closed to others` })),
      });
    }
  },
});

function unitOf({ tool, name }: BackupJob): string {
  return tool === "restic" ? `restic-backups-${name}` : `borgbackup-job-${name}`;
}

/** Whether the unit may be given more than its account has: by capabilities, a wrapper, groups, or rights on the files. */
function mayReadAll(host: Host, job: BackupJob): boolean {
  const { config, scripts } = host;
  const unit = config.at("systemd", "services", unitOf(job));
  const settings = unit.child("serviceConfig");
  const more = [
    "AmbientCapabilities",
    "CapabilityBoundingSet",
    "User",
    "SupplementaryGroups",
    "ExecStart",
    "PermissionsStartOnly",
  ];
  return (
    job.listsOpen !== undefined ||
    ["package", "group"].some((name) => isNamed(job.node, name)) ||
    openOf(settings) !== undefined ||
    more.some((name) => isNamed(settings, name)) ||
    /\b(sudo|doas|setpriv|setfacl|setcap|run0)\b/.test(job.hooks) ||
    childrenOf(config.at("security", "wrappers")).some(({ name }) => /restic|borg/.test(name)) ||
    scripts.some(({ text }) => /\bsetfacl\b/.test(text)) ||
    tmpfilesRules(host).some(({ type }) => /^[aA]/.test(type))
  );
}

interface Closed {
  readonly path: string;
  readonly owner: string;
  readonly group: string | undefined;
  readonly mode: string;
  /** What is in it. */
  readonly what: string;
  readonly place: Place | undefined;
}

/** Directories that their owner keeps for itself: state of services, homes, and entries of stores that say so. */
function closedDirectories(host: Host): Closed[] {
  const states = host.services.flatMap(({ enable, enabled, state, place }) =>
    enabled.answer !== "yes"
      ? []
      : state.flatMap(({ path, kind, type, little, assumed, user, group, mode, dynamicUser }): Closed[] => {
          if (kind !== "state" || type === "file" || little || assumed) return [];
          const what = `where \`${enable.replace(/\.enable$/, "")}\` keeps its data`;
          // systemd opens /var/lib/private to nobody.
          if (dynamicUser) return [{ path, owner: "root", group: "root", mode: "0700", what, place }];
          return user !== undefined && mode !== undefined ? [{ path, owner: user, group, mode, what, place }] : [];
        }),
  );
  const homes = normalUsers(host).flatMap(({ name, home, node, place }): Closed[] => {
    const mode = isNamed(node, "homeMode") ? readString(node.child("homeMode")) : known("700");
    if (home === undefined || !mode?.known) return [];
    return [{ path: home, owner: name, group: undefined, mode: mode.value, what: "a home", place }];
  });
  const entries = host.stores.flatMap(({ path: store, directories }) =>
    directories.flatMap(({ path, user, group, mode, place, userName }): Closed[] => {
      if (userName !== undefined || !store.known || !user?.known || !mode?.known) return [];
      const own = { owner: user.value, group: group?.known ? group.value : undefined, mode: mode.value, place };
      return [{ ...own, path: joinPath(store.value, path), what: "an entry of the store" }];
    }),
  );
  return [...states, ...homes, ...entries];
}
