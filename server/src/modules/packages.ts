import { storePathOf } from "../eval/path-name.ts";
import { Cell, look, NixAttrs, NixFunction, NixList, Unknown, type Value } from "../eval/value.ts";

/** Where nixpkgs lies: a path that only `import` understands, as in `import nixpkgs { … }`. */
export const NIXPKGS_PATH = "/nix-impermanence/nixpkgs";

/** nixpkgs' packages: any name is a package with a store path that stands for the real one. */
export class Packages extends NixAttrs {
  private readonly made = new Map<string, Cell>();
  private readonly lib: Cell;
  private readonly platform: Cell | undefined;
  /** `platform` is the name of the system that the packages are for. */
  constructor(lib: Cell, platform?: Cell) {
    super(new Map(), new Unknown("nixpkgs is not evaluated", undefined, { soft: true }));
    this.lib = lib;
    this.platform = platform;
  }

  override get(name: string): Cell {
    let cell = this.made.get(name);
    if (!cell) {
      cell = this.make(name);
      this.made.set(name, cell);
    }
    return cell;
  }

  /** Whether a package exists is not known; the names that are no packages are. */
  override has(name: string): boolean | Unknown {
    return name === "lib" || name === "path" || WRITERS.has(name) || (this.open as Unknown);
  }

  override names(): string[] {
    return [];
  }
  override get answersAnyName(): boolean {
    return true;
  }

  private make(name: string): Cell {
    if (name === "lib") return this.lib;
    if (name === "path") return Cell.of(NIXPKGS_PATH);
    if (WRITERS.has(name)) return Cell.of(writer(name));
    if (name === "callPackage" || name === "callPackages") return Cell.of(curried(2, () => new FakePackage("package")));
    if (name === "stdenv") return Cell.of(new StandardEnvironment(this.lib, this.platform));
    if (name === "system" && this.platform) return this.platform;
    if (PLATFORMS.has(name) && this.platform) return platformSet(this.lib, this.platform);
    if (
      /^(linuxPackages|python3?\d*Packages|nodePackages|haskellPackages|perlPackages|xorg|kdePackages|gnome|plasma5Packages|libsForQt5|vimPlugins|fishPlugins|jetbrains$|xfce$)/.test(
        name,
      )
    ) {
      return Cell.of(new PackageGroup(name));
    }
    const postgres = /^postgresql_(\d+)$/.exec(name)?.[1];
    if (postgres) return Cell.of(new PostgresPackage(postgres));
    // A shell by its path, unlike all other names.
    if (name === "runtimeShell")
      return Cell.of(`${String(look(new FakePackage("bash").get("outPath") as Cell))}/bin/bash`);
    if (name === "applyPatches") return Cell.of(new NixFunction((arg) => patched(arg), name));
    if (name === "extend" || name === "appendOverlays") return Cell.of(new NixFunction(() => this, name));
    return Cell.of(new FakePackage(name));
  }
}

/** Sets of packages inside nixpkgs. */
export class PackageGroup extends NixAttrs {
  readonly title: string;
  constructor(title: string) {
    super(new Map(), new Unknown("nixpkgs is not evaluated", undefined, { soft: true }));
    this.title = title;
  }
  override get(name: string): Cell {
    return Cell.of(new FakePackage(name));
  }
}

/** A package nobody builds: its paths are made up, the rest of it is Unknown. */
export class FakePackage extends NixAttrs {
  private readonly title: string;
  constructor(name: string, output = "", content?: Cell) {
    const path = storePathOf(`${name}${output ? `-${output}` : ""}`);
    const cells: Record<string, Cell> = {
      type: Cell.of("derivation"),
      outPath: storePath(path, content),
      drvPath: Cell.of(`${path}.drv`),
      name: Cell.of(name),
      pname: Cell.of(name),
    };
    if (!output) {
      for (const other of ["out", "bin", "dev", "lib", "man", "doc"]) {
        // A written script has one output, whatever it is asked for.
        cells[other] = Cell.lazy(() => (content ? new FakePackage(name, "", content) : new FakePackage(name, other)));
      }
      for (const change of ["override", "overrideAttrs", "overrideDerivation", "withPackages"]) {
        cells[change] = Cell.of(new NixFunction(() => new FakePackage(name), change));
      }
      cells.meta = Cell.of(new NixAttrs(new Map([["mainProgram", Cell.of(mainProgram(name))]]), UNBUILT));
    }
    super(new Map(Object.entries(cells)), UNBUILT);
    this.title = name;
  }
  /** Whatever nixpkgs has under the name builds something when it is called, as `buildEnv` and `fetchFromGitHub` do. */
  override called(arg: Cell): Value {
    const given = look(arg);
    const name = given instanceof NixAttrs ? (textIn(given, "name") ?? textIn(given, "pname")) : given;
    return new FakePackage(typeof name === "string" && /^[\w+.?=-]+$/.test(name) ? name : this.title);
  }
}

/** What home-manager's `mkOutOfStoreSymlink` makes: a link in the store to a path outside of it. */
export class OutOfStoreLink extends FakePackage {
  /** Where it leads to. */
  readonly target: Cell;
  constructor(target: Cell) {
    super("hm_link");
    this.target = target;
  }
}

function textIn(set: NixAttrs, name: string): string | undefined {
  const cell = set.has(name) === true ? set.get(name) : undefined;
  const value = cell && look(cell);
  return typeof value === "string" ? value : undefined;
}

/** Sources with patches: where they come from leads to them as before, as an assumption about the patches. */
function patched(arg: Cell): Value {
  const given = look(arg);
  if (!(given instanceof NixAttrs)) return given instanceof Unknown ? given : new FakePackage("patched");
  const source = given.get("src");
  const value = source && look(source);
  if (value instanceof Unknown) return value;
  const path = value instanceof NixAttrs ? value.get("outPath") : source;
  return path && value !== undefined ? new PatchedSource(path) : new FakePackage("patched");
}

class PatchedSource extends FakePackage {
  private readonly path: Cell;
  constructor(path: Cell) {
    super("patched");
    this.path = path;
  }
  override get(name: string): Cell | undefined {
    return name === "outPath" ? this.path : super.get(name);
  }
}

/** A version of PostgreSQL, whose data directory is named after it. */
export class PostgresPackage extends FakePackage {
  private readonly schema: Cell;
  constructor(version: string) {
    super(`postgresql_${version}`);
    this.schema = Cell.of(version);
  }
  override get(name: string): Cell | undefined {
    return name === "psqlSchema" ? this.schema : super.get(name);
  }
  override has(name: string): boolean | Unknown {
    return name === "psqlSchema" || super.has(name);
  }
}

/** `stdenv`: a package that also knows the platform. */
class StandardEnvironment extends FakePackage {
  private readonly known: ReadonlyMap<string, Cell>;
  constructor(lib: Cell, platform: Cell | undefined) {
    const set = platform && platformSet(lib, platform);
    const known = new Map<string, Cell>();
    for (const name of set ? PLATFORMS : []) known.set(name, set as Cell);
    for (const name of set ? ["isLinux", "isDarwin", "isx86_64", "isAarch64", "system"] : []) {
      known.set(
        name,
        Cell.lazy(() => member(set as Cell, name)),
      );
    }
    super("stdenv");
    this.known = known;
  }
  override get(name: string): Cell | undefined {
    return this.known.get(name) ?? super.get(name);
  }
  override has(name: string): boolean | Unknown {
    return this.known.has(name) || super.has(name);
  }
}

const PLATFORMS = new Set(["hostPlatform", "buildPlatform", "targetPlatform"]);

/** What `lib.systems.elaborate` makes of the platform's name. */
export function platformSet(lib: Cell, platform: Cell): Cell {
  return Cell.lazy(() => {
    const elaborate = look(
      Cell.lazy(() =>
        member(
          Cell.lazy(() => member(lib, "systems")),
          "elaborate",
        ),
      ),
    );
    const known = elaborate instanceof NixFunction ? elaborate.call(platform, undefined) : elaborate;
    return known instanceof NixAttrs ? new NixAttrs(known.cells, UNTOLD) : known;
  });
}

/** nixpkgs says more of a platform than is told here. */
const UNTOLD = new Unknown("not all that nixpkgs says of a platform is known here");

function member(set: Cell, name: string): Value {
  const value = set.force();
  if (!(value instanceof NixAttrs)) return value;
  return value.get(name)?.force() ?? value.open ?? new Unknown(`\`${name}\` is not known here`);
}

const UNBUILT = new Unknown("packages are not built here", undefined, { soft: true });

/** The program a package is usually called by, for `lib.getExe`. */
function mainProgram(name: string): string {
  return MAIN_PROGRAMS[name] ?? name;
}
const MAIN_PROGRAMS: Record<string, string> = {
  "btrfs-progs": "btrfs",
  bash: "bash",
  coreutils: "coreutils",
  "util-linux": "mount",
};

/** Functions of nixpkgs that wrap a text; the text stays readable as an attribute. */
const WRITERS = new Set([
  "writeShellScript",
  "writeShellScriptBin",
  "writeScript",
  "writeScriptBin",
  "writeText",
  "writeShellApplication",
  "runCommand",
  "writeTextFile",
  "writeTextDir",
]);

/** A file that the configuration writes into the store; its made-up path leads back to the text. */
export class WrittenText extends FakePackage {
  readonly content: Cell | undefined;
  constructor(name: string, content: Cell | undefined) {
    super(name, "", content);
    this.content = content;
  }
}

const NOTHING = Cell.of(new NixList([]));

/** What `writeShellApplication` puts on the PATH of its script, by the script's text. */
const runtimeInputs = new WeakMap<Cell, Cell>();

/** The list of packages that a written script brings for itself; undefined when it has none. */
export function runtimeInputsOf(content: Cell): Cell | undefined {
  return runtimeInputs.get(content);
}

/** The store path of a package, with the text of the file that lies there, if it is known. */
function storePath(path: string, content: Cell | undefined): Cell {
  const site = content?.slot?.site;
  return site ? Cell.of(path, { site, pieces: [{ length: path.length, origin: undefined }], content }) : Cell.of(path);
}

function writer(name: string): NixFunction {
  if (name === "writeShellApplication" || name === "writeTextFile") {
    return new NixFunction((arg) => {
      const set = arg.force();
      const called = set instanceof NixAttrs ? set.get("name")?.force() : undefined;
      const text = set instanceof NixAttrs ? (set.get("text") ?? set.get("content")) : undefined;
      const inputs = set instanceof NixAttrs ? set.get("runtimeInputs") : undefined;
      if (text && (inputs || name === "writeShellApplication")) runtimeInputs.set(text, inputs ?? NOTHING);
      return new WrittenText(typeof called === "string" ? called : "script", text);
    }, name);
  }
  const arity = name === "runCommand" ? 3 : 2;
  return curried(arity, (args) => {
    const called = args[0]?.force();
    return new WrittenText(typeof called === "string" ? called : "script", arity === 2 ? args[1] : undefined);
  });
}

function curried(arity: number, make: (args: readonly Cell[]) => Value, given: readonly Cell[] = []): NixFunction {
  return new NixFunction((arg) => {
    const args = [...given, arg];
    return args.length === arity ? make(args) : curried(arity, make, args);
  }, "pkgs");
}
