import { services } from "../../catalogue/catalogue.ts";
import type { Place } from "../../eval/origin.ts";
import type { Host, PersistedPath } from "../../host/host.ts";
import { perItem } from "../../host/per-item.ts";
import { type Child, childrenOf, isNamed, openOf, readBoolean, readString } from "../../host/read-values.ts";
import { isSlipOf } from "../reading/nearest-name.ts";
import { normalUsers } from "../reading/normal-users.ts";
import { certainEntries } from "../reading/persisted-entries.ts";
import { tmpfilesRules } from "../reading/tmpfiles.ts";
import { mayBeSetElsewhere } from "../reading/unread-modules.ts";
import { defineRule } from "../rule.ts";

/** An entry, or a line of tmpfiles, that is to belong to a user or group that the host does not have. */
export const entryWithoutOwner = defineRule({
  code: "IMP423",
  name: "entry-without-owner",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const users = host.config.at("users", "users");
    const groups = host.config.at("users", "groups");
    if (openOf(users) !== undefined || openOf(groups) !== undefined || mayBeSetElsewhere(host)) return;
    const [names, groupNames] = [namesOf(childrenOf(users)), namesOf(childrenOf(groups))];
    const listed = { has: (name: string) => names.has(name) || groupNames.has(name) };
    const reasons = new Map<string, Missing | undefined>();
    for (const { path, names, place, consequence } of [...ofEntries(host), ...ofTmpfiles(host)]) {
      for (const { kind, name, at } of names) {
        if (listed.has(name)) continue;
        const key = `${kind} ${name} ${path}`;
        if (!reasons.has(key)) reasons.set(key, missing(host, kind, name) ?? ofAnother(host, kind, name, path));
        const reason = reasons.get(key);
        if (!reason) continue;
        report({
          at: at ?? place,
          message: `No ${kind} \`${name}\` exists on this host: ${reason.why}. ${consequence}`,
          help: reason.help,
          related: reason.place ? [{ place: reason.place, message: reason.about }] : [],
        });
        // One owner of an entry that is missing says it; the group mostly goes by the same name.
        break;
      }
    }
  },
});

/** The names of a group's children; the same set as long as the group has the names that it had. */
const namesOf = (() => {
  const names = perItem(({ name }: Child) => [name]);
  const sets = new WeakMap<readonly string[], ReadonlySet<string>>();
  return (children: readonly Child[]): ReadonlySet<string> => {
    const list = names(children);
    const known = sets.get(list) ?? new Set(list);
    sets.set(list, known);
    return known;
  };
})();

/** A path that is to belong to somebody. */
interface Owned {
  readonly path: string;
  readonly names: readonly { readonly kind: "user" | "group"; readonly name: string; readonly at: Place | undefined }[];
  readonly place: Place | undefined;
  /** What comes of it where there is nobody of that name. */
  readonly consequence: string;
}

function ofEntries(host: Host): Owned[] {
  return certainEntries(host).map((entry) => ({
    path: entry.path,
    names: (["user", "group"] as const).flatMap((kind) => {
      const owner = entry[kind];
      return owner?.known && owner.value !== entry.userName ? [{ kind, name: owner.value, at: owner.place }] : [];
    }),
    place: entry.place,
    consequence: consequenceOf(entry),
  }));
}

/** What tmpfiles makes; a sign behind the letter, and a colon before a name, change nothing of who it is. */
function ofTmpfiles(host: Host): Owned[] {
  return tmpfilesRules(host).flatMap(({ type, path, user, group, place }) => {
    if (!/^[dDvqQefFCpLzZ]/.test(type)) return [];
    const names = (
      [
        ["user", user],
        ["group", group],
      ] as const
    ).flatMap(([kind, written]) => {
      const name = written?.replace(/^:/, "");
      return name && /^[a-z_][\w-]*$/i.test(name) ? [{ kind, name, at: undefined }] : [];
    });
    return [
      {
        path,
        names,
        place,
        consequence: "systemd-tmpfiles refuses the line: nothing is made, and nobody's owner changes.",
      },
    ];
  });
}

interface Missing {
  readonly why: string;
  readonly help: string;
  readonly place: Place | undefined;
  readonly about: string;
}

/** Why a name is that of nobody; undefined when somebody may have it. */
function missing(host: Host, kind: "user" | "group", name: string): Missing | undefined {
  const person = kind === "user" ? normalUsers(host).find((user) => isTypo(name, user.name)) : undefined;
  const enables = owning(kind, name);
  if (person && enables.length === 0) {
    return {
      why: `\`users.users\` has \`${person.name}\``,
      help: `Write \`${person.name}\`, or declare users.users.${name}.`,
      place: person.place,
      about: "the user with nearly this name",
    };
  }
  const running = enables.filter((enable) => mayRun(host, enable, kind, name));
  const renamed = running.map((enable) => renamedTo(host, enable, kind, name));
  if (enables.length === 0 || renamed.includes(undefined)) return undefined;
  const [other] = renamed;
  if (other) {
    return {
      why: `\`${other.option}\` is \`${other.name}\`, so that the module makes no account of its own name`,
      help: `Write \`${other.name}\`.`,
      place: other.place,
      about: "this is who it runs as",
    };
  }
  const [first = ""] = enables;
  const service = first.replace(/\.(enable|\*)$/, "");
  return {
    why: `it is that of \`${service}\`, which is not switched on`,
    help: `Remove the entry, or switch ${service} on.`,
    place: undefined,
    about: "",
  };
}

/** The account that a service is told to use in place of its own; undefined where it is told none, or nobody knows. */
function renamedTo({ config }: Host, enable: string, kind: "user" | "group", name: string) {
  const path = enable.split(".");
  if (path.includes("*")) return undefined;
  const own = [...path.slice(0, -1), kind];
  const option = config.at(...own);
  const set = option.isDefined() === true ? readString(option) : undefined;
  return set?.known && set.value !== name ? { option: own.join("."), name: set.value, place: set.place } : undefined;
}

/** The directory of a service that runs as somebody else, where nothing else is called by the name. */
function ofAnother(host: Host, kind: "user" | "group", name: string, path: string): Missing | undefined {
  if (owning(kind, name).length > 0 || name === "root" || isUsedElsewhere(host, name)) return undefined;
  for (const { enable, enabled, confidence, state, place } of host.services) {
    if (enabled.answer !== "yes" || confidence !== "read") continue;
    const own = state.find((one) => one.path === path && !one.dynamicUser && !one.assumed);
    const around = host.config.at(...enable.split(".").slice(0, -1));
    const isToldOne = around.child("user").isDefined() !== false || around.child("group").isDefined() !== false;
    const owner = own?.[kind];
    if (owner === undefined || owner === name || isToldOne) continue;
    const service = enable.replace(/\.enable$/, "");
    return {
      why: `\`${service}\`, whose directory this is, runs as \`${owner}\``,
      help: `Write \`${owner}\`.`,
      place,
      about: `the ${kind} \`${owner}\` comes with it`,
    };
  }
  return undefined;
}

/** Whether a unit runs under a name, so that it is meant, whoever makes it. */
function isUsedElsewhere({ units }: Host, name: string): boolean {
  return units.some(({ node }) => {
    if (!isNamed(node, "serviceConfig")) return false;
    const settings = node.child("serviceConfig");
    return ["User", "Group"].some((key) => {
      const own = isNamed(settings, key) ? readString(settings.child(key)) : undefined;
      return own !== undefined && (!own.known || own.value === name);
    });
  });
}

function isTypo(name: string, of: string): boolean {
  const letters = (text: string) => [...text].sort().join("");
  return isSlipOf(name, of) || (name.length >= 4 && letters(name) === letters(of));
}

/** Services that make an account or group of this name when they are on. */
function owning(kind: "user" | "group", name: string): readonly string[] {
  if (name === "root") return [];
  byOwner ??= readOwners();
  const found = byOwner.get(`${kind} ${name}`) ?? [];
  // Databases come along with other services, which may be known to bring them or not.
  return found.some(({ hasDatabase }) => hasDatabase) ? [] : found.map(({ enable }) => enable);
}

interface Owner {
  readonly enable: string;
  readonly hasDatabase: boolean;
}

/** The services of the catalogue that were read, by the accounts and groups of their state; made when first asked for. */
let byOwner: ReadonlyMap<string, readonly Owner[]> | undefined;

function readOwners(): ReadonlyMap<string, readonly Owner[]> {
  const owners = new Map<string, Owner[]>();
  for (const { enable, states, confidence } of services) {
    if (confidence !== "read") continue;
    const hasDatabase = states.some(({ database }) => database);
    const lasting = states.filter(({ dynamicUser }) => !dynamicUser);
    const names = lasting.flatMap(({ user, group }) => [user && `user ${user}`, group && `group ${group}`]);
    for (const name of new Set(names)) {
      if (name) owners.set(name, [...(owners.get(name) ?? []), { enable, hasDatabase }]);
    }
  }
  return owners;
}

/** Whether the service is or may be on; where the host sets anything of it, it may come along with another one. */
function mayRun(host: Host, enable: string, kind: "user" | "group", name: string): boolean {
  const runs = host.services.some(
    ({ enabled, enable: own, state }) =>
      enabled.answer !== "no" && (own === enable || state.some((path) => path[kind] === name)),
  );
  const path = enable.split(".");
  const flag = path.at(-1) === "enable" ? readBoolean(host.config.at(...path)) : undefined;
  const isOff = flag?.known === true && !flag.value && host.config.at(...path).isDefined() === true;
  const around = path.slice(0, path.includes("*") ? path.indexOf("*") - 1 : -1);
  return runs || (!isOff && host.config.at(...around).isDefined() !== false);
}

function consequenceOf({ store, kind }: PersistedPath): string {
  const thing = kind === "file" ? "file" : "directory";
  return store.module === "preservation"
    ? `systemd-tmpfiles refuses the line that would make the ${thing} in \`${store.name}\`, and where it is missing there is nothing to mount.`
    : `Where impermanence first makes the ${thing} in \`${store.name}\`, chown fails: the activation reports an error, and what it made belongs to root.`;
}
