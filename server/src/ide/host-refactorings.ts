import { btrbkInstead } from "../edits/btrbk-instead.ts";
import type { EditContext, FileEdits } from "../edits/option-edit.ts";
import { ownSubvolume } from "../edits/own-subvolume.ts";
import { PERFORMANCE_MODES, usePerformanceMode } from "../edits/performance-mode.ts";
import type { FileSystem, Host, PersistedPath } from "../host/host.ts";
import { holdsOffset } from "./path-at.ts";

/** A refactoring as `refactorings` lists it. */
export interface HostRefactoring {
  readonly title: string;
  readonly kind: "rewrite" | "move";
  readonly edits: FileEdits;
}

/** A subvolume in place of a persisted directory; disko makes none on a host that is installed. */
export function subvolumeFor(context: EditContext, entry: PersistedPath): HostRefactoring[] {
  const isDatabase = context.host.services.some(({ state }) =>
    state.some(({ path, database }) => database && path === entry.path),
  );
  const by = "make it on the host and move the data first: disko makes none after the installation";
  const plain = ownSubvolume(context, entry, false);
  const marked = isDatabase ? ownSubvolume(context, entry, true) : undefined;
  return [
    ...(plain
      ? [{ title: `Give ${entry.path} a subvolume of its own (${by})`, kind: "move" as const, edits: plain }]
      : []),
    ...(marked
      ? [
          {
            title: `Give ${entry.path} a NOCOW subvolume of its own, outside of snapshots and checksums (${by})`,
            kind: "move" as const,
            edits: marked,
          },
        ]
      : []),
  ];
}

/** On the options of a btrfs mount: one set of options for all mounts of the filesystem. */
export function modesAt(context: EditContext, file: string, offset: number): HostRefactoring[] {
  const { host } = context;
  const fs = host.fileSystems.find(({ options }) => options.some(({ place }) => holdsOffset(place, file, offset)));
  if (!fs?.fsType.known || fs.fsType.value !== "btrfs" || !fs.device.known) return [];
  const mounts = mountsOf(host, fs.device.value);
  return PERFORMANCE_MODES.flatMap((mode) => {
    const edits = usePerformanceMode(context, mounts, mode);
    const what = `${mode.options.join(", ")}${mode.nocow ? ", databases NOCOW" : ""}`;
    return edits
      ? [
          {
            title: `Use ${mode.name} options on all mounts of this filesystem (${what})`,
            kind: "rewrite" as const,
            edits,
          },
        ]
      : [];
  });
}

function mountsOf(host: Host, device: string): FileSystem[] {
  return host.fileSystems.filter(
    (fs) =>
      fs.certain.answer === "yes" &&
      fs.device.known &&
      fs.device.value === device &&
      fs.fsType.known &&
      fs.fsType.value === "btrfs",
  );
}

/** On a service that takes snapshots in a script. */
export function btrbkAt(context: EditContext, file: string, offset: number): HostRefactoring[] {
  const { host } = context;
  return host.snapshotJobs.flatMap((job) => {
    if (job.tool !== "script") return [];
    const unit = host.units.find(({ name, stage }) => name === job.name && stage === "system");
    if (!holdsOffset(job.place, file, offset) && !holdsOffset(unit?.place, file, offset)) return [];
    const edits = btrbkInstead(context, job);
    const title = `Take these snapshots with btrbk (services.btrbk.instances), and remove the service ${job.name}`;
    return edits ? [{ title, kind: "rewrite" as const, edits }] : [];
  });
}
