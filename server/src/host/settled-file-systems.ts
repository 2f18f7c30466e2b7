import { type FileSystems, NOT_SET } from "./file-systems.ts";
import type { FileSystem, Known, Release, Store } from "./host.ts";
import { joinPath } from "./paths.ts";
import { known, notKnown } from "./verdict.ts";

/** Until this release, a filesystem whose type nobody gives is of the type `auto`. */
const WITHOUT_AUTO = "26.05";

/**
 * What other modules than disko put where `fileSystems` leaves something out: impermanence the source of the
 * directories it binds, NixOS itself the type.
 */
export function settleFileSystems(
  { list, open }: FileSystems,
  stores: readonly Store[],
  release: Release,
): FileSystems {
  return { list: list.map((fs) => withReason(withType(withSource(fs, stores), release), open)), open };
}

/** What nobody here says may be said where nobody here can look. */
function withReason(fs: FileSystem, open: string | undefined): FileSystem {
  if (open === undefined) return fs;
  return {
    ...fs,
    device: isUnset(fs.device, NOT_SET.device) ? notKnown(open) : fs.device,
    fsType: isUnset(fs.fsType, NOT_SET.fsType) ? notKnown(open) : fs.fsType,
  };
}

function withSource(fs: FileSystem, stores: readonly Store[]): FileSystem {
  if (!isUnset(fs.device, NOT_SET.device)) return fs;
  const store = stores.find((one) => binds(one, fs.mountpoint));
  if (!store?.path.known) return fs;
  const bind = { text: "bind", place: undefined, certain: true, from: "derived" } as const;
  const written = fs.options.filter(({ from }) => from !== "derived");
  return {
    ...fs,
    device: known(joinPath(store.path.value, fs.mountpoint), store.place),
    options: [bind, ...written],
  };
}

/** Whether a store certainly makes a bind mount here. preservation uses units of its own, no filesystems. */
function binds(store: Store, mountpoint: string): boolean {
  if (store.module !== "impermanence" || store.enabled.answer !== "yes" || !store.path.known) return false;
  return store.directories.some(({ path, certain }) => path === mountpoint && certain.answer === "yes");
}

function withType(fs: FileSystem, { nixos }: Release): FileSystem {
  if (!isUnset(fs.fsType, NOT_SET.fsType) || nixos === undefined || nixos >= WITHOUT_AUTO) return fs;
  return { ...fs, fsType: known("auto") };
}

function isUnset(value: Known<string>, why: string): boolean {
  return !value.known && value.why === why;
}
