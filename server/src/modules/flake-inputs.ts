import type { FileSource } from "../eval/file-source.ts";
import { Cell, look, NixAttrs, Unknown, type Value } from "../eval/value.ts";
import { type MountingModules, mountingModules } from "./frameworks/known-flakes.ts";
import { NIXPKGS_PATH, Packages } from "./packages.ts";

/** A flake input that is not in the workspace: whatever is asked of it is Unknown, by name, and assumed harmless. */
export class FlakeInput extends NixAttrs {
  private readonly path: string;
  private readonly kind: InputKind;
  private readonly inputs: Cell | undefined;
  private readonly isFlake: boolean;
  /** `url`: its address, by which a private one is known; `inputs`: its own inputs, as far as their names tell. */
  constructor(path: string, url?: string, inputs?: Cell, isFlake = true) {
    super(new Map(), notHere(path));
    this.path = path;
    this.kind = kindOf(path, url);
    this.inputs = inputs;
    this.isFlake = isFlake;
  }
  override get(name: string): Cell {
    if (name === "inputs" && this.inputs) return this.inputs;
    return Cell.of(name === "_type" ? "flake" : new FlakeInputPart(`${this.path}.${name}`, this.kind));
  }
  /** Every input is a folder somewhere, and a flake has inputs and outputs; what else it has is not known. */
  override has(name: string): boolean | Unknown {
    if (OF_FLAKES.has(name)) return this.isFlake;
    return name === "outPath" || (this.open as Unknown);
  }
  override names(): string[] {
    return [];
  }
}

/** What each flake has, and no other input. */
const OF_FLAKES: ReadonlySet<string> = new Set(["inputs", "outputs", "_type"]);

/** `inputs` of an input that is not in the workspace: each is judged by its name alone. */
export class UnseenInputs extends NixAttrs {
  private readonly named: (name: string) => Cell;
  constructor(named: (name: string) => Cell) {
    super(new Map(), notHere("inputs"));
    this.named = named;
  }
  override get(name: string): Cell {
    return this.named(name);
  }
  override has(): Unknown {
    return this.open as Unknown;
  }
  override names(): string[] {
    return [];
  }
}

/** Something inside an input. Unlike a set it is no module by itself, so it is Unknown. */
class FlakeInputPart extends Unknown {
  private readonly path: string;
  private readonly kind: InputKind;
  constructor(path: string, kind: InputKind) {
    const { words, isHarmless } = kind;
    super(`\`${path}\` comes from ${words}`, undefined, { soft: isHarmless });
    this.path = path;
    this.kind = kind;
  }
  override member(name: string): Cell | undefined {
    if (name !== this.kind.mounting?.harmless) return undefined;
    return Cell.of(new FlakeInputPart(`${this.path}.${name}`, HARMLESS));
  }
}

/** The name of the input that a reason speaks of, when it is why something of an input is not known. */
export function inputNamedIn(why: string): string | undefined {
  return /^`([\w-]+)\.[^`]*` comes from a flake input/.exec(why)?.[1];
}

/** What is known of an input as a whole. */
interface InputKind {
  readonly words: string;
  /** Its modules keep to options of their own. */
  readonly isHarmless: boolean;
  readonly mounting?: MountingModules;
}

const HARMLESS: InputKind = { words: "a flake input, which is not in the workspace", isHarmless: true };

function kindOf(path: string, url: string | undefined): InputKind {
  if (url !== undefined && isPrivate(url)) {
    return {
      words: `the private flake input ${withoutSecrets(url)}, which is not in the workspace`,
      isHarmless: false,
    };
  }
  const mounting = mountingModules(path, url);
  const words = "a flake input that gives hosts filesystems and is not in the workspace";
  return mounting ? { words, isHarmless: false, mounting } : HARMLESS;
}

/**
 * Whether an address leads to what only its owner has. Public sets of modules keep to options of their own; what
 * somebody keeps for himself is as likely to persist something as the workspace is.
 */
export function isPrivate(url: string): boolean {
  if (/^(git\+ssh|ssh|git\+file|file|path|hg\+ssh):|^git@|^[/.]/.test(url)) return true;
  return /^(git\+|tarball\+)?https?:\/\/([^/@]*@)?(localhost|127\.|10\.|192\.168\.|[^/:]+\.(local|lan|internal|home|home\.arpa)([/:]|$))/.test(
    url,
  );
}

/** An address without the password and the query that it may carry. */
function withoutSecrets(url: string): string {
  return url.replace(/\?.*$/, "").replace(/\/\/[^/@]*@/, "//");
}

function notHere(path: string): Unknown {
  return new Unknown(`the flake input \`${path}\` is not in the workspace`, undefined, { soft: true });
}

/** nixpkgs: its `lib` and packages are modelled. */
export class NixpkgsInput extends NixAttrs {
  constructor(name: string, lib: Cell) {
    super(
      new Map([
        ["lib", lib],
        ["legacyPackages", Cell.of(new EverySystem(lib))],
        ["outPath", Cell.of(NIXPKGS_PATH)],
        ["_type", Cell.of("flake")],
      ]),
      notHere(name),
    );
  }
  override has(name: string): boolean | Unknown {
    return OF_FLAKES.has(name) || super.has(name);
  }
}

/** `legacyPackages`: the packages for each platform. */
class EverySystem extends NixAttrs {
  private readonly lib: Cell;
  private readonly made = new Map<string, Cell>();
  constructor(lib: Cell) {
    super(new Map(), notHere("nixpkgs"));
    this.lib = lib;
  }
  override get(system: string): Cell {
    let packages = this.made.get(system);
    if (!packages) {
      packages = Cell.lazy(() => new Packages(this.lib, Cell.of(system)));
      this.made.set(system, packages);
    }
    return packages;
  }
  override has(): boolean {
    return true;
  }
  override names(): string[] {
    return ["x86_64-linux", "aarch64-linux"];
  }
}

/** One entry of a flake's `inputs`. */
export interface DeclaredInput {
  readonly url: string | undefined;
  /** When the locked revision was made, in seconds since 1970. */
  readonly lockedAt: number | undefined;
  /** The hash of its content, and what the lock file says of its own inputs. */
  readonly locked?: { readonly narHash: string; readonly lock: Lock } | undefined;
  /** `follows`: the path of input names, from the flake that declares it; empty for the flake itself. */
  readonly follows: readonly string[] | undefined;
  /** Inputs of the input that are replaced: name to what they follow. */
  readonly overrides: ReadonlyMap<string, readonly string[]>;
  readonly isFlake: boolean;
}

/**
 * Every input that a flake declares, and those that only the formals of `outputs` name. Where `flake.nix` gives
 * no address, the lock file may.
 */
export function declaredInputs(flake: NixAttrs, formals: readonly string[], lock: Lock): Map<string, DeclaredInput> {
  const locked = lockedInputs(lock);
  const inputs = new Map<string, DeclaredInput>();
  const set = field(flake, "inputs");
  for (const name of set instanceof NixAttrs ? set.names() : []) {
    const input = look((set as NixAttrs).get(name) as Cell);
    inputs.set(name, declared(input, locked.get(name)));
  }
  for (const name of formals) {
    if (name !== "self" && !inputs.has(name)) inputs.set(name, declared(null, locked.get(name)));
  }
  return inputs;
}

function declared(input: Value, locked: LockedInput | undefined): DeclaredInput {
  const lockedAt = locked?.at;
  if (!(input instanceof NixAttrs)) {
    const { url, stored } = locked ?? {};
    return { url, lockedAt, locked: stored, follows: undefined, overrides: new Map(), isFlake: true };
  }
  const overrides = new Map<string, readonly string[]>();
  const inner = field(input, "inputs");
  for (const name of inner instanceof NixAttrs ? inner.names() : []) {
    const follows = followsOf(look((inner as NixAttrs).get(name) as Cell));
    if (follows) overrides.set(name, follows);
  }
  return {
    url: urlOf(input) ?? locked?.url,
    lockedAt,
    locked: locked?.stored,
    follows: followsOf(input),
    overrides,
    isFlake: field(input, "flake") !== false,
  };
}

function followsOf(input: Value): readonly string[] | undefined {
  const follows = input instanceof NixAttrs ? field(input, "follows") : undefined;
  if (typeof follows !== "string") return undefined;
  return follows.split("/").filter((part) => part !== "");
}

/** `url`, or the address that the attributes `type`, `owner`, `repo`, `path` spell. */
function urlOf(input: NixAttrs): string | undefined {
  const url = field(input, "url");
  if (typeof url === "string") return url;
  return urlFrom((name) => {
    const value = field(input, name);
    return typeof value === "string" ? value : undefined;
  });
}

function urlFrom(attribute: (name: string) => string | undefined): string | undefined {
  const type = attribute("type");
  const ref = attribute("ref");
  if (type === "path") {
    const path = attribute("path");
    // What the flake registry of a NixOS host makes of a bare name: the name says more than where it lay there.
    const dir = attribute("dir");
    if (path === undefined || path.startsWith("/nix/store/")) return undefined;
    return `path:${path}${dir === undefined ? "" : `?dir=${dir}`}`;
  }
  const owner = attribute("owner");
  if (owner !== undefined) return `${type}:${owner}/${attribute("repo")}${ref ? `/${ref}` : ""}`;
  return attribute("url");
}

/** What `flake.lock` says of a direct input; it knows what the registry made of a bare name. */
interface LockedInput {
  readonly url: string | undefined;
  readonly at: number | undefined;
  readonly stored: DeclaredInput["locked"];
}

/** A lock file, seen from one of the flakes that it is about. */
export interface Lock {
  readonly nodes: unknown;
  /** The name of the node that the others are found from. */
  readonly root: string;
  /** The name of that flake's node. */
  readonly at: string;
}

/** The lock file beside a `flake.nix`, as far as it can be read. */
export function lockBeside(directory: string, files: FileSource): Lock {
  const source = files.read(`${directory === "/" ? "" : directory}/flake.lock`);
  const json = "text" in source ? parse(source.text) : undefined;
  const root = text(property(json, "root")) ?? "root";
  return { nodes: property(json, "nodes"), root, at: root };
}

/** Steps from input to input that are taken in one lock file; Nix writes none that needs many. */
const MAX_STEPS = 1_000;

/** The node that an input is locked to: named, or by the way from the root that it follows. */
function nodeOf(lock: Lock, input: unknown, steps: { left: number }): string | undefined {
  if (typeof input === "string") return input;
  if (!Array.isArray(input)) return undefined;
  let at: string | undefined = lock.root;
  for (const step of input) {
    if (at === undefined || typeof step !== "string" || steps.left-- <= 0) return undefined;
    at = nodeOf(lock, property(property(property(lock.nodes, at), "inputs"), step), steps);
  }
  return at;
}

function lockedInputs(lock: Lock): Map<string, LockedInput> {
  const found = new Map<string, LockedInput>();
  const inputs = property(property(lock.nodes, lock.at), "inputs");
  const steps = { left: MAX_STEPS };
  for (const [name, input] of Object.entries(isRecord(inputs) ? inputs : {})) {
    const node = nodeOf(lock, input, steps);
    if (node !== undefined) found.set(name, lockedInput(lock, node));
  }
  return found;
}

function lockedInput(lock: Lock, name: string): LockedInput {
  const node = property(lock.nodes, name);
  const locked = property(node, "locked");
  const url = [property(node, "original"), locked]
    .map((one) => urlFrom((attribute) => text(property(one, attribute))))
    .find((one) => one?.includes("/"));
  const at = property(locked, "lastModified");
  const narHash = text(property(locked, "narHash"));
  const stored = narHash === undefined ? undefined : { narHash, lock: { ...lock, at: name } };
  return { url, at: typeof at === "number" && at > 0 && at < LATEST ? at : undefined, stored };
}

/** The year 2100: a later date in a lock file is no date. */
const LATEST = 4_102_444_800;

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // A lock file in the middle of a merge says nothing.
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function property(value: unknown, name: string): unknown {
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function field(set: NixAttrs, name: string): Value | undefined {
  const cell = set.get(name);
  return cell && look(cell);
}

/** Whether an input is nixpkgs (or its `lib` alone), by its address or, without one, by its name. */
export function isNixpkgs(name: string, url: string | undefined): boolean {
  if (url === undefined) return /^(nixpkgs|nixos|nixlib)([-_].*)?$/.test(name);
  return (
    /(^|[/:])nixpkgs(\.lib)?(\/|$|\?|\.tar|-unstable|-stable)|nixos\.org|channels\//i.test(url) ||
    /^github:nixos\/nixpkgs/i.test(url) ||
    /flakehub\.com\/f\/(pinned\/)?DeterminateSystems\/nixpkgs-/i.test(url)
  );
}

/** A branch of one release. */
const NUMBERED = /(?:nixos|release|nixpkgs)-(\d\d\.\d\d)/;

/**
 * The NixOS release whose defaults an input has, e.g. "24.05". The rolling branches have those of the release that was
 * in the making when they were locked: "unstable" when that is not known, or on the days when defaults changed.
 */
export function releaseOf({ url, lockedAt }: Pick<DeclaredInput, "url" | "lockedAt">): string | undefined {
  const numbered = url && NUMBERED.exec(url);
  if (numbered) return numbered[1];
  const hub = url && /flakehub\.com\/f\/NixOS\/nixpkgs\/0\.(\d\d)(\d\d)\b/i.exec(url);
  if (hub) return `${hub[1]}.${hub[2]}`;
  if (!url || !isRolling(url)) return undefined;
  if (lockedAt === undefined) return "unstable";
  const next = releaseInTheMaking(lockedAt);
  const changing = CHANGING.find(({ release }) => release === next);
  if (!changing) return next;
  if (lockedAt < changing.from) return changing.before;
  return lockedAt < changing.until ? "unstable" : next;
}

/**
 * The last release of which an input certainly has every change: that of a numbered branch, and of a rolling one the release
 * that was out when it was locked. Without a lock a rolling branch is as new as it gets, `NEWEST`.
 */
export function settledReleaseOf({ url, lockedAt }: Pick<DeclaredInput, "url" | "lockedAt">): string | undefined {
  if (!url || !isRolling(url) || NUMBERED.test(url)) {
    const release = releaseOf({ url, lockedAt });
    return release === "unstable" ? undefined : release;
  }
  return lockedAt === undefined ? NEWEST : releaseBefore(releaseInTheMaking(lockedAt));
}

/** What comes after every release with a number. */
const NEWEST = "newest";

/** A branch that follows development; an address of nixpkgs without a branch means `master`, FlakeHub's 0.1 and its weekly cut are unstable. */
function isRolling(url: string): boolean {
  return (
    /unstable|master/.test(url) ||
    /^github:nixos\/nixpkgs(\?|$)/i.test(url) ||
    /flakehub\.com\/f\/(NixOS\/nixpkgs|DeterminateSystems\/nixpkgs-weekly)\/0\.1(\.|$|[?/])/i.test(url)
  );
}

/**
 * When a rolling branch got what a release is asked for here. What was locked before has the defaults of the release
 * before, what was locked later the new ones.
 *
 * On the way to 26.05 filesystems lost their default type (nixpkgs#444829, merged on 2026-04-06) and stage 1 became
 * systemd's (nixpkgs#435781, under review on 2026-04-10, met by users of nixos-unstable on 2026-04-16:
 * impermanence#320). On the way to 24.11 pools of ZFS came to be imported in `postResumeCommands` (nixpkgs#208037, under
 * review on 2024-09-06; its note for the release, nixpkgs#346247, is of the first days of October, when it had landed).
 */
const CHANGING = [
  { release: "24.11", before: "24.05", from: at("2024-09-06"), until: at("2024-10-08") },
  { release: "26.05", before: "25.11", from: at("2026-04-06"), until: at("2026-04-17") },
];

function at(day: string): number {
  return Date.parse(day) / 1000;
}

/** Releases are cut in the last days of May and November. */
function releaseInTheMaking(seconds: number): string {
  const date = new Date(seconds * 1000);
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth() + 1;
  if (month === 12) return `${(year + 1) % 100}.05`;
  return `${year % 100}.${month <= 5 ? "05" : "11"}`;
}

/** The release half a year earlier. */
function releaseBefore(release: string): string {
  const [year = "", month] = release.split(".");
  return month === "11" ? `${year}.05` : `${Number(year) - 1}.11`;
}
