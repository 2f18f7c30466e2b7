import { offer } from "../../edits/fix-plan.ts";
import { quote } from "../../edits/nix-text.ts";
import { giveAttributes } from "../../edits/persisted-entry-edit.ts";
import type { Host, PersistedPath, Unit } from "../../host/host.ts";
import { isAtOrBelow, isBelow } from "../../host/paths.ts";
import { perItem } from "../../host/per-item.ts";
import { readBoolean, readExplicitBoolean, readString, readTexts } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { isKnownState } from "../reading/data-fate.ts";
import { pathsOfUnits } from "../reading/data-paths.ts";
import { mayBeInGroup } from "../reading/group-members.ts";
import { type NormalUser, normalUsers } from "../reading/normal-users.ts";
import { certainEntries } from "../reading/persisted-entries.ts";
import { tmpfilesRules } from "../reading/tmpfiles.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** A persisted directory that belongs to root, for a service of one's own that runs as somebody else, or in a home. */
export const rootOwnedEntry = defineRule({
  code: "IMP429",
  name: "root-owned-entry",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    const said = new Set<PersistedPath>();
    reportHomes(context, said);
    for (const { unit, user, paths } of withAccount(host.units)) {
      for (const entry of certainEntries(host)) {
        if (said.has(entry) || !isRoots(entry) || !paths.some(({ path }) => isAtOrBelow(path, entry.path))) continue;
        if (
          mayWriteAnyway(host, unit, user, entry) ||
          isMadeBySystemd(unit, entry.path) ||
          isKnownState(host, entry.path) ||
          isHandedOver(host, entry.path)
        )
          continue;
        said.add(entry);
        context.report({
          at: entry.place,
          message: `\`${entry.path}\` is made for root with the mode ${entry.mode?.known ? entry.mode.value : "0755"}, and \`${unit.name}.service\` runs as \`${user}\`, which cannot write there. Nothing in the configuration hands it over.`,
          help: `Give the entry user = "${user}", or the service StateDirectory, which systemd hands over itself.`,
          related: [{ place: unit.place, message: "the service is declared here" }],
          fixes: () =>
            offer(
              giveAttributes(context, entry, [
                ["user", quote(user)],
                ["group", quote(groupOf(unit) ?? user)],
              ]),
              {
                title: `Make \`${entry.path}\` for ${user}`,
                safety: "unsafe",
                preferred: true,
                note: "It counts when the directory is made: run chown in the store where it is there already.",
              },
            ),
        });
      }
    }
  },
});

/** Entries of the system in the home of a person, whatever of theirs uses them. */
function reportHomes(context: RuleContext, said: Set<PersistedPath>): void {
  const { host } = context;
  const roots = certainEntries(host).filter((entry) => isRoots(entry) && entry.group === undefined);
  for (const user of roots.length > 0 ? normalUsers(host) : []) {
    const { name, home } = user;
    if (home === undefined || home === "/") continue;
    const own = roots.filter(
      ({ path }) => isBelow(path, home) && !isOfService(host, path, name) && !isHandedOver(host, path),
    );
    for (const entry of own) said.add(entry);
    const isOfUsers = host.stores.some(({ directories }) => directories.some((one) => one.userName === name));
    // Many are one mistake.
    const told = own.length > 3 ? own.slice(0, 1) : own;
    for (const entry of told) {
      const more = own.length > 3 ? ` and ${own.length - 1} more` : "";
      context.report({
        at: entry.place,
        message: `\`${entry.path}\`${more} ${more ? "are" : "is"} in the home of \`${name}\`. An entry of the system is made for root with the mode 0755, where the store does not have it yet: programs of ${name} cannot write there. Nothing in the configuration hands it over.`,
        help: `List "${entry.path.slice(home.length + 1)}" in users.${name}.directories${isOfUsers ? ", where others are" : ""}, or give the entry user = "${name}".`,
        related: [{ place: user.place, message: `the user \`${name}\`` }],
        fixes: () =>
          offer(more ? undefined : giveAttributes(context, entry, [["user", quote(name)], ...groupOfUser(user)]), {
            title: `Make \`${entry.path}\` for ${name}`,
            safety: "unsafe",
            preferred: true,
            note: "It counts when the directory is made: run chown in the store where it is there already.",
          }),
      });
    }
  }
}

/** Whether a service of somebody else keeps its data there. */
function isOfService({ services }: Host, path: string, name: string): boolean {
  return services.some(({ state }) => state.some((own) => isAtOrBelow(own.path, path) && own.user !== name));
}

function groupOfUser({ node }: NormalUser): readonly (readonly [string, string])[] {
  const group = node.child("group").isDefined() === false ? undefined : readString(node.child("group"));
  return group && !group.known ? [] : [["group", quote(group?.value ?? "users")]];
}

/** The services that certainly run as somebody, with the paths that they name. */
const withAccount = perItem((unit: Unit) => {
  const user = unit.stage === "system" && unit.certain.answer === "yes" ? accountOf(unit) : undefined;
  const paths = user === undefined ? [] : pathsOfUnits([unit]);
  return user === undefined || paths.length === 0 ? [] : [{ unit, user, paths }];
});

/** Whether the mode of an entry lets a service write there that is not its owner: everybody, or a group that the service has. */
function mayWriteAnyway(host: Host, { node }: Unit, user: string, { mode, group }: PersistedPath): boolean {
  if (mode === undefined) return false;
  const digits = mode.known ? /([0-7])([0-7])$/.exec(mode.value) : undefined;
  if (!digits || (Number(digits[2]) & 2) !== 0) return true;
  if ((Number(digits[1]) & 2) === 0) return false;
  if (group === undefined || !group.known) return group !== undefined;
  const config = node.child("serviceConfig");
  const own = ["Group", "SupplementaryGroups"].map((name) => readTexts(config.child(name)));
  return (
    own.some(
      ({ texts, open }) => open.length > 0 || texts.some(({ text }) => text.split(/\s+/).includes(group.value)),
    ) || mayBeInGroup(host, user, group.value)
  );
}

/** The static account of a service whose commands the configuration shows. */
function accountOf({ node, scripts }: Unit): string | undefined {
  const config = node.child("serviceConfig");
  const dynamic =
    config.child("DynamicUser").isDefined() === false ? undefined : readBoolean(config.child("DynamicUser"));
  if (scripts.length === 0 || (dynamic && (!dynamic.known || dynamic.value))) return undefined;
  const user = readString(config.child("User"));
  return user?.known && user.value !== "root" && !/^\d+$|%/.test(user.value) ? user.value : undefined;
}

function groupOf({ node }: Unit): string | undefined {
  const group = readString(node.at("serviceConfig", "Group"));
  return group?.known ? group.value : undefined;
}

function isRoots({ kind, userName, user, linked }: PersistedPath): boolean {
  return (
    kind === "directory" &&
    userName === undefined &&
    !linked &&
    (user === undefined || (user.known && user.value === "root"))
  );
}

/** systemd hands over the directories that it makes, in the first place those of the unit itself. */
function isMadeBySystemd({ node }: Unit, path: string): boolean {
  const bases = { StateDirectory: "/var/lib", CacheDirectory: "/var/cache", LogsDirectory: "/var/log" };
  return Object.entries(bases).some(([option, base]) => {
    const { texts, open } = readTexts(node.at("serviceConfig", option));
    const names = texts.flatMap(({ text }) => text.split(/\s+/));
    return (
      open.length > 0 ||
      names.some(
        (name) =>
          isAtOrBelow(`${base}/${name.split(":")[0]}`, path) || isAtOrBelow(path, `${base}/${name.split(":")[0]}`),
      )
    );
  });
}

/** Rules of tmpfiles, scripts and the making of homes give directories to others. */
function isHandedOver(host: Host, path: string): boolean {
  const { config, scripts, units } = host;
  if (tmpfilesRules(host).some((rule) => isAtOrBelow(path, rule.path) || isAtOrBelow(rule.path, path))) return true;
  if (
    scripts.some(({ text, holes }) => /\bchown\b|\binstall\b/.test(text) && (text.includes(path) || holes.length > 0))
  )
    return true;
  const accounts = config.at("users", "users");
  const homes = accounts.names().flatMap(({ name }) => {
    const account = accounts.child(name);
    return isHomeMade(account) ? [readString(account.child("home"))] : [];
  });
  if (homes.some((home) => home?.known && isAtOrBelow(home.value, path))) return true;
  return units.some((unit) => unit.stage === "system" && isMadeBySystemd(unit, path));
}

/** Whether NixOS makes, or may make, the home of an account: those of services only where `createHome` says so. */
function isHomeMade(account: OptionNode): boolean {
  const made = readExplicitBoolean(account.child("createHome"));
  if (made) return !made.known || made.value;
  const system = readExplicitBoolean(account.child("isSystemUser"));
  return !(system?.known && system.value);
}
