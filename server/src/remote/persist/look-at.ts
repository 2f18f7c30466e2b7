import * as z from "zod";
import { factsOf } from "../../btrfs/manifest.ts";
import { Collector, reading } from "../diff/collect.ts";
import { namesById } from "../diff/host-facts.ts";
import { refusal } from "../diff/refusal.ts";
import { outputsOf, shown } from "../outputs.ts";
import type { RemoteSession } from "../remote-command.ts";
import lookAtScript from "../scripts/look-at.sh";
import walk from "../scripts/walk.sh";
import type { Verb } from "../verb.ts";
import type { FoundPath } from "./chosen-entries.ts";

type Names = Readonly<Record<"users" | "groups", ReadonlyMap<number, string>>>;

const verb: Verb<Names> = {
  name: "look-at",
  scripts: [walk, lookAtScript],
  schema: z.custom<Names>(),
  read(records) {
    const outputs = outputsOf(records);
    return { users: namesById(outputs.text("passwd")), groups: namesById(outputs.text("group")) };
  },
};

/** What the running host has at absolute paths, each as it is: links are not followed. Nothing is known of what is not there. */
export async function lookAt(
  host: string,
  session: RemoteSession,
  paths: readonly string[],
): Promise<ReadonlyMap<string, FoundPath>> {
  const collector = new Collector();
  const { onRecord, onStream } = collector;
  return reading(host, async () => {
    const { users, groups } = await session.call(verb, { args: [...paths], onRecord, onStream });
    if (collector.refused) throw refusal(host, collector.refused);
    const entries = collector.walks.get("details")?.reader.finish() ?? [];
    return new Map(
      entries.map((entry) => {
        const { type, uid, gid, mode } = { ...entry, ...factsOf(entry) };
        const path = shown(entry.path);
        const [user, group] = [users.get(uid) ?? String(uid), groups.get(gid) ?? String(gid)];
        return [path, { path, type, user, group, mode: mode.toString(8).padStart(4, "0") }];
      }),
    );
  });
}
