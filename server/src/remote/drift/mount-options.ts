/** What became of one option that a configuration asks for. */
export type OptionState =
  | { readonly state: "in-effect" }
  /** `found`: what is in effect instead. */
  | { readonly state: "without-effect"; readonly found: string }
  /** It is not seen in /proc, or not known here: nothing is said. */
  | { readonly state: "unseen" };

const IN_EFFECT: OptionState = { state: "in-effect" };
const UNSEEN: OptionState = { state: "unseen" };

/** Options of one mount that the kernel shows as they are, and what it shows when they are not set. */
const FLAGS: Readonly<Record<string, string>> = {
  noatime: "relatime or atime",
  nosuid: "suid",
  nodev: "dev",
  noexec: "exec",
  nodiratime: "diratime",
  ro: "rw",
};

/** Options that belong to the whole of a btrfs filesystem: all of its subvolumes are mounted with the same. */
const OF_FILESYSTEM =
  /^(?:(?:no)?datacow|(?:no)?datasum|compress|compress-force|(?:no)?autodefrag|(?:no)?discard|commit|space_cache)$/;

/** Whether an option of btrfs counts for all subvolumes of its filesystem. */
export function isOfFilesystem(option: string): boolean {
  return OF_FILESYSTEM.test(nameOf(option));
}

/**
 * What became of an option, by the options that /proc/self/mountinfo shows. Of those that contradict each other in
 * `wanted` the last counts, so that the others are not looked at.
 */
export function stateOf(option: string, wanted: readonly string[], type: string, live: readonly string[]): OptionState {
  if (wanted.lastIndexOf(option) < wanted.findLastIndex((other) => contradict(option, other))) return UNSEEN;
  const [name, value] = [nameOf(option), settingOf(option)];
  const instead = FLAGS[name];
  if (instead !== undefined && value === undefined) {
    const found = live.find((one) => instead.split(" or ").includes(one)) ?? instead.split(" or ").at(-1);
    return live.includes(name) ? IN_EFFECT : { state: "without-effect", found: found ?? instead };
  }
  if (type === "btrfs") return stateInBtrfs(name, value, live);
  if (type === "tmpfs") return stateInTmpfs(name, value, live);
  return UNSEEN;
}

function stateInBtrfs(name: string, value: string | undefined, live: readonly string[]): OptionState {
  const shown = (wanted: string) => live.find((one) => nameOf(one) === wanted);
  switch (name) {
    case "nodatacow":
    case "nodatasum":
      // The first brings the second along.
      return live.includes(name) || live.includes("nodatacow") ? IN_EFFECT : lacking(name.slice(2));
    case "autodefrag":
      return live.includes(name) ? IN_EFFECT : lacking("no autodefrag");
    case "compress":
    case "compress-force":
      return compression(name, value ?? "zlib", shown("compress-force") ?? shown("compress"));
    case "discard": {
      const found = shown("discard");
      if (found === undefined) return lacking("no discard");
      return value === undefined || settingOf(found) === value || (value === "sync" && found === "discard")
        ? IN_EFFECT
        : lacking(found);
    }
    case "commit": {
      // The kernel shows it only where it differs from what is usual.
      const found = settingOf(shown("commit") ?? "commit=30");
      return value === undefined || !/^\d+$/.test(value)
        ? UNSEEN
        : found === value
          ? IN_EFFECT
          : lacking(`commit=${found}`);
    }
    default:
      return UNSEEN;
  }
}

function compression(name: string, value: string, found: string | undefined): OptionState {
  const [algorithm = "", level] = value.split(":");
  if (algorithm === "no" || algorithm === "none") return found === undefined ? IN_EFFECT : lacking(found);
  if (found === undefined) return lacking("no compression");
  const [foundAlgorithm, foundLevel] = (settingOf(found) ?? "").split(":");
  const same = nameOf(found) === name && foundAlgorithm === algorithm;
  // A level that nobody gave is any level. lzo has none.
  return same && (level === undefined || foundLevel === undefined || level === foundLevel) ? IN_EFFECT : lacking(found);
}

function stateInTmpfs(name: string, value: string | undefined, live: readonly string[]): OptionState {
  if (value === undefined) return UNSEEN;
  const found = settingOf(live.find((one) => nameOf(one) === name) ?? "");
  if (name === "size") {
    const [wanted, actual] = [bytes(value), found === undefined ? undefined : bytes(found)];
    if (wanted === undefined || actual === undefined) return UNSEEN;
    // The kernel rounds up to pages.
    return Math.abs(wanted - actual) < 65536 ? IN_EFFECT : lacking(`size=${found}`);
  }
  if (name === "mode" && /^0*[0-7]{3,4}$/.test(value)) {
    const actual = Number.parseInt(found ?? "1777", 8);
    return Number.parseInt(value, 8) === actual ? IN_EFFECT : lacking(`mode=${actual.toString(8)}`);
  }
  return UNSEEN;
}

/** A size with the suffixes of tmpfs; a share of the memory is not known here. */
function bytes(text: string): number | undefined {
  const [, number, suffix = ""] = /^(\d+)([kKmMgGtT]?)$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * 1024 ** " kmgt".indexOf(suffix.toLowerCase() || " ");
}

function lacking(found: string): OptionState {
  return { state: "without-effect", found };
}

function contradict(one: string, other: string): boolean {
  if (one === other) return false;
  const [a, b] = [kindOf(one), kindOf(other)];
  return a === b;
}

/** Options of one kind exclude each other: `noatime` and `relatime`, `compress` and `compress-force`, `ro` and `rw`. */
function kindOf(option: string): string {
  const name = nameOf(option);
  if (/^(?:no|rel|strict|norel|nostrict)?atime$/.test(name)) return "atime";
  if (name === "ro" || name === "rw") return "ro";
  if (name === "compress-force") return "compress";
  return name.replace(/^no(?=datacow|datasum|suid|dev$|exec|discard|autodefrag|diratime)/, "");
}

function nameOf(option: string): string {
  return option.split("=")[0] as string;
}

function settingOf(option: string): string | undefined {
  const at = option.indexOf("=");
  return at < 0 ? undefined : option.slice(at + 1);
}
