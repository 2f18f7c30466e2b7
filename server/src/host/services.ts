import {
  conditionOfInstance,
  currentService,
  type Implied,
  optionDefault,
  type ServiceEntry,
  serviceByEnable,
  services,
} from "../catalogue/catalogue.ts";
import { NixAttrs, NixList } from "../eval/value.ts";
import type { OptionNode } from "../modules/option-node.ts";
import { containerServices } from "./container-state.ts";
import { expand } from "./expand.ts";
import { homeServices } from "./home-state.ts";
import type { Service, ServiceState, Verdict } from "./host.ts";
import { childrenOf, nameAt, read, readBoolean, readTexts, setAt, setInModule } from "./read-values.ts";
import { holds, type StateInput, statesOf } from "./service-state.ts";
import { declaredServices } from "./unit-state.ts";
import type { Units } from "./units.ts";
import { allOf, NO, unsure, verdictOf, YES } from "./verdict.ts";

/** A catalogue entry that is (perhaps) switched on here. */
interface Active {
  readonly entry: ServiceEntry;
  readonly enable: string;
  readonly enabled: Verdict;
  readonly place: Service["place"];
  readonly instance: string | undefined;
  /** Who owns the state in place of whom the catalogue names. */
  readonly owner?: string | undefined;
  /** The option that asks for it, where that is another one than the one that switches the first service on. */
  readonly asked?: string | undefined;
}

/** The enabled services of a host with their state: those of the catalogue and those the host declares itself. */
export function readServices(input: StateInput, units: Units): Service[] {
  const mentioned = mentions(input.root);
  const active = [...services, ...(input.more ?? [])]
    .filter((entry) => mentioned(entry))
    .flatMap((entry) => activeOf(input.root, entry).filter(({ enable }) => !hasOwnEntry(entry, enable)));
  const listed = active.map((one) => serviceOf(input, one, undefined));
  const known = new Set(listed.map(({ enable }) => enable));
  const implied: Service[] = [];
  const follow = (by: Active): void => {
    for (const one of impliedBy(input, by)) {
      if (known.has(one.enable) || one.enabled.answer === "no") continue;
      known.add(one.enable);
      implied.push(serviceOf(input, one, one.asked ?? by.enable));
      follow(one);
    }
  };
  for (const one of active) follow(one);
  const found = [...listed, ...implied];
  // What is listed once is not listed again under another name.
  const listedPaths = new Set<string>();
  const add = (services: readonly Service[]): readonly Service[] => {
    for (const { state } of services) {
      for (const { path, link } of state) {
        listedPaths.add(path);
        // Who writes the same directory at the unit does not see that it is a link there.
        if (link !== undefined) listedPaths.add(link);
      }
    }
    return services;
  };
  add(found);
  const declared = add(declaredServices(input, units, listedPaths));
  const contained = add(containerServices(input, listedPaths));
  return [...found, ...declared, ...contained, ...homeServices(input, listedPaths)];
}

/** Whether an instance is known by its name, which says more than what is true of all of them. */
function hasOwnEntry({ enable: pattern }: ServiceEntry, enable: string): boolean {
  return pattern.includes("*") && serviceByEnable(enable) !== undefined;
}

function serviceOf(input: StateInput, active: Active, impliedBy: string | undefined): Service {
  const { entry, enable, enabled, place, instance } = active;
  const current = currentService(entry);
  return {
    enable,
    enabled,
    place,
    impliedBy,
    confidence: current.confidence,
    evidence: current.evidence,
    state: statesOf(input, current, instance, entry.id).map((state) => ownedBy(active.owner, state)),
  };
}

function ownedBy(owner: string | undefined, state: ServiceState): ServiceState {
  return owner === undefined ? state : { ...state, user: owner, group: owner };
}

function activeOf(root: OptionNode, entry: ServiceEntry): Active[] {
  const path = entry.enable.split(".");
  switch (entry.trigger ?? "flag") {
    case "flag":
      return expand(root, path).flatMap(({ node, names, certain }) =>
        flagged(root, entry, node, certain, names.at(-1)),
      );
    case "instance":
      return expand(root, path)
        .filter(({ node }) => !keepsNothing(node))
        .map(({ node, names, certain }) => ({
          entry,
          enable: node.path.join("."),
          enabled: certain,
          place: nameAt(node),
          instance: names.at(-1),
        }));
    case "instance-enable":
      return expand(root, path).flatMap(({ node, names, certain }) =>
        flagged(root, entry, node.child("enable"), certain, names.at(-1)),
      );
    case "non-empty":
      return nonEmpty(entry, root.at(...path));
  }
}

/** NixOS containers may have a root that is thrown away with them: by NixOS's option, or by that of systemd-nspawn. */
function keepsNothing(node: OptionNode): boolean {
  if (node.path[0] !== "containers" || node.path.length !== 2) return false;
  const ephemeral = readBoolean(node.child("ephemeral"));
  if (ephemeral?.known === true && ephemeral.value) return true;
  return readTexts(node.child("extraFlags")).texts.some(({ text }) =>
    /^(--volatile(=(yes|overlay))?|--ephemeral|-x)$/.test(text),
  );
}

function flagged(
  root: OptionNode,
  entry: ServiceEntry,
  node: OptionNode,
  certain: Verdict,
  instance: string | undefined,
): Active[] {
  // What nobody switches on is on by default, or comes along with another service and is listed as such.
  if (node.isDefined() === false && optionDefault(node.path.join(".")) !== true) return [];
  const flag = readBoolean(node);
  const enabled = flag ? allOf(certain, verdictOf(flag)) : NO;
  if (enabled.answer === "no") return [];
  return [{ entry, enable: node.path.join("."), enabled, place: setInModule(root, node), instance }];
}

function nonEmpty(entry: ServiceEntry, node: OptionNode): Active[] {
  const reading = read(node);
  if (reading.state === "absent") return [];
  const common = { entry, enable: entry.enable, place: setAt(node), instance: undefined };
  if (reading.state === "unknown") return [{ ...common, enabled: unsure(reading.unknown) }];
  const { value } = reading;
  const empty =
    value === null ||
    value === "" ||
    value === false ||
    (value instanceof NixList && value.items.length === 0) ||
    (value instanceof NixAttrs && childrenOf(node).length === 0);
  return empty ? [] : [{ ...common, enabled: YES }];
}

/** Options by which services choose whether they bring a database along. */
const BACKEND_OPTIONS = /database|^db|postgres|mysql|mariadb|redis|mongo|influx|createLocally|backend/i;

/** What a service switches on, as the catalogue says. */
function impliedBy(input: StateInput, by: Active): Active[] {
  return currentService(by.entry).implies.flatMap((implied) => {
    const pattern = serviceByEnable(implied.enable);
    if (pattern === undefined) return [];
    if (implied.each !== undefined) return askedFor(input, by, pattern, implied.each);
    const { instance, user } = implied;
    const named = instance === undefined ? implied.enable : implied.enable.replace("*", instance);
    const enable = pattern.trigger === "instance-enable" ? `${named}.enable` : named;
    const enabled = impliedVerdict(input, by, forInstance(implied, by.instance), enable);
    const entry = serviceByEnable(enable) ?? pattern;
    return [{ entry, enable, enabled, place: by.place, instance, owner: user }];
  });
}

/** What one instance brings along: its name in the place of `*` in the condition. */
function forInstance(implied: Implied, name: string | undefined): Implied {
  if (name === undefined || implied.condition === undefined) return implied;
  return { ...implied, condition: conditionOfInstance(implied.condition, name) };
}

/** The instances that options of a service ask for by name. */
function askedFor(input: StateInput, by: Active, entry: ServiceEntry, option: string): Active[] {
  return expand(input.root, option.split(".")).flatMap(({ node, names, certain }) => {
    const instance = names.at(-1) ?? "";
    return flagged(input.root, entry, node, allOf(by.enabled, certain), instance).map((one) => ({
      ...one,
      enable: entry.enable.replace("*", instance),
      asked: node.path.join("."),
    }));
  });
}

/**
 * A service comes along unless the host switches it off, when its condition holds. Without a condition it is not
 * certain any more once the host sets options of the first one that choose its backend, unless its module was read.
 */
function impliedVerdict(input: StateInput, by: Active, implied: Implied, enable: string): Verdict {
  const flag = input.root.at(...enable.split("."));
  const explicit = readBoolean(flag);
  if (explicit && !explicit.known) return unsure(explicit.why, explicit.place);
  if (explicit && !explicit.value && flag.isDefined() === true) return NO;
  if (enable === LIGHTDM && hasOtherDisplayManager(input.root)) return NO;
  if (implied.condition !== undefined) return allOf(by.enabled, holds(input, implied.condition));
  if (currentService(by.entry).confidence === "read") return by.enabled;
  const around = input.root.at(...by.entry.enable.split(".").slice(0, -1));
  const touched = childrenOf(around).find(({ name, node }) => BACKEND_OPTIONS.test(name) && node.isDefined() !== false);
  if (touched) return unsure(`${touched.node.path.join(".")} may choose another backend`, nameAt(touched.node));
  return by.enabled;
}

/** The display manager that an X server brings along where no other is switched on. */
const LIGHTDM = "services.xserver.displayManager.lightdm.enable";

function hasOtherDisplayManager(root: OptionNode): boolean {
  const managers = [root.at("services", "displayManager"), root.at("services", "xserver", "displayManager")].flatMap(
    (around) => childrenOf(around).flatMap(({ name, node }) => (name === "lightdm" ? [] : [node.child("enable")])),
  );
  // Of one that may be on nobody knows; a login manager that is not there loses no state.
  return [...managers, root.at("services", "greetd", "enable")].some((flag) => {
    const on = flag.isDefined() === false ? undefined : readBoolean(flag);
    return on !== undefined && (!on.known || on.value);
  });
}

/** Whether the configuration names the option at all, so that 700 entries need not be evaluated. */
function mentions(root: OptionNode): (entry: ServiceEntry) => boolean {
  const seen = new Map<string, ReadonlySet<string>>();
  const namesAt = (key: string): ReadonlySet<string> => {
    let names = seen.get(key);
    if (!names) {
      names = new Set(
        root
          .at(...(key === "" ? [] : key.split(".")))
          .names()
          .map(({ name }) => name),
      );
      seen.set(key, names);
    }
    return names;
  };
  return (entry) => groupsOf(entry).every(({ name, group }) => namesAt(group).has(name));
}

const groups = new WeakMap<ServiceEntry, readonly { readonly name: string; readonly group: string }[]>();

/** The names on the way to the option that switches a service on, each with the group of options that it stands in. */
function groupsOf(entry: ServiceEntry): readonly { readonly name: string; readonly group: string }[] {
  let known = groups.get(entry);
  if (!known) {
    const path = entry.enable.split(".");
    const star = path.indexOf("*");
    const fixed = star < 0 ? path : path.slice(0, star);
    known = fixed.map((name, index) => ({ name, group: fixed.slice(0, index).join(".") }));
    groups.set(entry, known);
  }
  return known;
}
