import { btrfsMounts } from "../filesystems.ts";
import { findSubvolume } from "../find-subvolume.ts";
import { type Mount, mountAt, readMounts } from "../mounts.ts";
import { type Outputs, outputsOf, shown } from "../outputs.ts";
import type { RemoteRecord } from "../record-reader.ts";
import { readSubvolumes, type Subvolume } from "../subvolumes.ts";
import { MAX_QUOTED, TransportError } from "../transport-error.ts";
import { whyNoSubvolumes } from "../why-no-subvolumes.ts";

/** What a comparison rests on. */
export interface HostFacts {
  readonly asRoot: boolean;
  readonly mounts: readonly Mount[];
  /** What is mounted at `/`. */
  readonly root: Mount | undefined;
  /** The id of the root's subvolume, on btrfs. */
  readonly rootId: number | undefined;
  /** Of the root's filesystem; or why they are not known. */
  readonly subvolumes: readonly Subvolume[] | { readonly why: string };
  /** Names by number. */
  readonly users: ReadonlyMap<number, string>;
  readonly groups: ReadonlyMap<number, string>;
}

/**
 * Mounts, subvolumes and names, by the records of diff-facts.sh.
 *
 * @throws TransportError EPROTOCOL when they make no sense
 */
export function readHostFacts(host: string, records: readonly RemoteRecord[]): HostFacts {
  try {
    return factsOf(outputsOf(records));
  } catch (error) {
    throw new TransportError(
      "EPROTOCOL",
      `What ${host} answers makes no sense: ${(error as Error).message.slice(0, MAX_QUOTED)}`,
    );
  }
}

/** The source of the empty /tmp of the script. It may see that while it reads the mounts of the host, to whom it is unknown. */
const OWN_TMP = "nix-impermanence";

function factsOf(outputs: Outputs): HostFacts {
  const lines = outputs.required("known", 1)[0]?.split("\n") ?? [];
  /** The lines of a file, which begin with its letter. */
  const file = (letter: string) => lines.flatMap((line) => (line[0] === letter ? [line.slice(1)] : [])).join("\n");
  const mounts = readMounts(file("m")).filter(({ source }) => source !== OWN_TMP);
  const root = mountAt(mounts, "/");
  const id = Number(root?.options.map((option) => /^subvolid=(\d+)$/.exec(option)?.[1]).find(Boolean) ?? Number.NaN);
  return {
    asRoot: outputs.required("user", 2)[0] === "0",
    mounts,
    root,
    rootId: Number.isSafeInteger(id) ? id : undefined,
    subvolumes: readSubvolumes(outputs) ?? { why: whyNoSubvolumes(outputs) },
    users: namesById(file("u")),
    groups: namesById(file("g")),
  };
}

/**
 * The subvolume of the root's filesystem that a person means.
 *
 * @throws TransportError ENOTFOUND
 */
export function subvolumeCalled(name: string, { mounts, root, subvolumes }: HostFacts): Subvolume {
  const filesystem = {
    subvolumes: "why" in subvolumes ? [] : subvolumes,
    mounts: btrfsMounts(mounts, [root?.source ?? ""]),
  };
  const found = findSubvolume({ mounts, filesystems: [filesystem] }, name);
  if (!found.ok) throw new TransportError("ENOTFOUND", found.why);
  return found.found.subvolume;
}

/** Names by number, of lines as in /etc/passwd. The first of several names for one number counts, as it does for `ls`. */
export function namesById(text = ""): Map<number, string> {
  const names = new Map<number, string>();
  for (const line of text.split("\n")) {
    const [name, , id] = line.split(":");
    if (name && id && /^\d+$/.test(id) && !names.has(Number(id))) names.set(Number(id), shown(name));
  }
  return names;
}
