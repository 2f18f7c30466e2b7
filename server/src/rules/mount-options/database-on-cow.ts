import { servicesKeeping } from "../../catalogue/catalogue.ts";
import { offer } from "../../edits/fix-plan.ts";
import { addNocowDirectory } from "../../edits/tmpfiles-edit.ts";
import type { Host, ServiceState } from "../../host/host.ts";
import { isAtOrBelow } from "../../host/paths.ts";
import { childrenOf, readString, readTexts } from "../../host/read-values.ts";
import { btrfsDevices, splitOptions } from "../reading/btrfs-mounts.ts";
import { isNocow } from "../reading/nocow.ts";
import { tmpfilesOpen } from "../reading/tmpfiles.ts";
import { lossOf } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** Databases and disk images rewrite their files in place; on copy-on-write btrfs they fragment. */
export const databaseOnCow = defineRule({
  code: "IMP105",
  name: "database-on-cow",
  group: "mount-options",
  severity: "information",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    // A script that marks directories itself mounts them where it likes; which ones it means cannot be told.
    if (tmpfilesOpen(host) || host.scripts.some(({ text }) => /\bchattr\s+(-R\s+)?\+C/.test(text))) return;
    const seen = new Set<string>();
    for (const service of host.services) {
      if (service.enabled.answer !== "yes") continue;
      const found = service.state.find(
        (candidate) =>
          candidate.kind === "state" &&
          !candidate.assumed &&
          (candidate.writes === "rewrite-in-place" || (candidate.containers && holdsDatabases(host))),
      );
      const state = found && holdsImages(found.path) ? whereImagesAre(host, found) : found;
      const fs = state && (state.fate.fileSystem ?? host.fileSystemAt(state.path));
      if (
        !state ||
        (found && holdsImages(found.path) && keepsImagesElsewhere(host, found.path)) ||
        seen.has(state.path) ||
        !fs?.fsType.known ||
        fs.fsType.value !== "btrfs" ||
        lossOf(host, state.path).lost !== "no"
      )
        continue;
      if (isNocow(host, state.path) || firstMountIsNocow(context, fs.mountpoint)) continue;
      // The rule about the mount option says what this one would.
      if (splitOptions(fs.options).some(({ text }) => text === "nodatacow")) continue;
      seen.add(state.path);
      const what = state.containers
        ? "Container storage with databases"
        : found !== undefined && holdsImages(found.path)
          ? "The disk images in"
          : "The database";
      context.report({
        at: service.place,
        message: `${what} \`${state.path}\` of \`${service.enable}\` ${what.startsWith("The disk") ? "are" : "is"} on copy-on-write btrfs (${state.fate.by}). Files that are rewritten in place fragment there, the more so the more snapshots are taken.`,
        help: `Mark the directory NOCOW while it is empty: systemd.tmpfiles.rules = [ "h ${state.path} - - - - +C" ]; and leave it out of snapshots. This gives up checksums for it; leave it as it is if you prefer those.`,
        related: [{ place: state.fate.place ?? fs.place, message: state.fate.by }],
        fixes: () =>
          offer(
            addNocowDirectory(
              context,
              {
                ...state,
                exists: state.fate.persisted !== undefined || fs.mountpoint === state.path,
              },
              service.place?.file,
            ),
            {
              title: `Mark \`${state.path}\` NOCOW with a tmpfiles rule`,
              safety: "unsafe",
              note: "The mark only counts for new files: stop the service, move the data aside, start with the empty marked directory, copy the data back.",
            },
          ),
      });
    }
  },
});

/** Programs in containers that rewrite their files in place. Images and other volumes are better off with checksums. */
const DATABASE_IMAGES =
  /(^|\/|-)(postgres|postgresql|postgis|timescaledb|pgvector|pgvecto|mysql|mariadb|mongo|mongodb|couchdb|influxdb|neo4j|mssql)\b/i;

/** Whether a container runs a database whose files are in a volume of the engine. */
function holdsDatabases(host: Host): boolean {
  return childrenOf(host.config.at("virtualisation", "oci-containers", "containers")).some(({ node }) => {
    const image = readString(node.child("image"));
    if (!image?.known || !DATABASE_IMAGES.test(image.value)) return false;
    const { texts } = readTexts(node.child("volumes"));
    return texts.length === 0 || texts.some(({ text }) => !text.startsWith("/"));
  });
}

/** Of virtual machines, as the catalogue says. */
function holdsImages(path: string): boolean {
  return servicesKeeping(path).some(({ states }) =>
    states.some((state) => state.path === path && state.image === true),
  );
}

/** The folder of the images, where it is mounted or marked on its own: what is around it holds no images then. */
function whereImagesAre(host: Host, state: ServiceState): ServiceState {
  const path = `${state.path}/images`;
  const fate = host.fateOf(path);
  const isOwn =
    fate.persisted?.path === path ||
    fate.fileSystem?.mountpoint === path ||
    fate.fileSystem !== state.fate.fileSystem ||
    (isNocow(host, path) && !isNocow(host, state.path));
  return isOwn ? { ...state, path, fate } : state;
}

/**
 * Whether the images of virtual machines seem to be elsewhere: on a filesystem, or in a directory of the system, that is
 * called after them.
 */
function keepsImagesElsewhere({ fileSystems, stores }: Host, own: string): boolean {
  const entries = stores.flatMap(({ directories }) => directories.filter(({ userName }) => userName === undefined));
  const places = [...fileSystems.map(({ mountpoint }) => mountpoint), ...entries.map(({ path }) => path)];
  return places.some((path) => !isAtOrBelow(path, own) && OF_MACHINES.test(path));
}

/** Not what libvirt and QEMU keep beside images. */
const OF_MACHINES =
  /^(?!\/(home|etc|root|var\/lib\/qemu)(\/|$)).*[/_.-](vms?|virt|libvirt|kvm|qemu|virtual-?machines|vm-?(images|disks|store|pool))([/_.-]|$)/i;

/** `nodatacow` on the mount that decides for the device works, for better or worse. */
function firstMountIsNocow({ host }: { host: Parameters<typeof btrfsDevices>[0] }, mountpoint: string): boolean {
  const device = btrfsDevices(host).find(({ mounts }) => mounts.some((fs) => fs.mountpoint === mountpoint));
  const [first] = device?.mounts ?? [];
  return first !== undefined && splitOptions(first.options).some(({ text }) => text === "nodatacow");
}
