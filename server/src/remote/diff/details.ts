import { z } from "zod";
import { factsOf } from "../../btrfs/manifest.ts";
import type { RemoteSession } from "../remote-command.ts";
import details from "../scripts/details.sh";
import walk from "../scripts/walk.sh";
import type { Verb } from "../verb.ts";
import { Collector, reading } from "./collect.ts";
import { refusal } from "./compare-step.ts";
import type { RowChange } from "./comparison.ts";

const verb: Verb<null> = { name: "details", scripts: [walk, details], schema: z.null(), read: () => null };

/** Beyond these, names would fill the script, and sizes are left unknown. */
const MOST_PATHS = 10_000;
const MOST_BYTES = 1024 * 1024;

/**
 * Looks up owner, size and times of what a stream does not tell them of: objects of the baseline. What has gone since is
 * left as it is.
 */
export async function withDetails(
  host: string,
  session: RemoteSession,
  changes: readonly RowChange[],
  place: { readonly device: string; readonly id: number },
): Promise<readonly RowChange[]> {
  const open = changes.filter(
    (row) => row.change !== "deleted" && row.change !== "subvolume" && row.change !== "times" && isOpen(row),
  );
  const bytes = open.reduce((sum, { path }) => sum + path.length, 0);
  if (open.length === 0 || open.length > MOST_PATHS || bytes > MOST_BYTES) return changes;
  session.progress(`looking at ${open.length} changed files`);
  const collector = new Collector();
  const { onRecord, onStream } = collector;
  const args = [place.device, String(place.id), ...open.map(({ path }) => ({ bytes: `./${path}` }))];
  return reading(host, async () => {
    await session.call(verb, { args, onRecord, onStream });
    if (collector.refused) throw refusal(host, collector.refused);
    const found = new Map(
      collector.walks
        .get("details")
        ?.reader.finish()
        .map((entry) => [entry.path.replace(/^\.\//, ""), entry]),
    );
    return changes.map((row) => {
      const entry = isOpen(row) && row.change !== "deleted" ? found.get(row.path) : undefined;
      return entry ? { ...row, ...factsOf(entry) } : row;
    });
  });
}

function isOpen({ type, size, uid, mode }: RowChange): boolean {
  return type === undefined || uid === undefined || mode === undefined || (type === "file" && size === undefined);
}
