import { services } from "../../catalogue/catalogue.ts";
import type { Host, PersistedPath } from "../../host/host.ts";
import { perItem } from "../../host/per-item.ts";
import { type Child, childrenOf, type nameAt, openOf, readBoolean } from "../../host/read-values.ts";
import { isSlipOf } from "../reading/nearest-name.ts";
import { normalUsers } from "../reading/normal-users.ts";
import { certainEntries } from "../reading/persisted-entries.ts";
import { mayBeSetElsewhere } from "../reading/unread-modules.ts";
import { defineRule } from "../rule.ts";

/** An entry that is to belong to a user or group that the host does not have. */
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
    for (const entry of certainEntries(host)) {
      for (const kind of ["user", "group"] as const) {
        const owner = entry[kind];
        if (!owner?.known || owner.value === entry.userName || listed.has(owner.value)) continue;
        const { value } = owner;
        if (!reasons.has(`${kind} ${value}`)) reasons.set(`${kind} ${value}`, missing(host, kind, value));
        const reason = reasons.get(`${kind} ${value}`);
        if (!reason) continue;
        report({
          at: owner.place ?? entry.place,
          message: `No ${kind} \`${value}\` exists on this host: ${reason.why}. ${consequence(entry)}`,
          help: reason.help,
          related: [{ place: reason.place, message: reason.about }],
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

interface Missing {
  readonly why: string;
  readonly help: string;
  readonly place: ReturnType<typeof nameAt>;
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
  if (enables.length === 0 || enables.some((enable) => mayRun(host, enable, kind, name))) return undefined;
  const [first = ""] = enables;
  const service = first.replace(/\.(enable|\*)$/, "");
  return {
    why: `it is that of \`${service}\`, which is not switched on`,
    help: `Remove the entry, or switch ${service} on.`,
    place: undefined,
    about: "",
  };
}

function isTypo(name: string, of: string): boolean {
  const letters = (text: string) => [...text].sort().join("");
  return isSlipOf(name, of) || (name.length >= 4 && letters(name) === letters(of));
}

/** Services that make an account or group of this name when they are on. */
function owning(kind: "user" | "group", name: string): string[] {
  const found = services.filter(
    ({ states, confidence }) =>
      confidence === "read" && states.some((state) => !state.dynamicUser && state[kind] === name),
  );
  // Databases come along with other services, which may be known to bring them or not.
  if (name === "root" || found.some(({ states }) => states.some(({ database }) => database))) return [];
  return found.map(({ enable }) => enable);
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

function consequence({ store, kind }: PersistedPath): string {
  const thing = kind === "file" ? "file" : "directory";
  return store.module === "preservation"
    ? `systemd-tmpfiles refuses the line that would make the ${thing} in \`${store.name}\`, and where it is missing there is nothing to mount.`
    : `Where impermanence first makes the ${thing} in \`${store.name}\`, chown fails: the activation reports an error, and what it made belongs to root.`;
}
