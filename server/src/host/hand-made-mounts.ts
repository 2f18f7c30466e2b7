import { readMount } from "../shell/mount-command.ts";
import { resolveWord } from "../shell/sh-values.ts";
import type { Gap } from "./gaps.ts";
import type { FileSystem, Script, Unit } from "./host.ts";
import { isAtOrBelow, normalise } from "./paths.ts";
import { perItem } from "./per-item.ts";
import { readTexts } from "./read-values.ts";
import { commandsOf } from "./script-commands.ts";

/** Where the initrd has the later root, with systemd and without. */
const LATER_ROOT = /^\/(sysroot|mnt-root)(?=\/)/;
/** What systemd mounts by itself. */
const OWN = ["/dev", "/proc", "/run", "/sys", "/tmp"];

/**
 * Directories that `fileSystems` does not know, although the configuration shows that something is mounted there: a
 * script does it, or units require a mount that is made by hand, such as that of a disk whose key somebody types. What
 * is kept there cannot be told.
 */
export function handMadeMounts(
  units: readonly Unit[],
  hooks: readonly Script[],
  fileSystems: readonly FileSystem[],
  atBoot: readonly Script[] = [],
): readonly Gap[] {
  const found = [...hooks.flatMap((script) => mountsOf(script, "initrd")), ...mountsOfUnits(units)];
  const named = found.filter(
    ({ below }) =>
      below !== "/" &&
      !OWN.some((directory) => isAtOrBelow(below, directory)) &&
      !fileSystems.some(({ mountpoint }) => mountpoint === below),
  );
  const every = mountOfEveryDataset(units, atBoot);
  return every ? [...named, ...DATASETS.map((below) => ({ ...every, below }))] : named;
}

/** Why a path may be on a dataset that nothing here names. */
export const EVERY_DATASET = "a script mounts every dataset of ZFS (`zfs mount -a`) where it says itself";

/** Where datasets are mounted that hold what a host keeps. Over the rest of /etc one would hide what NixOS makes there. */
const DATASETS = ["/etc/ssh", "/home", "/opt", "/root", "/srv", "/var"];

/**
 * `zfs mount -a` in a script: somebody relies on datasets that say themselves where they are mounted. Any directory may be
 * one. NixOS runs it too, on every host with ZFS, which says nothing of whether there are such datasets.
 */
function mountOfEveryDataset(units: readonly Unit[], atBoot: readonly Script[]): Gap | undefined {
  const scripts = [...units.filter(({ stage }) => stage === "system").flatMap(({ scripts }) => scripts), ...atBoot];
  for (const script of scripts) {
    if (!/\bmount\s+-/.test(script.text)) continue;
    const { running, scope } = commandsOf(script);
    const command = running.find(({ name, args }) => {
      const [action, ...flags] = args.map((word) => resolveWord(word, scope).value);
      return name?.split("/").at(-1) === "zfs" && action === "mount" && flags.some((flag) => /^-\w*a/.test(flag ?? ""));
    });
    if (!command) continue;
    const place = script.placeOf(command.command.start, command.command.end) ?? script.place;
    return { why: EVERY_DATASET, place };
  }
  return undefined;
}

const mountsOfUnits = perItem((unit: Unit): readonly NamedGap[] => [
  ...unit.scripts.flatMap((script) => mountsOf(script, unit.stage)),
  ...(unit.stage === "system" ? requiredBy(unit) : []),
]);

type NamedGap = Gap & { readonly below: string };

/** Where a script mounts something and leaves it there. */
function mountsOf(script: Script, stage: Unit["stage"]): NamedGap[] {
  // Most scripts mount nothing, and need not be read for that.
  if (!/mount|zpool|fs\b/.test(script.text)) return [];
  const { running, storage, scope } = commandsOf(script);
  const undone = storage.flatMap((command) =>
    command.kind === "umount" ? command.targets.map((target) => resolveWord(target, scope).value) : [],
  );
  return running.flatMap(({ name, args, command }) => {
    const program = name?.split("/").at(-1);
    const words = args.map((word) => resolveWord(word, scope).value);
    const target = program === "mount" ? readMount(args, scope)?.target : undefined;
    const pool = target ? resolveWord(target, scope).value : poolOf(program, words);
    const paths = pool === undefined ? othersOf(program, words) : [pool];
    return paths.flatMap((path): NamedGap[] => {
      if (undone.includes(path)) return [];
      const below = stage === "initrd" ? laterPath(path) : path;
      if (below === undefined || !below.startsWith("/")) return [];
      const place = script.placeOf(command.start, command.end) ?? script.place;
      return [{ why: `a script mounts something at ${normalise(below)}`, place, below: normalise(below) }];
    });
  });
}

/** Programs of filesystems that mount by themselves; some have the word for it as their first argument. */
const MOUNTERS: Readonly<Record<string, string | undefined>> = {
  ...{ bcachefs: "mount", restic: "mount", borg: "mount", rclone: "mount", securefs: "mount" },
  ...Object.fromEntries(
    ["bindfs", "cryfs", "encfs", "gocryptfs", "mergerfs", "ntfs-3g", "s3fs", "sshfs", "systemd-mount"].map((name) => [
      name,
      undefined,
    ]),
  ),
};

/** The directories that such a program names: the one that it mounts is among them, and none of the others is lost. */
function othersOf(program: string | undefined, words: readonly (string | undefined)[]): string[] {
  if (program === undefined || !Object.hasOwn(MOUNTERS, program)) return [];
  const action = MOUNTERS[program];
  if (action !== undefined && words[0] !== action) return [];
  return words.filter((word) => word !== undefined).filter((word) => /^\/(?!dev\/|nix\/store\/|$)/.test(word));
}

/** The place of a path of the initrd once the root is the root. */
function laterPath(path: string): string | undefined {
  return LATER_ROOT.test(path) ? path.replace(LATER_ROOT, "") : undefined;
}

/** `zpool import NAME` and `zfs mount NAME` mount datasets below their name, unless the disk says otherwise. */
function poolOf(program: string | undefined, words: readonly (string | undefined)[]): string | undefined {
  const [action] = words;
  if (!(program === "zpool" && action === "import") && !(program === "zfs" && action === "mount")) return undefined;
  const pool = words.at(-1);
  return words.length > 1 && pool !== undefined && /^[A-Za-z]/.test(pool) ? `/${pool}` : undefined;
}

/** The mounts that a unit of the running system cannot do without. */
function requiredBy(unit: Unit): NamedGap[] {
  const named = ["requires", "bindsTo"].flatMap((name) => readTexts(unit.node.child(name)).texts);
  const mounts = named.flatMap(({ text, place }) => {
    const below = mountpointOf(text);
    return below === undefined ? [] : [{ why: `\`${text}\` is required, which nothing here makes`, place, below }];
  });
  const conditions = unit.conditions.flatMap(({ name, text, place }) =>
    /^(Condition|Assert)PathIsMountPoint$/.test(name) && text?.startsWith("/")
      ? [{ why: `${text} is said to be a mount point, and nothing here mounts it`, place, below: normalise(text) }]
      : [],
  );
  return [...mounts, ...conditions];
}

/** The directory of a mount unit by its name, as systemd-escape(1) writes it. */
function mountpointOf(unit: string): string | undefined {
  const name = /^([^-].*)\.mount$/.exec(unit)?.[1];
  if (name === undefined || name.includes("%") || /^sysroot(-|$)/.test(name)) return undefined;
  return `/${name.replaceAll("-", "/").replace(/\\x([0-9a-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))}`;
}
