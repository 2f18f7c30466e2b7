import * as z from "zod";
import { type HostFilesystems, readFilesystems } from "../filesystems.ts";
import { outputsOf } from "../outputs.ts";
import { fieldsOf, type RemoteRecord } from "../record-reader.ts";
import exactSubvolumes from "../scripts/exact-subvolumes.sh";
import mountedAnywhere from "../scripts/mounted-anywhere.sh";
import useScript from "../scripts/subvolume-use.sh";
import subvolumesScript from "../scripts/subvolumes.sh";
import toplevels from "../scripts/toplevels.sh";
import type { Verb } from "../verb.ts";
import type { GcSubvolume } from "./plan.ts";

export interface GcFacts {
  readonly host: HostFilesystems;
  readonly subvolumes: readonly GcSubvolume[];
  /** How many subvolumes have names that hold newlines. */
  readonly odd: number;
}

/** Looks at every subvolume of a host, and at what uses it. Changes nothing. */
export const gcFacts: Verb<GcFacts> = {
  name: "gc-facts",
  needsRoot: true,
  scripts: [toplevels, mountedAnywhere, exactSubvolumes, subvolumesScript, useScript],
  schema: z.custom<GcFacts>(),
  read: readGcFacts,
};

function readGcFacts(records: readonly RemoteRecord[], clientSeconds: number): GcFacts {
  const host = readFilesystems(records, clientSeconds);
  const outputs = outputsOf(records);
  const superblocks = new Map(
    records.filter(({ kind }) => kind === "superblock").map((record) => fieldsOf(record, 2) as [string, string]),
  );
  const mounted = new Set((outputs.text("mounted") ?? "").split("\n"));
  const all = host.filesystems.flatMap(({ index, subvolumes }) =>
    subvolumes.flatMap((one): GcSubvolume[] => {
      if (one.uuid === undefined) return [];
      const isDefault = new RegExp(`^ID ${one.id} `).test(outputs.text(`default.${index}`) ?? "");
      const isMounted = mounted.has(`${superblocks.get(String(index))} ${one.id}`);
      return [{ ...one, uuid: one.uuid, index, isDefault, isMounted }];
    }),
  );
  const subvolumes = all.filter(({ bytes }) => !bytes.includes("\n"));
  return { host, subvolumes, odd: all.length - subvolumes.length };
}
