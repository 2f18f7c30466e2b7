import { hasOption, parseArguments } from "./command-options.ts";
import type { Word } from "./sh-ast.ts";
import { resolveWord, type Scope } from "./sh-values.ts";

export interface MountOption {
  /** The name in front of `=`. */
  name: string;
  value?: string;
  /** The word of the command line that holds the option. */
  word: Word;
}

export interface MountCommand {
  kind: "mount";
  device?: Word;
  target?: Word;
  fsType?: string;
  /** Options with known text, in order. */
  options: MountOption[];
  /** True when a part of the options is unknown, so that any option may be among them. */
  moreOptions: boolean;
  /** True for bind mounts, moves and remounts, which bring no other filesystem. */
  changesExisting: boolean;
}

/** Reads the arguments of mount(8). Undefined for a call that only lists mounts or mounts all of fstab. */
export function readMount(args: readonly Word[], scope: Scope): MountCommand | undefined {
  const parsed = parseArguments(args, "o t L U O N options types label uuid source target target-prefix", scope);
  const named = (...names: string[]) => parsed.options.find(({ name }) => names.includes(name));
  if (hasOption(parsed, "-a", "--all", "-l", "-V", "--version", "-h", "--help")) return undefined;
  const source = named("-L", "-U", "--label", "--uuid", "--source")?.value;
  const operands = [...parsed.operands];
  const device = source ?? (operands.length > 1 ? operands.shift() : undefined);
  const target = named("--target")?.value ?? operands.shift();
  if (!target) return undefined;
  const options: MountOption[] = [];
  let moreOptions = false;
  for (const { name, value, text } of parsed.options) {
    if (name !== "-o" && name !== "--options") continue;
    if (!value || text === undefined) moreOptions = true;
    const known = text ?? (value ? resolveWord(value, scope).prefix.replace(/[^,]*$/, "") : "");
    for (const option of known.split(",").filter((piece) => piece !== "")) {
      const [key = "", setting] = option.split(/=(.*)/s);
      options.push({ name: key, word: value!, ...(setting === undefined ? {} : { value: setting }) });
    }
  }
  const existing = ["bind", "rbind", "remount", "move"];
  const changesExisting =
    options.some(({ name }) => existing.includes(name)) ||
    hasOption(parsed, "-B", "-R", "-M", ...existing.map((name) => `--${name}`));
  const fsType = named("-t", "--types")?.text;
  return {
    kind: "mount",
    ...(device ? { device } : {}),
    target,
    ...(fsType ? { fsType } : {}),
    options,
    moreOptions,
    changesExisting,
  };
}
