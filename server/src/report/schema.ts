import * as z from "zod";

/*
 * The machine-readable output of the command line, version 1. Fields are only ever added; a change of
 * meaning gets a new version. `docs/cli.md` shows the same shapes, exported as JSON Schema in docs/schema.
 */

const verdict = z.enum(["yes", "no", "unknown"]);
const severity = z.enum(["error", "warning", "information", "hint"]);

const position = z
  .object({
    line: z.number().int().nonnegative().describe("Zero-based line."),
    character: z.number().int().nonnegative().describe("Zero-based UTF-16 code unit in the line."),
  })
  .meta({ id: "Position" });
const range = z.object({ start: position, end: position }).meta({ id: "Range" });
const file = z.string().describe("Path relative to the working directory, or absolute outside it.");
const location = z.object({ file, range }).meta({ id: "Location" });

const knownString = z
  .object({ value: z.string().nullable(), why: z.string().optional() })
  .meta({ id: "KnownString", description: "`value` is null when it is not known, and `why` says the reason." });
const knownBoolean = z
  .object({ value: z.boolean().nullable(), why: z.string().optional() })
  .meta({ id: "KnownBoolean", description: "`value` is null when it is not known, and `why` says the reason." });

const textEdit = z.object({ range, newText: z.string() });
const fix = z
  .object({
    title: z.string(),
    safety: z.enum(["safe", "unsafe"]).describe("`--fix` applies safe ones only."),
    note: z.string().optional().describe("What remains to be done by hand."),
    edits: z
      .array(z.object({ file, edits: z.array(textEdit) }))
      .describe("All places count in the text before the fix."),
  })
  .meta({ id: "Fix" });

const findingSchema = z.object({
  code: z
    .string()
    .regex(/^IMP\d{3}$/)
    .describe("Never changes its meaning. `nix-impermanence explain` tells more."),
  rule: z.string().describe("Name of the rule."),
  severity,
  message: z.string().describe("What is wrong and why it bites."),
  help: z.string().optional().describe("What to do."),
  file,
  range,
  hosts: z.array(z.string()).describe("Names of the hosts in which it holds."),
  related: z.array(z.object({ file, range, message: z.string() })).describe("Other places that belong to it."),
  fix: fix.optional().describe("The fix offered first."),
  fixes: z.array(fix).optional().describe("All fixes, when there are several."),
  url: z.string().optional().describe("Page of the rule."),
});

const suppressedSchema = findingSchema.extend({
  suppression: z.object({
    kind: z.literal("comment"),
    file,
    range,
    reason: z.string().optional().describe("As the comment gives it."),
  }),
});

const target = z
  .object({
    address: z.string(),
    user: z.string().nullable(),
    port: z.int().nullable(),
    from: z.string().describe("The option or flake output that gives the address."),
    location: location.optional(),
  })
  .meta({ id: "Target" });

const hostSummary = z.object({
  name: z.string(),
  entry: z.string().describe("The flake.nix or module that declares it."),
  system: z.string().nullable().describe("The platform, e.g. x86_64-linux; null when it is not known."),
  hostName: z.string().nullable().describe("networking.hostName; null when nothing sets it or it is not known."),
  targets: z.array(target).describe("Where deployment tools are told to find the host."),
  impermanent: z.boolean().describe("Whether it empties its root or keeps stores at all."),
  root: z.string().describe("What kind of root it has, in a few words."),
  findings: z.number().int(),
});

const notChecked = z
  .array(z.object({ name: z.string().optional(), entry: z.string(), why: z.string() }))
  .describe("Hosts that could not be evaluated, and flakes whose hosts cannot be listed (without a name).");

export const hostsSchema = z.object({
  version: z.literal(1),
  hosts: z.array(hostSummary),
  notChecked,
});

export const checkSchema = z.object({
  version: z.literal(1),
  findings: z.array(findingSchema),
  suppressed: z
    .array(suppressedSchema)
    .optional()
    .describe("Findings that comments allow; they do not count for the exit code."),
  hosts: z.array(z.string()).describe("Names of the hosts that were checked."),
  notChecked,
  fixed: z.number().int().optional().describe("How many fixes --fix applied."),
});

const entry = z
  .object({
    path: z.string(),
    user: z.string().nullable(),
    group: z.string().nullable(),
    mode: z.string().nullable(),
    certainty: verdict.describe(
      "Whether the entry is there; `unknown`, for example, under a condition nobody can tell.",
    ),
    why: z.string().optional().describe("Why that is unknown."),
    location: location.optional(),
  })
  .meta({ id: "PersistedPath" });

const store = z.object({
  path: z.string().nullable(),
  module: z.enum(["impermanence", "preservation"]),
  directories: z.array(entry),
  files: z.array(entry),
  users: z.record(z.string(), z.object({ directories: z.array(entry), files: z.array(entry) })),
  incomplete: z.array(z.string()).describe("Why there may be more entries than listed."),
});

const fileSystem = z.object({
  device: z.string().nullable(),
  fsType: z.string().nullable(),
  options: z.array(z.string()),
  neededForBoot: z.boolean().nullable(),
  subvolume: z.string().nullable().optional(),
  certainty: verdict,
  declaredBy: z.enum(["fileSystems", "disko", "both", "microvm"]),
  unknown: z.array(z.string()).optional().describe("What of it is not known, and why."),
  location: location.optional(),
});

const service = z.object({
  enable: z.string(),
  enabled: verdict,
  confidence: z.string(),
  state: z.array(
    z.object({
      path: z.string(),
      kind: z.enum(["state", "log", "cache"]),
      fate: verdict.describe("Whether it survives a reboot."),
      by: z.string().describe("What decides that."),
      why: z.string().optional(),
    }),
  ),
});

const retention = z
  .object({
    newest: z.number().int(),
    youngerThanSeconds: z.number().nullable().describe("Null for ever."),
    spans: z.array(
      z.object({
        unit: z.enum(["hour", "day", "week", "month", "quarter", "year"]),
        each: z.number().int().nullable().describe("How many of each hour, day, …; null for all."),
        last: z.number().int().nullable().describe("Of so many of them; null for ever."),
      }),
    ),
  })
  .meta({ id: "Retention" });

export const factsSchema = z.object({
  version: z.literal(1),
  host: z.string(),
  entry: z.string(),
  system: knownString,
  hostName: knownString,
  targets: z.array(target),
  release: z.object({ nixos: z.string().nullable(), stateVersion: knownString }),
  impermanent: z.boolean(),
  fileSystems: z.record(z.string(), fileSystem),
  stores: z.array(store),
  ephemeralRoot: z.object({
    kind: z.enum(["tmpfs", "rollback", "declared", "none", "unknown"]),
    technique: z.string().optional(),
    wipes: z.array(z.string()).optional(),
    runs: verdict.optional(),
    why: z.string().optional(),
    location: location.optional(),
  }),
  services: z.array(service),
  snapshotJobs: z.array(
    z.object({
      tool: z.string(),
      name: z.string(),
      sources: z.array(z.string().nullable()),
      directory: z.string().nullable(),
      periodSeconds: z.number().nullable(),
      keeps: z
        .array(z.string())
        .nullable()
        .describe("What is kept of each series of snapshots, in words; null when that is not known."),
      policy: retention.optional().describe("The same as numbers, of a host's own `snapshotPolicy`."),
    }),
  ),
  timers: z.array(z.object({ option: z.string(), calendar: knownString, persistent: knownBoolean.optional() })),
  incomplete: z.array(z.string()).describe("Why the host is not completely known."),
  statistics: z
    .object({
      files: z.int().describe("Nix files that were evaluated for the host."),
      steps: z.int().describe("Values computed and functions called; an evaluation may take 50,000,000."),
      heapBytes: z.int().describe("Memory in use for values when the host was known, those of its workspace included."),
      missing: z
        .record(z.string(), z.int())
        .describe("Functions of nixpkgs' lib that the host asks for and the checker does not know, with how often."),
    })
    .optional()
    .describe("With --stats: what it took to know the host."),
});

export type FindingJson = z.infer<typeof findingSchema>;
export type HostsJson = z.infer<typeof hostsSchema>;
export type CheckJson = z.infer<typeof checkSchema>;
export type FactsJson = z.infer<typeof factsSchema>;
export type FixJson = z.infer<typeof fix>;
