import type { Value } from "../../eval/value.ts";
import type { Host } from "../../host/host.ts";
import { isAtOrBelow, joinPath, normalise } from "../../host/paths.ts";
import { read, readBoolean, readItems, readString, readStringOrNull, readTexts } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { FakePackage } from "../../modules/packages.ts";
import { homeFiles } from "./home-files.ts";
import { type HomeState, WORTHS } from "./home-states/home-state.ts";
import { HOME_STATES } from "./home-states.ts";
import type { NormalUser } from "./normal-users.ts";
import { textsBelow } from "./option-texts.ts";

/** What a program that a person has keeps, and where for this person. */
export interface UsedHomeState {
  readonly state: HomeState;
  /** Absolute; the first is where the program of today has it. */
  readonly places: readonly string[];
  /** The person's own choice, not that of the whole host. */
  readonly isOwn: boolean;
  /** Most of it is declared. */
  readonly isDeclared: boolean;
}

/** Those of one person: the options of the host and of home-manager, and what packages are installed. */
interface Person {
  readonly host: Host;
  readonly own: OptionNode;
  readonly node: OptionNode;
  readonly home: string;
  readonly shell: string | undefined;
  /** Of the whole system. */
  readonly shared: ReadonlySet<string>;
  readonly installed: ReadonlySet<string>;
}

/** What programs that a person has switched on or installed keep in the home, most painful to lose first. */
export function usedHomeStates(host: Host, { name, node, home }: NormalUser): readonly UsedHomeState[] {
  if (home === undefined) return [];
  const own = host.config.at("home-manager", "users", name);
  // That module moves everything that programs keep.
  if (reach(host, own, "home:home.evict")?.isDefined() === true) return [];
  const person: Person = {
    ...{ host, own, node, home, shell: shellOf(host, node) },
    shared: new Set(packagesOf(host.config.at("environment", "systemPackages"))),
    installed: new Set([
      ...packagesOf(host.config.at("users", "users", name, "packages")),
      ...packagesOf(own.at("home", "packages")),
      ...chosenPackages(host, own),
    ]),
  };
  const linked = homeFiles(host).filter(({ user, isRecursive }) => user.name === name && !isRecursive);
  const isLinked = (path: string) => linked.some((file) => isAtOrBelow(path, file.path));
  const used = HOME_STATES.flatMap((state) => usedBy(person, state)).filter(({ places }) => !places.some(isLinked));
  const first = used.filter(({ places: [path] }, at) => used.findIndex(({ places }) => places[0] === path) === at);
  return first.toSorted((one, other) => rankOf(one) - rankOf(other));
}

function rankOf({ state, isDeclared }: UsedHomeState): number {
  return isDeclared ? WORTHS.length : WORTHS.indexOf(state.worth);
}

function usedBy(person: Person, state: HomeState): readonly UsedHomeState[] {
  const { host, own, node } = person;
  const { options, packages = [], isLingering, needs, declaredBy = [] } = state;
  if (isLingering === true && !isTrue(node.child("linger"))) return [];
  if (state.unlessShell === true && person.shell !== undefined && !person.shell.startsWith("bash")) return [];
  const byOwn = options.filter((option) => option.startsWith("home:"));
  if (byOwn.some((option) => keepsNothing(own, option))) return [];
  const isOwn =
    isLingering === true ||
    byOwn.some((option) => isOn(host, own, option, packages)) ||
    packages.some((one) => person.installed.has(one)) ||
    (state.shell !== undefined && state.shell === person.shell);
  const isShared = () =>
    options.some((option) => !option.startsWith("home:") && isOn(host, own, option)) ||
    packages.some((one) => person.shared.has(one));
  if (!isOwn && !isShared()) return [];
  if (needs !== undefined && !isTrue(host.config.at(...needs.split(".")))) return [];
  const places = placesOf(person, state);
  const isDeclared = declaredBy.some((option) => reach(host, own, option)?.isDefined() === true);
  return places ? [{ state, places, isOwn, isDeclared }] : [];
}

/** Where the person has it; undefined where an option says so and it cannot be told what it says. */
function placesOf(
  { host, own, home }: Person,
  { paths, movedBy = [], movedIn }: HomeState,
): readonly string[] | undefined {
  for (const [option, below] of movedBy) {
    const node = reach(host, own, option);
    if (!node || node.isDefined() === false) continue;
    const text = readStringOrNull(node);
    if (text === undefined) continue;
    const isNone = text.known && text.value === null;
    // A folder of the desktop that is null is none; a shell whose file is null has its usual one.
    if (isNone && option.includes("userDirs")) return undefined;
    if (isNone) continue;
    const path = text.known && text.value !== null ? atHome(text.value, home) : undefined;
    const place = path === undefined || below === undefined ? path : joinPath(path, below);
    // What is not in the home is the matter of other rules.
    return place !== undefined && isAtOrBelow(normalise(place), home) ? [normalise(place)] : undefined;
  }
  const group = movedIn && reach(host, own, movedIn[0]);
  if (group && movedIn && textsBelow(group).some(({ text }) => text.includes(`${movedIn[1]}=`))) return undefined;
  const places = paths.map((path) => atBase(host, own, home, path));
  return places.every((place) => place !== undefined) ? places : undefined;
}

/** Directories that programs ask the environment for, with the options that put them elsewhere. */
const BASES = [
  [".config", "home:xdg.configHome"],
  [".local/share", "home:xdg.dataHome"],
  [".local/state", "home:xdg.stateHome"],
] as const;

/** The place of a path below the home; undefined where the directory that it is in may be another one. */
function atBase(host: Host, own: OptionNode, home: string, path: string): string | undefined {
  const [base, option] = BASES.find(([one]) => path.startsWith(`${one}/`)) ?? [];
  const node = option && reach(host, own, option);
  const text = node && node.isDefined() !== false ? readString(node) : undefined;
  if (!base || !text) return joinPath(home, path);
  const folder = text.known ? atHome(text.value, home) : undefined;
  return folder && normalise(joinPath(folder, path.slice(base.length + 1)));
}

/** A path as shells and options have it; undefined where variables other than that of the home are in it. */
function atHome(text: string, home: string): string | undefined {
  const path = text.replace(/^(~|\$HOME|\$\{HOME\})(?=\/|$)/, home);
  if (/[$~]/.test(path)) return undefined;
  return path.startsWith("/") ? path : joinPath(home, path);
}

/** The name of the package that is a person's login shell. */
function shellOf(host: Host, node: OptionNode): string | undefined {
  const own = node.child("shell");
  const shell = own.isDefined() === false ? host.config.at("users", "defaultUserShell") : own;
  if (shell.isDefined() !== true) return undefined;
  const reading = read(shell);
  return reading.state === "set" ? nameOf(reading.value)[0] : undefined;
}

/** The names of the packages in a list. */
function packagesOf(list: OptionNode): readonly string[] {
  if (list.isDefined() === false) return [];
  return readItems(list).items.flatMap(({ value, certain }) => (certain.answer === "yes" ? nameOf(value) : []));
}

function nameOf(value: Value): readonly string[] {
  const name = value instanceof FakePackage ? value.get("pname")?.force() : undefined;
  return typeof name === "string" ? [name] : [];
}

/** The packages that programs of home-manager run instead of their own: `programs.chromium.package = pkgs.brave`. */
function chosenPackages(host: Host, own: OptionNode): readonly string[] {
  return HOME_STATES.flatMap(({ options }) =>
    options.flatMap((option) =>
      option.startsWith("home:") && isOn(host, own, option) ? (chosenPackage(own, option) ?? []) : [],
    ),
  );
}

/** The name of the package that an option of home-manager was given; undefined where it was given none. */
function chosenPackage(own: OptionNode, option: string): readonly string[] | undefined {
  if (!option.startsWith("home:programs.")) return undefined;
  const node = own.at(...option.replace("home:", "").split(".").slice(0, -1), "package");
  if (node.isDefined() === false) return undefined;
  const reading = read(node);
  return reading.state === "set" ? nameOf(reading.value) : [];
}

/** Whether a browser of home-manager is told to forget everything when it ends. */
function keepsNothing(own: OptionNode, option: string): boolean {
  if (!option.startsWith("home:programs.")) return false;
  const names = option.replace("home:", "").split(".").slice(0, -1);
  const args = below(own, [...names, "commandLineArgs"]);
  return (
    args?.isDefined() === true &&
    readTexts(args).texts.some(({ text }) => /ClearDataOnExit|^--(incognito|guest)$/.test(text))
  );
}

/** Whether an option is on, and for a program of home-manager with one of some packages, where it is given one. */
function isOn(host: Host, own: OptionNode, option: string, packages?: readonly string[]): boolean {
  const [name = "", wanted] = option.split("=");
  const node = reach(host, own, name);
  if (!node || node.isDefined() !== true) return false;
  if (wanted !== undefined) {
    const text = readString(node);
    return text?.known === true && text.value === wanted;
  }
  if (!isTrue(node)) return false;
  if (packages === undefined || packages.length === 0) return true;
  const chosen = chosenPackage(own, option);
  return chosen === undefined || chosen.some((one) => packages.includes(one));
}

/** An option of the host, or of home-manager below `home:`; undefined where nothing names it. */
function reach({ config }: Host, own: OptionNode, option: string): OptionNode | undefined {
  const isOwn = option.startsWith("home:");
  if (isOwn && own.isDefined() === false) return undefined;
  return below(isOwn ? own : config, option.replace("home:", "").split("."));
}

/** The node at some names, where groups on the way that list what they hold list them. */
function below(node: OptionNode, names: readonly string[]): OptionNode | undefined {
  let at = node;
  for (const name of names) {
    const listed = at.names();
    if (listed.length > 0 && !listed.some((child) => child.name === name)) return undefined;
    at = at.child(name);
  }
  return at;
}

/** Whether somebody sets a flag, to true. */
export function isTrue(node: OptionNode): boolean {
  const flag = node.isDefined() === true ? readBoolean(node) : undefined;
  return flag?.known === true && flag.value;
}
