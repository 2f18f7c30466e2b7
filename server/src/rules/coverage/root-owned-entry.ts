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
        if (isMadeBySystemd(unit, entry.path) || isKnownState(host, entry.path) || isHandedOver(host, entry.path))
          continue;
        if (mayWriteByGroup(unit, entry)) continue;
        said.add(entry);
        context.report({
          at: entry.place,
          message: `\`${entry.path}\` is made for root with the mode ${modeOf(entry)}, and \`${unit.name}.service\` runs as \`${user}\`, which cannot write there. Nothing in the configuration hands it over.`,
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

/** Whether the mode of an entry lets everybody write, or a group that the service is in; also where that is not known. */
function mayWriteByGroup({ node }: Unit, { mode, group }: PersistedPath): boolean {
  if (mode === undefined) return false;
  if (!mode.known || !/^[0-7]{3,4}$/.test(mode.value)) return true;
  const bits = [...mode.value].slice(-3).map(Number);
  if ((bits[2] ?? 0) & 2) return true;
  if (group === undefined || !((bits[1] ?? 0) & 2)) return false;
  const config = node.child("serviceConfig");
  const own = readString(config.child("Group"));
  const more = readTexts(config.child("SupplementaryGroups"));
  if (!group.known || own?.known === false || more.open.length > 0) return true;
  return [own?.value ?? "", ...more.texts.flatMap(({ text }) => text.split(/\s+/))].includes(group.value);
}

function modeOf({ mode }: PersistedPath): string {
  return mode?.known ? mode.value : "0755";
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
