import { Cell, look, NixAttrs, Unknown } from "../eval/value.ts";
import { Packages } from "./packages.ts";

/** A flake input that is not in the workspace: whatever is asked of it is Unknown, by name, and assumed harmless. */
export class FlakeInput extends NixAttrs {
  private readonly path: string;
  constructor(path: string) {
    super(new Map(), notHere(path));
    this.path = path;
  }
  override get(name: string): Cell {
    return Cell.of(new FlakeInputPart(`${this.path}.${name}`));
  }
  /** Every input is a folder somewhere; what else it has is not known. */
  override has(name: string): boolean | Unknown {
    return name === "outPath" || (this.open as Unknown);
  }
  override names(): string[] {
    return [];
  }
}

/** Something inside an input. Unlike a set it is no module by itself, so it is Unknown. */
class FlakeInputPart extends Unknown {
  constructor(path: string) {
    super(`\`${path}\` comes from a flake input, which is not in the workspace`, undefined, { soft: true });
  }
}

function notHere(path: string): Unknown {
  return new Unknown(`the flake input \`${path}\` is not in the workspace`, undefined, { soft: true });
}

/** nixpkgs: its `lib` and packages are modelled. */
export class NixpkgsInput extends NixAttrs {
  constructor(name: string, lib: Cell) {
    const packages = Cell.lazy(() => new Packages(lib));
    super(
      new Map([
        ["lib", lib],
        ["legacyPackages", Cell.of(new EverySystem(packages))],
        ["outPath", Cell.of(NIXPKGS_PATH)],
      ]),
      notHere(name),
    );
  }
}

/** A path that only `import` understands, as in `import nixpkgs { … }`. */
export const NIXPKGS_PATH = "/nix-impermanence/nixpkgs";

class EverySystem extends NixAttrs {
  private readonly packages: Cell;
  constructor(packages: Cell) {
    super(new Map(), notHere("nixpkgs"));
    this.packages = packages;
  }
  override get(): Cell {
    return this.packages;
  }
  override has(): boolean {
    return true;
  }
  override names(): string[] {
    return ["x86_64-linux", "aarch64-linux"];
  }
}

/** Name and address of every input that a flake declares. */
export function declaredInputs(flake: NixAttrs): Map<string, string | undefined> {
  const inputs = new Map<string, string | undefined>();
  const cell = flake.get("inputs");
  const set = cell && look(cell);
  if (!(set instanceof NixAttrs)) return inputs;
  for (const name of set.names()) {
    const input = look(set.get(name) as Cell);
    const url = input instanceof NixAttrs ? input.get("url") : undefined;
    const text = url && look(url);
    inputs.set(name, typeof text === "string" ? text : undefined);
  }
  return inputs;
}

/** Whether an input is nixpkgs, by its address or, without one, by its name. */
export function isNixpkgs(name: string, url: string | undefined): boolean {
  if (url === undefined) return /^(nixpkgs|nixos)([-_].*)?$/.test(name);
  return (
    /(^|[/:])nixpkgs(\/|$|\?|\.tar|-unstable|-stable)|nixos\.org|channels\//i.test(url) ||
    /^github:nixos\/nixpkgs/i.test(url)
  );
}

/** The NixOS release an address names, e.g. "24.05"; "unstable" for the rolling branches. */
export function releaseOf(url: string | undefined): string | undefined {
  const numbered = url && /(?:nixos|release|nixpkgs)-(\d\d\.\d\d)/.exec(url);
  if (numbered) return numbered[1];
  return url && /unstable|master/.test(url) ? "unstable" : undefined;
}
