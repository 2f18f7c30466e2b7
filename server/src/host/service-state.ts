import { type ServiceEntry, type StateCondition, type StatePath, stateOfInstance } from "../catalogue/catalogue.ts";
import { optionDefault } from "../catalogue/option-defaults.ts";
import { NixAttrs, NixList, type Value } from "../eval/value.ts";
import type { OptionNode } from "../modules/option-node.ts";
import { expand } from "./expand.ts";
import type { Fate, Known, ServiceState, Verdict } from "./host.ts";
import { joinPath, normalise } from "./paths.ts";
import { perNode } from "./per-node.ts";
import { childrenOf, itemNode, itemsOf, read, readBoolean, readString } from "./read-values.ts";
import { allOf, anyOf, known, NO, notKnown, unsure, YES } from "./verdict.ts";

/** What the state of a service depends on. */
export interface StateInput {
  readonly root: OptionNode;
  readonly stateVersion: Known<string>;
  /** The release that the host is built with, e.g. "25.11"; undefined when it is not known. */
  readonly nixos?: string | undefined;
  /** Services that the catalogue does not know. */
  readonly more?: readonly ServiceEntry[];
  fateOf(path: string): Fate;
}

/** A place where a service keeps state, once options and versions are taken into account. */
interface Place {
  readonly path: Known<string>;
  /** Used when the option that names the path cannot be read. */
  readonly fallback: string;
}

/**
 * The state paths of a catalogue entry on this host. `instance` stands for the `*` of the enable option, `formerly` is
 * the id of the entry that is switched on, where that is a former name of the service.
 */
export function statesOf(
  input: StateInput,
  entry: ServiceEntry,
  instance: string | undefined,
  formerly: string = entry.id,
): ServiceState[] {
  const listed = entry.states
    .map((state) => (formerly === entry.id ? state : byFormerOptions(input.root, state, entry.id, formerly)))
    .map((state) => (instance === undefined ? state : stateOfInstance(state, instance)));
  const states = listed.flatMap((state) => {
    const applies = holds(input, state.condition);
    if (applies.answer === "no") return [];
    const outer = outerState(state, listed);
    return placesOf(input.root, state, outer, instance).map((place) =>
      stateAt(input, entry, state, place, applies, instance),
    );
  });
  return states.filter((state, index) => !states.some((other, at) => coversState(other, state, at < index)));
}

/** Whether one path is said by another: the same, said before, or a part of it. What is assumed stands for itself. */
function coversState(outer: ServiceState, inner: ServiceState, isBefore: boolean): boolean {
  if (outer.path === inner.path) return isBefore;
  return !outer.assumed && !inner.assumed && inner.path.startsWith(`${outer.path}/`);
}

function stateAt(
  input: StateInput,
  entry: ServiceEntry,
  state: StatePath,
  place: Place,
  applies: Verdict,
  instance: string | undefined,
): ServiceState {
  const named = place.path.known ? normalise(place.path.value) : place.fallback;
  // Modules name the link; systemd keeps the data of dynamic users behind it.
  const moved = named === state.link ? state.path : named;
  const dynamic = state.dynamicUser === true && moved === state.path;
  const isStatic = dynamic && dynamicUserForcedOff(input.root, entry, state, instance);
  const path = isStatic && state.link !== undefined ? state.link : moved;
  const fate = input.fateOf(path);
  const less =
    state.littleWhen && holds(input, state.littleWhen.condition).answer === "yes" ? state.littleWhen : undefined;
  return {
    path,
    type: state.type ?? "directory",
    kind: state.kind,
    dynamicUser: dynamic && !isStatic,
    link: dynamic && !isStatic ? state.link : undefined,
    database: state.database !== undefined || state.image === true,
    writes: state.database ?? (state.image ? "rewrite-in-place" : undefined),
    containers: state.containers ?? false,
    little: state.little ?? less !== undefined,
    irreplaceable: state.irreplaceable,
    perhapsCache: state.perhapsCache ?? false,
    user: state.user,
    group: state.group,
    mode: state.mode,
    fate: place.path.known ? fate : { ...fate, survives: unsure(place.path.why, place.path.place) },
    assumed: !place.path.known || applies.answer === "unknown",
    ...(place.path.known && moved !== state.path ? { movedAt: place.path.place } : {}),
    note: less?.note ?? state.note,
  };
}

/** A state whose options are set by their former names: modules that were renamed still take them. */
function byFormerOptions(root: OptionNode, state: StatePath, id: string, formerly: string): StatePath {
  const former = (option: string): string => {
    const old = option.startsWith(`${id}.`) ? `${formerly}${option.slice(id.length)}` : option;
    return root.at(...old.split(".")).isDefined() === false ? option : old;
  };
  const { fromOption, condition } = state;
  return {
    ...state,
    ...(fromOption === undefined ? {} : { fromOption: former(fromOption) }),
    ...(condition === undefined ? {} : { condition: renamed(condition, former) }),
  };
}

function renamed(condition: StateCondition, nameOf: (option: string) => string): StateCondition {
  const { option, also, or } = condition;
  return {
    ...condition,
    ...(option === undefined ? {} : { option: nameOf(option) }),
    ...(also === undefined ? {} : { also: renamed(also, nameOf) }),
    ...(or === undefined ? {} : { or: renamed(or, nameOf) }),
  };
}

/** Where the state is: the value of the option that moves it, else the catalogue's path. */
function placesOf(
  root: OptionNode,
  state: StatePath,
  outer: StatePath | undefined,
  instance: string | undefined,
): Place[] {
  const usual: Place = { path: known(state.path), fallback: state.path };
  if (state.fromOption === undefined) return [usual];
  const option = root.at(...state.fromOption.split(".").map((part) => (part === "*" ? (instance ?? part) : part)));
  if (option.isDefined() === false)
    return outer ? inside(placesOf(root, outer, undefined, instance), outer, state) : [usual];
  const reading = read(option);
  if (reading.state === "set" && reading.value instanceof NixList) return listed(reading.value, option, state);
  const value = readString(option);
  if (value === undefined) return [usual];
  if (!value.known) return [{ path: value, fallback: state.path }];
  return [{ path: known(located(value.value, state), value.place), fallback: state.path }];
}

/** The directory of the same service whose option moves this path along. */
function outerState(state: StatePath, states: readonly StatePath[]): StatePath | undefined {
  return states.find(({ path, fromOption }) => fromOption !== undefined && state.path.startsWith(`${path}/`));
}

/** A path by its place below a directory that may have been moved. */
function inside(places: readonly Place[], outer: StatePath, state: StatePath): Place[] {
  const below = state.path.slice(outer.path.length + 1);
  return places.map(({ path }) => ({
    path: path.known ? known(joinPath(path.value, below), path.place) : path,
    fallback: state.path,
  }));
}

/** Lists such as `services.openssh.hostKeys`: texts, or sets with a `path`. The entry counts for its own path only. */
function listed(list: NixList, option: OptionNode, state: StatePath): Place[] {
  const { items, open } = itemsOf(list);
  const paths = items.map((item) => {
    const path =
      item.value instanceof NixAttrs
        ? readString(itemNode(item, option.path).child("path"))
        : readString(itemNode(item, option.path));
    return path ?? notKnown<string>("the entry has no path", item.place);
  });
  const hidden = open[0] ?? paths.find((path) => !path.known);
  if (hidden && "why" in hidden) return [{ path: notKnown(hidden.why, hidden.place), fallback: state.path }];
  const texts = paths.flatMap((path) => (path.known ? [path] : []));
  return texts.map((path) => ({ path: known(located(path.value, state), path.place), fallback: state.path }));
}

function located(value: string, state: StatePath): string {
  return value.startsWith("/") ? normalise(value) : joinPath(state.optionBase ?? "/", value);
}

/** Static users keep their state where it looks to be; `DynamicUser = false` on the unit makes one of a dynamic one. */
function dynamicUserForcedOff(
  root: OptionNode,
  entry: ServiceEntry,
  state: StatePath,
  instance: string | undefined,
): boolean {
  const last = entry.id.split(".").at(-1);
  const own = last === "*" ? instance : last;
  const directory = state.link?.split("/").at(-1);
  // A dynamic user is named after its unit, unless the module says otherwise: matrix-conduit runs as `conduit`.
  const names = new Set([own, directory, state.path.split("/").at(-1), state.user]);
  const staticUnits = unitsOfStaticUsers(root.at("systemd", "services"));
  return staticUnits.some((unit) => {
    if (names.has(unit) || unit === `${directory}-${own}`) return true;
    // One of several services below a name has it in the name of its unit: kea-dhcp4-server.
    const parts = unit.split("-");
    return own !== undefined && parts.includes(own) && directory !== undefined && unit.startsWith(`${directory}-`);
  });
}

/** The services whose definition says `DynamicUser = false`, or that systemd keeps no state for (`StateDirectory = [ ]`). */
const unitsOfStaticUsers = perNode((services): readonly string[] =>
  childrenOf(services).flatMap(({ name, node }) => {
    const flag = readBoolean(node.at("serviceConfig", "DynamicUser"));
    const directory = node.at("serviceConfig", "StateDirectory");
    const reading = directory.isDefined() === false ? undefined : read(directory);
    const isWithout = reading?.state === "set" && isEmptyValue(reading.value);
    return (flag?.known === true && !flag.value) || isWithout ? [name] : [];
  }),
);

/** Whether a condition of the catalogue holds on this host. */
export function holds(input: StateInput, condition: StateCondition | undefined): Verdict {
  if (condition === undefined) return YES;
  if (condition.or !== undefined) {
    return anyOf(holds(input, { ...condition, or: undefined }), holds(input, condition.or));
  }
  if (condition.also !== undefined) {
    return allOf(holds(input, { ...condition, also: undefined }), holds(input, condition.also));
  }
  const { releaseBefore, releaseFrom } = condition;
  if (releaseBefore !== undefined && !(input.nixos !== undefined && isOlder(input.nixos, releaseBefore))) return NO;
  if (releaseFrom !== undefined && input.nixos !== undefined && isOlder(input.nixos, releaseFrom)) return NO;
  const stateVersion = versionOf(input, condition.versionOption);
  const { stateVersionBefore, stateVersionFrom, option, equals = true } = condition;
  if (stateVersionBefore !== undefined || stateVersionFrom !== undefined) {
    if (!stateVersion.known) return unsure(stateVersion.why, stateVersion.place);
    if (stateVersionBefore !== undefined && !isOlder(stateVersion.value, stateVersionBefore)) return NO;
    if (stateVersionFrom !== undefined && isOlder(stateVersion.value, stateVersionFrom)) return NO;
  }
  if (option === undefined) return YES;
  // Of any name: whether somebody sets it at one of them.
  if (option.includes("*") && condition.isUnset !== undefined) {
    const names = expand(input.root, option.split("."));
    const isSet = anyOf(...names.map(({ node, certain }) => allOf(certain, isDefined(node, true))));
    if (!condition.isUnset || isSet.answer === "unknown") return isSet;
    return isSet.answer === "yes" ? NO : YES;
  }
  const node = input.root.at(...option.split("."));
  if (condition.isUnset !== undefined) return isDefined(node, !condition.isUnset);
  const reading = read(node);
  if (reading.state === "unknown") return unsure(reading.unknown);
  if (condition.isEmpty !== undefined) {
    return (reading.state === "set" && isEmptyValue(reading.value)) === condition.isEmpty ? YES : NO;
  }
  if (condition.lacks !== undefined) {
    const text = reading.state === "set" && typeof reading.value === "string" ? reading.value : "";
    return new RegExp(condition.lacks).test(text) ? NO : YES;
  }
  if (reading.state === "absent") {
    const usual = optionDefault(option) ?? (equals === true ? false : undefined);
    if (usual === undefined) return unsure(`the default of ${option} is not known`);
    return usual === equals ? YES : NO;
  }
  return reading.value === equals ? YES : NO;
}

function isEmptyValue(value: Value): boolean {
  if (value instanceof NixList) return value.items.length === 0;
  return value === "" || (value instanceof NixAttrs && value.names().length === 0);
}

/** The release whose state a service keeps up: its own option's, else the host's. */
function versionOf(input: StateInput, option: string | undefined): Known<string> {
  const own = option === undefined ? undefined : readString(input.root.at(...option.split(".")));
  return own ?? input.stateVersion;
}

function isDefined(node: OptionNode, expected: boolean): Verdict {
  const found = node.isDefined();
  if (typeof found === "boolean") return found === expected ? YES : NO;
  return unsure(found);
}

/** Releases are numbers of year and month, so their parts compare as numbers. */
function isOlder(release: string, than: string): boolean {
  const [year = 0, month = 0] = release.split(".").map(Number);
  const [thanYear = 0, thanMonth = 0] = than.split(".").map(Number);
  return year < thanYear || (year === thanYear && month < thanMonth);
}
