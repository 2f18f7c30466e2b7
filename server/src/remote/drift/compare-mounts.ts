import type { FactsJson } from "../../report/schema.ts";
import { type Mount, mountAt } from "../mounts.ts";
import type { Drift } from "./drift-schema.ts";
import { isOfFilesystem, stateOf } from "./mount-options.ts";

type FileSystem = FactsJson["fileSystems"][string];

/** Types whose names are the same in a configuration and in /proc. */
const COMPARABLE = /^(?:btrfs|bcachefs|ext[234]|xfs|f2fs|vfat|tmpfs|zfs)$/;
/** A filesystem with one of these is mounted by somebody else, or when it is used. */
const BY_HAND = /^(?:noauto|x-systemd\.automount|user|users)$/;

/** How the filesystems of a configuration differ from what a host has mounted. What is not known is passed over. */
export function compareMounts(
  { fileSystems }: Pick<FactsJson, "fileSystems">,
  mounts: readonly Mount[],
): { readonly drift: Drift[]; readonly unknown: string[] } {
  const drift: Drift[] = [];
  const unknown: string[] = [];
  for (const [path, fileSystem] of Object.entries(fileSystems)) {
    const { certainty, options } = fileSystem;
    const open = openOptions(fileSystem);
    if (certainty === "no") continue;
    if (certainty === "unknown") {
      unknown.push(`whether the configuration has a filesystem at ${path}`);
      continue;
    }
    const mount = mountAt(mounts, path);
    if (mount === undefined || mount.type === "autofs") {
      if (mount === undefined && open === undefined && !options.some((one) => BY_HAND.test(one)))
        drift.push(notMounted(path, fileSystem));
      continue;
    }
    const different = differentKind(path, fileSystem, mount);
    if (different) drift.push(different);
    else if (open !== undefined) unknown.push(`the options of ${path}, because ${open}`);
    else drift.push(...withoutEffect(path, fileSystem, mount));
  }
  return { drift: [...drift, ...switchedOnElsewhere(fileSystems, mounts, drift)], unknown };
}

/** Why there may be other options than those that are listed. */
function openOptions({ device, fsType, neededForBoot, unknown = [] }: FileSystem): string | undefined {
  // Each of the three that is not known gives one reason, and they come first.
  const others = unknown.slice([device, fsType, neededForBoot].filter((value) => value === null).length);
  return others.length > 0 ? others.join(", ") : undefined;
}

function notMounted(path: string, { device, fsType, options }: FileSystem): Drift {
  const configured = `${fsType ?? "a filesystem"}${device === null ? "" : ` of ${device}`}`;
  const optional = options.includes("nofail");
  return {
    ...{ kind: "not-mounted", severity: optional ? "warning" : "error", path, configured, found: "no mount" },
    text: `Nothing is mounted at ${path}. What is written there lands on what is mounted above it, and may be gone after a reboot.${optional ? " The option nofail keeps the boot from saying so." : " Look at systemctl status of its mount unit, or switch to the configuration."}`,
  };
}

function differentKind(path: string, { fsType, options, subvolume }: FileSystem, mount: Mount): Drift | undefined {
  const isBind = options.some((one) => one === "bind" || one === "rbind");
  if (isBind) return undefined;
  if (fsType !== null && COMPARABLE.test(fsType) && COMPARABLE.test(mount.type) && fsType !== mount.type)
    return {
      ...{ kind: "file-system", severity: "error", path, configured: fsType, found: mount.type },
      text: `${path} is ${mount.type}, not ${fsType}. The host runs on another layout than the configuration describes, so that what is said of it by the configuration does not hold.`,
    };
  if (fsType !== "btrfs" || mount.type !== "btrfs" || typeof subvolume !== "string") return undefined;
  const wanted = `/${subvolume.replace(/^\/+|\/+$/g, "")}`;
  if (wanted === mount.root) return undefined;
  return {
    ...{ kind: "subvolume", severity: "error", path, configured: wanted, found: mount.root },
    text: `${path} shows ${mount.root}, not the subvolume ${wanted}. What is written there is not where the configuration expects it at the next boot.`,
  };
}

function withoutEffect(path: string, { fsType, options }: FileSystem, mount: Mount): Drift[] {
  const type = fsType ?? mount.type;
  return options.flatMap((option): Drift[] => {
    const state = stateOf(option, options, type, mount.options);
    if (state.state !== "without-effect") return [];
    const forAll = type === "btrfs" && isOfFilesystem(option);
    const why = forAll
      ? `The first mount of a btrfs filesystem decides ${option.split("=")[0]} for all of its subvolumes, and that was another one. Set it for all of them${option === "nodatacow" ? ", or chattr +C on the empty directory" : ""}.`
      : "The mount is older than the option, or something mounted it otherwise. A switch does not always mount anew: restart the host.";
    return [
      {
        ...{ kind: "option", severity: "warning", path, configured: option, found: state.found },
        text: `${option} has no effect at ${path}: ${state.found}. ${why}`,
      },
    ];
  });
}

/** `nodatacow` for one subvolume that took the checksums of all others away: nothing of the configuration shows that. */
function switchedOnElsewhere(
  fileSystems: FactsJson["fileSystems"],
  mounts: readonly Mount[],
  drift: readonly Drift[],
): Drift[] {
  const said = new Set<string>();
  return Object.entries(fileSystems).flatMap(([path, fileSystem]): Drift[] => {
    const { options, certainty } = fileSystem;
    const mount = mountAt(mounts, path);
    if (
      certainty !== "yes" ||
      openOptions(fileSystem) !== undefined ||
      mount?.type !== "btrfs" ||
      said.has(mount.source)
    )
      return [];
    if (options.some((one) => /^(?:no)?data(?:cow|sum)$/.test(one) || /^r?bind$/.test(one))) return [];
    if (!mount.options.includes("nodatacow") || drift.some((one) => one.path === path)) return [];
    said.add(mount.source);
    return [
      {
        ...{ kind: "option", severity: "warning", path, configured: "checksums", found: "nodatacow" },
        text: `${mount.source} is mounted with nodatacow, which one of its subvolumes asks for: no subvolume of it, ${path} included, gets checksums or compression for new files. Use chattr +C on the directory that needs it instead.`,
      },
    ];
  });
}
