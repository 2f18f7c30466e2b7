import type { Change } from "../../btrfs/changes.ts";
import type { DiffRow } from "./diff-schema.ts";

/** A change, or a subvolume inside the root, with the filter that takes it away for what it is. */
export type RowChange = Omit<Change, "change"> & Pick<DiffRow, "change"> & { readonly filter?: string };
