import type { StorageCommand } from "./btrfs-commands.ts";
import { PathReader, type TopPath } from "./rollback-paths.ts";
import type { List, Span, Word } from "./sh-ast.ts";
import { type CommandUse, commands } from "./sh-commands.ts";
import { ConditionReader, type Requirement, type Source } from "./sh-conditions.ts";
import { reachableCommands } from "./sh-reach.ts";
import type { Scope } from "./sh-values.ts";

/** Why a script that wipes may do nothing at an ordinary boot. */
export interface Gate extends Span {
  readonly reason: string;
}

const MAX_CALLS = 8;

/**
 * The switch that a wipe waits for: it happens only when the kernel's command line or a file says so. A switch that only
 * turns a wipe off is none: without it, every boot wipes. `evidence` are the commands that wipe, `text` is what the
 * script was read from.
 */
export function gateOf(
  script: List,
  text: string,
  evidence: readonly Span[],
  storage: readonly StorageCommand[],
  scope: Scope,
): Gate | undefined {
  const uses = reachableCommands(commands(script));
  const reader = new ConditionReader(uses, text);
  const own = new OwnPaths(uses, storage, scope);
  const wiping = uses.filter(({ command }) => evidence.some(({ start }) => start === command.start));
  const makes = new Set(
    storage.flatMap(({ kind, start }) => (kind === "subvolume-create" || kind === "subvolume-snapshot" ? [start] : [])),
  );
  const isMaking = ({ command }: CommandUse) => makes.has(command.start);
  // A wipe takes something away and puts something in its place; where one of the two is optional, so is the wipe.
  for (const step of [
    wiping.filter((use) => !isMount(use) && !isMaking(use)),
    wiping.filter((use) => !isMount(use) && isMaking(use)),
  ]) {
    const gates = step.map((use) => {
      const needed = requirementsOf(use, uses, reader, 0).find(
        (requirement) => requirement.present !== false && !own.has(requirement.source),
      );
      return needed && { ...wordsOf(needed), start: use.command.start, end: use.command.end };
    });
    if (gates.length > 0 && gates.every((gate) => gate !== undefined)) return gates[0];
  }
  return undefined;
}

/** What has to hold for a command to run: the conditions around it, and that of every way out before it. */
function requirementsOf(
  use: CommandUse,
  uses: readonly CommandUse[],
  reader: ConditionReader,
  depth: number,
): Requirement[] {
  const { start } = use.command;
  const own = reader.requirements(use.within, start);
  const exits = uses.filter(
    (other) =>
      other.command.start < start &&
      ((other.name === "exit" &&
        !isFailure(other) &&
        (other.functionName === undefined || other.functionName === use.functionName)) ||
        (other.name === "return" && other.functionName === use.functionName)),
  );
  const skipped = exits.flatMap((exit) => {
    // A way out in a branch that the command is not in is passed by every run that reaches the command.
    const conditions = reader.requirements(exit.within, exit.command.start);
    return conditions.map(({ source, present }) => ({ source, present: present === undefined ? undefined : !present }));
  });
  const calls = depth < MAX_CALLS && use.functionName !== undefined ? callsOf(use.functionName, uses) : [];
  // A function that is called from several places wipes when one of them is reached.
  const called = calls.map((call) => requirementsOf(call, uses, reader, depth + 1));
  const fewest = called.sort((a, b) => gated(a) - gated(b))[0] ?? [];
  return [...own, ...skipped, ...fewest];
}

/** Whether a script gives up with an error, as one does that misses what it needs: no ordinary boot goes that way. */
function isFailure({ args }: CommandUse): boolean {
  const code = args[0]?.literal;
  return code !== undefined && /^[1-9]\d*$/.test(code);
}

function gated(requirements: readonly Requirement[]): number {
  return requirements.filter(({ present }) => present !== false).length;
}

function callsOf(name: string, uses: readonly CommandUse[]): CommandUse[] {
  return uses.filter((use) => use.name === name && use.functionName !== name);
}

function isMount({ name }: CommandUse): boolean {
  return name === "mount" || name === "umount";
}

function wordsOf({ source }: Requirement): { reason: string } {
  if (source.kind === "cmdline") return { reason: "it wipes only when the kernel's command line says so" };
  const path = source.path.literal;
  return { reason: `it wipes only when ${path === undefined ? "a file" : `the file ${path}`} says so` };
}

/** The paths that a script works on: that they are there is no switch, but what the script needs. */
class OwnPaths {
  readonly #paths: PathReader;
  readonly #keys: readonly string[];

  constructor(uses: readonly CommandUse[], storage: readonly StorageCommand[], scope: Scope) {
    const directories = uses.flatMap(({ name, args, command }) =>
      name === "cd" && args[0] ? [{ at: command.start, word: args[0] }] : [],
    );
    this.#paths = new PathReader(storage, scope, directories);
    // What the script writes itself is there from the second boot on.
    const made = uses.flatMap(({ name, args, command }) => [
      ...(/^(mkdir|rmdir|touch|tee|cp|install|rm)$/.test(name ?? "") ? args : []),
      ...command.redirects.flatMap(({ operator, target }) => (operator.startsWith(">") ? [target] : [])),
    ]);
    this.#keys = [...storage.flatMap(handled), ...made].flatMap((word) =>
      this.#paths.paths(word).map(({ key }) => key),
    );
  }

  has(source: Source): boolean {
    return source.kind === "file" && this.#paths.paths(source.path).every((path) => this.#isOwn(path));
  }

  #isOwn({ key, mount }: TopPath): boolean {
    // The mount point itself, and what cannot be told from what the script handles.
    if (key === "" || key.startsWith("\u0001")) return true;
    if (!mount && /^(dev|sys|proc)\//.test(key)) return true;
    return this.#keys.some(
      (own) => own === key || own.startsWith(`${key}/`) || (key.includes("\u0001") && shares(own, key)),
    );
  }
}

/** Whether two paths may be the same as far as they are known. */
function shares(own: string, key: string): boolean {
  const known = key.slice(0, key.indexOf("\u0001"));
  return known !== "" && own.startsWith(known);
}

function handled(command: StorageCommand): Word[] {
  switch (command.kind) {
    case "subvolume-delete":
    case "subvolume-create":
      return command.targets;
    case "subvolume-snapshot":
      return [command.source, command.destination];
    case "subvolume-list":
    case "subvolume-show":
      return command.path ? [command.path] : [];
    case "move":
      return [...command.sources, command.destination];
    case "find":
      return command.starts;
    case "mount":
      return [...(command.device ? [command.device] : []), ...(command.target ? [command.target] : [])];
    default:
      return [];
  }
}
