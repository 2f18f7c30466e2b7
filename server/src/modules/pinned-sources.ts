import type { FileSource } from "../eval/file-source.ts";
import type { Interpreter } from "../eval/interpreter.ts";
import { Cell, NixAttrs, NixFunction, type Value } from "../eval/value.ts";
import { FlakeInput, isNixpkgs, releaseOf } from "./flake-inputs.ts";
import { NIXPKGS_PATH } from "./packages.ts";

/** Files that pinning tools write, and the list of pins beside each. With `areFlakes` they give the flakes themselves. */
const GENERATED: readonly { readonly file: RegExp; readonly pins: string; readonly areFlakes?: boolean }[] = [
  { file: /\/npins\/default\.nix$/, pins: "sources.json" },
  { file: /\/nix\/sources\.nix$/, pins: "sources.json" },
  { file: /\/lon\.nix$/, pins: "lon.lock" },
  { file: /\/\.tack\/default\.nix$/, pins: "pins.lock.json", areFlakes: true },
];

/** Makes a flake of its name, its address and the time of its revision in seconds since 1970. */
export type MakeFlake = (name: string, url: string | undefined, lockedAt: number | undefined) => Cell;

/**
 * Lets `import ./npins`, `import ./nix/sources.nix`, `import ./lon.nix` and `import ./.tack` answer with the pins: nixpkgs
 * is modelled, of the others only the name is known. The files themselves fetch, which nothing does here. What a configuration fetches
 * itself, by an address that it writes, is known in the same way.
 */
export function providePinnedSources(
  interpreter: Interpreter,
  files: FileSource,
  nixFiles: readonly string[],
  makeFlake: MakeFlake,
): void {
  interpreter.provideFetched(fetched);
  for (const path of nixFiles) {
    const tool = GENERATED.find(({ file }) => file.test(path));
    if (!tool) continue;
    const list = `${path.slice(0, path.lastIndexOf("/"))}/${tool.pins}`;
    if (files.kind(list) !== "regular") continue;
    interpreter.provide(
      path,
      Cell.lazy(() => pinsIn(list, files, tool.areFlakes ? makeFlake : pinnedSource)),
    );
  }
}

/** Where forges have archives: owner and name of the repository. */
const ARCHIVES = [
  /^(?:https:\/\/(?:www\.)?github\.com\/|https:\/\/(?:api\.github\.com\/repos|codeload\.github\.com)\/|github:)([\w.-]+)\/([\w.-]+)/,
  /^(?:git\+)?https:\/\/(?:gitlab\.com|codeberg\.org|git\.sr\.ht)\/([\w.~-]+)\/([\w.-]+)/,
  /^(?:gitlab|sourcehut):([\w.~-]+)\/([\w.-]+)/,
];
const CHANNEL = /^(https?:\/\/(channels\.)?nixos\.org\/(channels\/)?|channel:)(nixos|nixpkgs)-/;

function fetched(url: string): Value | undefined {
  if (CHANNEL.test(url)) return pin("nixpkgs", url);
  for (const archive of ARCHIVES) {
    const [, owner, name] = archive.exec(url) ?? [];
    const repo = name?.replace(/\.git$/, "");
    if (owner && repo) return pin(repo, `github:${owner}/${repo}`);
  }
  return undefined;
}

function pinsIn(list: string, files: FileSource, make: MakeFlake): Value {
  const cells = new Map<string, Cell>();
  for (const [name, { address, lockedAt }] of readPins(list, files)) cells.set(name, make(name, address, lockedAt));
  // npins' sources can be asked to be fetched with another nixpkgs' fetchers, and tack's to follow others; they stay
  // the same pins.
  const set: NixAttrs = new NixAttrs(new Map([...cells, ["__functor", Cell.of(functor(() => set))]]));
  return set;
}

function functor(self: () => Value): NixFunction {
  return new NixFunction(() => new NixFunction(self, "sources"), "sources");
}

function pinnedSource(name: string, address: string | undefined): Cell {
  return Cell.of(pin(name, address));
}

function pin(name: string, address: string | undefined): Value {
  if (!isNixpkgs(name, address)) return new FlakeInput(name, address);
  return NixAttrs.of({ outPath: Cell.of(NIXPKGS_PATH) });
}

/**
 * The release of the nixpkgs that the pins around a host lead to, by the pin that is called so, or the only one. Undefined
 * where no list of pins is in a folder above the host, and where it does not say.
 */
export function pinnedRelease(entry: string, files: FileSource, nixFiles: readonly string[]): string | undefined {
  const lists = nixFiles.flatMap((path) => {
    const tool = GENERATED.find(({ file }) => file.test(path));
    const root = tool && path.replace(tool.file, "");
    return root !== undefined && entry.startsWith(`${root}/`)
      ? [{ root, list: `${path.slice(0, path.lastIndexOf("/"))}/${tool?.pins}` }]
      : [];
  });
  const [nearest] = lists.sort((a, b) => b.root.length - a.root.length);
  if (!nearest || files.kind(nearest.list) !== "regular") return undefined;
  const pins = [...readPins(nearest.list, files)].filter(([name, { address }]) => isNixpkgs(name, address));
  const [, pin] = pins.find(([name]) => name === "nixpkgs" || name === "nixos") ?? (pins.length === 1 ? pins[0]! : []);
  const found = pin?.branches.map((url) => releaseOf({ url, lockedAt: pin.lockedAt }));
  return found?.find((release) => release !== undefined);
}

interface Pin {
  readonly address: string | undefined;
  /** What names the branch, the plainest first. */
  readonly branches: readonly string[];
  /** In seconds since 1970, where the tool says it. */
  readonly lockedAt: number | undefined;
}

/** Every pin by its name, whatever the tool. */
function readPins(list: string, files: FileSource): Map<string, Pin> {
  const found = new Map<string, Pin>();
  const source = files.read(list);
  const json: unknown = "text" in source ? parse(source.text) : undefined;
  const pins = record(record(json)?.pins) ?? record(record(json)?.sources) ?? record(json) ?? {};
  for (const [name, value] of Object.entries(pins)) {
    const pinned = record(value);
    if (!pinned) continue;
    const { lastModified } = pinned;
    found.set(name, {
      address: addressOf(pinned),
      branches: [pinned.branch, pinned.name, pinned.url].flatMap((value) => text(value) ?? []),
      lockedAt: typeof lastModified === "number" ? lastModified : undefined,
    });
  }
  return found;
}

function addressOf(pinned: Record<string, unknown>): string | undefined {
  const repository = record(pinned.repository);
  const owner = text(pinned.owner) ?? text(repository?.owner);
  const repo = text(pinned.repo) ?? text(repository?.repo);
  if (owner !== undefined && repo !== undefined) return `github:${owner}/${repo}`;
  return text(pinned.url) ?? text(pinned.name);
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // A list in the middle of a merge pins nothing.
    return undefined;
  }
}

function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
