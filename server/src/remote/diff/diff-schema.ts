import * as z from "zod";

const kinds = ["added", "modified", "deleted", "renamed", "metadata", "replaced", "subvolume", "times"] as const;
const types = ["file", "directory", "symlink", "fifo", "socket", "device"] as const;

/** Made when it is used: only programs read what it promises. */
export const diffSchema = z.lazy(() => {
  const rowSchema = z.object({
    change: z
      .enum(kinds)
      .describe("`metadata`: owner, mode or attributes; `subvolume`: one that lies inside the root."),
    path: z.string().describe("From /, as UTF-8, with U+FFFD for what is none. It may hold any character."),
    pathBytes: z.string().optional().describe("The exact bytes in base64, where `path` is not exact."),
    from: z.string().optional().describe("Where it was in the baseline."),
    fromBytes: z.string().optional().describe("The exact bytes of `from` in base64, where it is not exact."),
    also: z.enum(["modified", "metadata"]).optional().describe("Set on what was renamed and changed."),
    type: z.enum(types).optional(),
    size: z.number().optional().describe("Bytes of a file."),
    user: z.string().optional().describe("Name of the owner, or the number when the host knows no name."),
    group: z.string().optional(),
    mode: z.string().optional().describe("Permission bits, octal."),
    written: z.iso.datetime().optional().describe("When the content was written, by the host's clock."),
    target: z.string().optional().describe("Where a symbolic link leads."),
    services: z.array(z.string()).describe("Enable options of the services it probably belongs to."),
    fate: z
      .object({ survives: z.enum(["yes", "no", "unknown"]), by: z.string(), why: z.string().optional() })
      .optional()
      .describe(
        "What the configuration says that the next boot does to the path; left out when no configuration is known.",
      ),
    hiddenBelow: z.string().optional().describe("The mount point that hides it on the running host."),
    filter: z.string().optional().describe("The filter that hides the row without --all or --show."),
  });

  const groupSchema = z.object({
    path: z.string(),
    first: z.int().describe("Index of its first row."),
    rows: z.int().describe("How many rows it has, one behind the other."),
    bytes: z.number().describe("Bytes of the files in it, as far as they are known."),
  });

  return z.object({
    question: z.enum(["next-reboot", "last-reboot", "between"]),
    complete: z.boolean().describe("False when parts could not be read; `notes` says which."),
    of: z.string().describe("What was looked at."),
    against: z
      .string()
      .nullable()
      .describe("What it was compared with; null: with nothing, so all of it counts as new."),
    engine: z.enum(["send", "lists", "none"]),
    why: z.string().describe("Why this engine and this baseline."),
    notes: z.array(z.string()).describe("What to know before believing the rows."),
    limits: z.array(z.string()).describe("What this way of comparing cannot see."),
    rows: z.array(rowSchema).describe("By path; all below a directory is right behind it."),
    groups: z.array(groupSchema).describe("The rows in the pieces that one would persist or drop as a whole."),
    hidden: z.array(
      z.object({
        filter: z.string(),
        title: z.string().describe("What the filter takes away, and why."),
        rows: z.int(),
        bytes: z.number(),
      }),
    ),
  });
});
export type Diff = z.infer<typeof diffSchema>;
export type DiffRow = Diff["rows"][number];
export type DiffGroup = Diff["groups"][number];
