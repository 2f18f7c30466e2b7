import type { FileSystem, Known, MountOption } from "./host.ts";
import { known, notKnown } from "./verdict.ts";

/** Whether an option names the subvolume to mount. */
export function isSubvolumeOption(option: MountOption): boolean {
  return /^(subvol|subvolid|X-mount\.subdir)=/.test(option.text);
}

/** Subvolume names are compared without the slash that disko and mount allow in front. */
export function cleanSubvolume(name: string): string {
  return name.replace(/^\/+/, "").replace(/\/+$/, "");
}

/**
 * The subvolume a filesystem mounts; mount(8) takes the last of several options. The top level of btrfs
 * (subvolid 5, also what is mounted without an option) is "". Undefined for filesystems without subvolumes.
 */
export function subvolumeOf(
  fsType: Known<string>,
  options: readonly MountOption[],
  open: string | undefined,
  orderUnknown: boolean,
): FileSystem["subvolume"] {
  const named = options.filter(isSubvolumeOption);
  if (fsType.known && fsType.value !== "btrfs" && fsType.value !== "bcachefs") return undefined;
  if (!fsType.known && named.length === 0) return undefined;
  if (open !== undefined) return notKnown(open);
  const doubtful = named.find((option) => !option.certain);
  if (doubtful) return notKnown(`it is not certain that \`${doubtful.text}\` is set`, doubtful.place);
  const last = named.at(-1);
  if (!last) return known("");
  const names = new Set(named.map((option) => nameIn(option)));
  if (names.size > 1 && orderUnknown) {
    const written = named.map(({ text }) => `\`${text}\``).join(" and ");
    return notKnown(`${written} are both set, and the order of imports decides which one is in effect`, last.place);
  }
  const name = nameIn(last);
  return name === undefined
    ? notKnown(`\`${last.text}\` names it by number only`, last.place)
    : known(name, last.place);
}

function nameIn({ text }: MountOption): string | undefined {
  const [key = "", ...rest] = text.split("=");
  const value = rest.join("=");
  if (key !== "subvolid") return cleanSubvolume(value);
  return value === "5" || value === "0" ? "" : undefined;
}
