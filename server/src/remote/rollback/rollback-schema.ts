import * as z from "zod";
import { givenName } from "../given-name.ts";
import { rollbackEntrySchema } from "./rollbacks.ts";

const rollbackId = z.string().regex(/^[A-Za-z0-9-]{4,64}$/, "is the name of a rollback, as the list of them shows it");
const unit = z
  .string()
  .regex(/^[A-Za-z0-9:_.@\\][A-Za-z0-9:_.@\\-]*\.[a-z]+$/, "is a unit with its ending, such as caddy.service");

export const rollbackOptions = z
  .strictObject({
    subvolume: givenName.optional().describe("A mount point, a path from the toplevel, or a uuid."),
    snapshot: givenName.optional().describe("Its path, its uuid, or the last part of its path."),
    stop: z.array(unit).default([]).describe("Units that are stopped meanwhile, and started again whatever happens."),
    atNextBoot: z
      .boolean()
      .default(false)
      .describe("Leave mounts as they are: they show the old data until the host is restarted."),
    unrelated: z
      .boolean()
      .default(false)
      .describe("Take the snapshot though nothing shows that it is one of that subvolume."),
    undo: rollbackId.optional().describe("Exchange the two again."),
    discard: rollbackId.optional().describe("Delete what is not in use. This cannot be undone."),
    repair: z.boolean().default(false).describe("Bring an interrupted rollback to its end."),
  })
  .refine(
    ({ subvolume, snapshot, undo, discard, repair }) =>
      [subvolume, undo, discard, repair || undefined].filter((one) => one !== undefined).length <= 1 &&
      (subvolume === undefined) === (snapshot === undefined),
    "name a subvolume and a snapshot, or one of --undo, --discard and --repair; or nothing, to see the rollbacks there are",
  );
export type RollbackOptions = z.infer<typeof rollbackOptions>;

export const rollbackSchema = z.object({
  done: z.boolean(),
  why: z.string().optional().describe("Why it was not done. Then all is as it was, unless it says so."),
  did: z.enum(["listed", "rolled-back", "undone", "discarded", "repaired"]).optional(),
  id: z.string().optional().describe("The name of the rollback, for --undo and --discard."),
  pending: z.array(z.string()).describe("Mount points that show the old data until they are mounted anew."),
  usedBy: z
    .array(z.object({ pid: z.number(), name: z.string(), unit: z.string().optional() }))
    .describe("Processes that have something open in it."),
  rollbacks: z.array(rollbackEntrySchema).describe("The rollbacks of the host, afterwards."),
  notes: z.array(z.string()),
});
export type RollbackResult = z.infer<typeof rollbackSchema>;
export type User = RollbackResult["usedBy"][number];
