import * as z from "zod";
import { givenName } from "../given-name.ts";

export const restoreOptions = z.strictObject({
  snapshot: givenName.describe("A snapshot or an archived root: its path, its uuid, or the last part of its path."),
  paths: z.array(givenName).default([]).describe("Absolute paths, as they are on the running host."),
  pathBytes: z
    .array(z.base64())
    .default([])
    .describe("More paths, in base64, for names that are no UTF-8: `pathBytes` of the diff."),
  fromTop: z
    .boolean()
    .default(false)
    .describe("The paths begin at the top of the snapshot, as those of `diff` do, and not at the root of the host."),
  base: z
    .string()
    .regex(/^\//, "is an absolute path")
    .optional()
    .describe(
      "The folder of the running host that the top of the snapshot stands for. Found out where it is left out.",
    ),
  to: z
    .string()
    .regex(/^\//, "is an absolute path")
    .optional()
    .describe(
      "A folder that stands for the top of the snapshot instead: with /persist, /etc/x goes to /persist/etc/x.",
    ),
  overwrite: z
    .boolean()
    .default(false)
    .describe("Put what is there now aside, under a name with the time, where it would be in the way."),
});
export type RestoreOptions = z.infer<typeof restoreOptions>;

/** What the host found of one path. */
export const stateSchema = z.enum([
  "free",
  "same",
  "newer",
  "differs",
  "mounted",
  "not-in-snapshot",
  "source-linked",
  "out-of-reach",
]);

export const restoreSchema = z.object({
  done: z.boolean().describe("Whether everything that was to be restored is in its place."),
  why: z.string().optional().describe("Why it is not."),
  snapshot: z.string().optional(),
  base: z.string().optional().describe("The folder that the top of the snapshot stands for."),
  candidates: z
    .array(z.string())
    .optional()
    .describe("There when that folder has to be said by `base`: what it could be, as far as mounts show it."),
  items: z.array(
    z.object({
      path: z.string().describe("Where it goes, links on the way followed."),
      from: z.string().describe("Below the top of the snapshot."),
      kind: z.enum(["file", "folder", "link", "special"]).optional(),
      bytes: z.number().optional(),
      state: stateSchema.describe("What is at the path, compared with the snapshot."),
      action: z.enum(["restore", "replace", "leave", "cannot"]),
      why: z.string().optional(),
      restored: z.boolean(),
      kept: z.string().optional().describe("Where that is which was there before."),
    }),
  ),
  notes: z.array(z.string()),
});
export type RestoreResult = z.infer<typeof restoreSchema>;
export type RestoreItem = RestoreResult["items"][number];
