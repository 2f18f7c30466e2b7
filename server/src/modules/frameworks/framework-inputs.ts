import { coerceToString } from "../../eval/coerce.ts";
import { normalisePath } from "../../eval/path-name.ts";
import { Cell, look, NixAttrs, NixFunction, Unknown, type Value } from "../../eval/value.ts";
import { evaluateModules, moduleSetOf } from "../evaluate-modules.ts";
import { FlakeInput } from "../flake-inputs.ts";
import type { FlakeWorld } from "../flake-world.ts";
import { colmenaFlake } from "./colmena.ts";
import { evaluateFramework, FrameworkAttrs, frameworkPart } from "./framework-text.ts";
import { type FrameworkName, repositoryOf } from "./known-flakes.ts";

/** Where `import inputs.systems` leads: a list of platforms. */
export const SYSTEMS_PATH = "/nix-impermanence/systems";

/** Where a framework comes from. */
export interface FrameworkSource {
  readonly url: string | undefined;
  /** When the locked revision was made, in seconds since 1970. */
  readonly lockedAt?: number | undefined;
}

/** A framework as the flake input it is: its functions, served by the checker's own merge. */
export function frameworkInput(name: FrameworkName, { url, lockedAt }: FrameworkSource, world: FlakeWorld): Cell {
  return Cell.lazy(() => {
    if (name === "colmena") return colmenaFlake(world.modules);
    if (name === "systems") return systemsFlake(url, world);
    const more = name === "den" ? denArguments(lockedAt, world) : name === "clan" ? clanArguments(world) : {};
    return evaluateFramework(name, { ...frameworkArguments(world), ...more }, world.interpreter, world.programs);
  });
}

/** What the models of frameworks are functions of. */
function frameworkArguments(world: FlakeWorld): Record<string, Cell> {
  return {
    lib: world.lib,
    open: Cell.of(openFunction),
    evalModules: Cell.of(new NixFunction((args) => openModules(args, world), "evalModules")),
    inputsOfFlake: Cell.of(new NixFunction((path) => inputsBelow(path, world), "inputsOfFlake")),
  };
}

/** den places functions of hosts and users by the rules that we follow since its pull request 563. */
const DEN_FOLLOWED = Date.UTC(2026, 5, 15) / 1000;

function denArguments(lockedAt: number | undefined, { interpreter, programs }: FlakeWorld): Record<string, Cell> {
  return {
    pipeline: frameworkPart("den-pipeline", interpreter, programs),
    batteries: frameworkPart("den-batteries", interpreter, programs),
    known: KNOWN,
    isFollowed: Cell.of(lockedAt === undefined || lockedAt >= DEN_FOLLOWED),
  };
}

/** `seen`: the input itself, for those of its services that are modules like those of all other inputs. */
function clanArguments({ interpreter, programs }: FlakeWorld): Record<string, Cell> {
  return {
    services: frameworkPart("clan-services", interpreter, programs),
    seen: Cell.of(new FlakeInput("clan-core")),
    known: KNOWN,
  };
}

/** Whether a value is known. */
const KNOWN = Cell.of(new NixFunction((cell) => !(look(cell) instanceof Unknown), "known"));

/** `open "title" set`: the set, with everything else of it Unknown. */
export const openFunction: Value = new NixFunction(
  (title) =>
    new NixFunction((set) => {
      const value = set.force();
      if (!(value instanceof NixAttrs)) return value;
      return new FrameworkAttrs(
        String(look(title)),
        new Map(value.names().map((name) => [name, value.get(name) as Cell])),
      );
    }, "open"),
  "open",
);

/** Merges modules of which some may come from outside: what nobody declares is kept, and noted by the flake. */
function openModules(args: Cell, world: FlakeWorld): Value {
  const given = look(args);
  if (!(given instanceof NixAttrs)) return evaluateModules(world.modules, args);
  const set = moduleSetOf(world.modules, given, args.place?.file ?? "", "world");
  const isTopLevel = given.get("specialArgs") && look(given.get("specialArgs") as Cell);
  if (isTopLevel instanceof NixAttrs && isTopLevel.has("moduleLocation") === true) world.flakeModules.push(set);
  return evaluateModules(world.modules, args, set);
}

function inputsBelow(path: Cell, world: FlakeWorld): Value {
  const folder = normalisePath(coerceToString(look(path), false));
  const inputs = world.inputsOf(folder);
  return inputs instanceof Unknown ? inputs : new NixAttrs(inputs);
}

function systemsFlake(url: string | undefined, world: FlakeWorld): Value {
  const lists = look(Cell.lazy(() => evaluateFramework("systems", {}, world.interpreter, world.programs)));
  const name = url === undefined ? "default" : (repositoryOf(url).split("/").at(-1) ?? "default");
  const path = `${SYSTEMS_PATH}/${name}`;
  const list = lists instanceof NixAttrs ? lists.get(name) : undefined;
  world.interpreter.provide(path, list ?? Cell.of(new Unknown(`the systems of \`${url ?? name}\` are not known here`)));
  return NixAttrs.of({ outPath: Cell.of(path) });
}
