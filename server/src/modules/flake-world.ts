import type { FileSource } from "../eval/file-source.ts";
import type { Interpreter, ProgramSource } from "../eval/interpreter.ts";
import type { Cell, Unknown } from "../eval/value.ts";
import type { Incomplete } from "./frameworks/incomplete.ts";
import type { MissingFunctions } from "./library.ts";
import type { ModuleSet, ModuleWorld } from "./module-set.ts";

/** What the flakes of one evaluation share. */
export interface FlakeWorld {
  readonly interpreter: Interpreter;
  readonly programs: ProgramSource;
  readonly files: FileSource;
  readonly lib: Cell;
  readonly modules: ModuleWorld;
  /** Functions of nixpkgs' `lib` that were asked for and are not modelled. */
  readonly missing: MissingFunctions;
  /** Sets of modules whose configuration is a flake's outputs (flake-parts). */
  readonly flakeModules: ModuleSet[];
  /** What models of frameworks saw and do not interpret. */
  readonly notes: Incomplete[];
  /** The inputs of a flake of the workspace. */
  inputsOf(directory: string): ReadonlyMap<string, Cell> | Unknown;
}
