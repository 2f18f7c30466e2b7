import type { Place } from "../../eval/origin.ts";
import { expand } from "../../host/expand.ts";
import type { Host } from "../../host/host.ts";
import { isAtOrBelow, joinPath, normalise } from "../../host/paths.ts";
import { childrenOf, nameAt, openOf, readString } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { namesPath } from "./names-path.ts";
import { tmpfilesRules } from "./tmpfiles.ts";
import { type Loss, uncoveredLoss } from "./wiped-root.ts";

/** A directory of the host below which an instance of btrbk looks for subvolumes. */
export interface BtrbkVolume {
  readonly instance: string;
  readonly path: string;
  /** The attribute name. */
  readonly place: Place | undefined;
  /** As they are named, from the volume on. */
  readonly subvolumes: readonly string[];
  /** Where snapshots are sent: of the instance, of the volume and of its subvolumes. */
  readonly targets: readonly { readonly target: string; readonly place: Place | undefined }[];
}

/** The volumes of all instances of btrbk that are on the host itself. */
export function btrbkVolumes({ config }: Host): readonly BtrbkVolume[] {
  return expand(config, ["services", "btrbk", "instances", "*"]).flatMap(({ node, names: [instance = ""] }) => {
    const settings = node.child("settings");
    return childrenOf(settings.child("volume")).flatMap(({ name, node: volume, certain }): BtrbkVolume[] => {
      if (certain.answer !== "yes" || !name.startsWith("/") || openOf(settings)) return [];
      const own = childrenOf(volume.child("subvolume"));
      const plain = readString(volume.child("subvolume"));
      const sections = [settings, volume, ...own.map((one) => one.node)];
      return [
        {
          ...{ instance, path: normalise(name), place: nameAt(volume) },
          subvolumes: plain?.known ? [plain.value] : own.map((one) => one.name),
          targets: sections.flatMap(targetsOf),
        },
      ];
    });
  });
}

/** A target is a text, or the name of a section of its own; a word in front says how the copy is kept. */
function targetsOf(section: OptionNode): BtrbkVolume["targets"] {
  const node = section.child("target");
  const text = readString(node);
  const all = text?.known
    ? [{ target: text.value, place: text.place }]
    : childrenOf(node).map((one) => ({ target: one.name, place: nameAt(one.node) }));
  return all.map(({ target, place }) => ({ target: target.replace(/^(send-receive|raw)\s+/, ""), place }));
}

/**
 * Whether certainly nothing is mounted where btrbk looks for subvolumes: a directory of the root, which is emptied at boot,
 * at which no filesystem, unit or script mounts anything and in which nothing makes a subvolume.
 */
export function isUnmounted(host: Host, volume: BtrbkVolume): boolean {
  return whereUnmounted(host, volume) !== undefined;
}

/** The same, with how such a directory is lost. */
export function whereUnmounted(host: Host, { path, subvolumes }: BtrbkVolume): Loss | undefined {
  if (path === "/" || subvolumes.length === 0 || host.fileSystemsOpen !== undefined) return undefined;
  if (["mounts", "automounts"].some((kind) => host.config.at("systemd", kind).isDefined() !== false)) return undefined;
  if (host.fileSystems.some(({ mountpoint }) => mountpoint !== "/" && isAtOrBelow(path, mountpoint))) return undefined;
  const sources = subvolumes.map((name) => joinPath(path, name));
  const isInside = host.fileSystems.some(({ mountpoint }) => sources.some((one) => isAtOrBelow(mountpoint, one)));
  if (isInside || host.scripts.some(({ text }) => namesPath(text, path))) return undefined;
  // A subvolume that tmpfiles makes there at each boot is one that btrbk finds.
  if (tmpfilesRules(host).some((rule) => /^[vqQ]/.test(rule.type) && isAtOrBelow(rule.path, path))) return undefined;
  const loss = uncoveredLoss(host, path);
  const isOnRoot = loss.lost === "yes" && loss.fate.fileSystem?.mountpoint === "/" && loss.fate.persisted === undefined;
  return isOnRoot ? loss : undefined;
}
