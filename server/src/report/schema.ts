import * as z from "zod";

/*
 * The machine-readable output of the command line, version 1. Fields are only ever added; a change of
 * meaning gets a new version. `docs/cli.md` shows the same shapes, exported as JSON Schema in docs/schema.
 */

const verdict = z.enum(["yes", "no", "unknown"]);
const severity = z.enum(["error", "warning", "information", "hint"]);

const position = z.object({
  line: z.number().int().nonnegative().describe("Zero-based line."),
  character: z.number().int().nonnegative().describe("Zero-based UTF-16 code unit in the line."),
});
const range = z.object({ start: position, end: position });
const location = z.object({
  file: z.string().describe("Path relative to the working directory, or absolute outside it."),
  range,
});

/** A string that may be unknown: `value` is null then, and `why` says the reason. */
const knownString = z.object({ value: z.string().nullable(), why: z.string().optional() });
const knownBoolean = z.object({ value: z.boolean().nullable(), why: z.string().optional() });

const textEdit = z.object({ range, newText: z.string() });
const fix = z.object({
  title: z.string(),
  safety: z.enum(["safe", "unsafe"]),
  note: z.string().optional().describe("What remains to be done by hand."),
  edits: z.array(z.object({ file: z.string(), edits: z.array(textEdit) })),
});

export const findingSchema = z.object({
  code: z.string().regex(/^IMP\d{3}$/),
  rule: z.string(),
  severity,
  message: z.string(),
  help: z.string().optional(),
  file: z.string(),
  range,
  hosts: z.array(z.string()),
  related: z.array(z.object({ file: z.string(), range, message: z.string() })),
  fix: fix.optional().describe("The fix offered first."),
  fixes: z.array(fix).optional().describe("All fixes, when there are several."),
  url: z.string().optional(),
});

const target = z.object({
  address: z.string(),
  user: z.string().nullable(),
  from: z.string().describe("The option or flake output that gives the address."),
  location: location.optional(),
});

const hostSummary = z.object({
  name: z.string(),
  entry: z.string(),
  system: z.string().nullable().describe("The platform, e.g. x86_64-linux; null when it is not known."),
  hostName: z.string().nullable().describe("networking.hostName; null when nothing sets it or it is not known."),
  targets: z.array(target).describe("Where deployment tools are told to find the host."),
  impermanent: z.boolean(),
  root: z.string(),
  findings: z.number().int(),
});

export const hostsSchema = z.object({
  version: z.literal(1),
  hosts: z.array(hostSummary),
  notChecked: z.array(z.object({ name: z.string().optional(), entry: z.string(), why: z.string() })),
});

export const checkSchema = z.object({
  version: z.literal(1),
  findings: z.array(findingSchema),
  hosts: z.array(z.string()).describe("Names of the hosts that were checked."),
  notChecked: z.array(z.object({ name: z.string().optional(), entry: z.string(), why: z.string() })),
  fixed: z.number().int().optional().describe("How many fixes --fix applied."),
});

const entry = z.object({
  path: z.string(),
  user: z.string().nullable(),
  group: z.string().nullable(),
  mode: z.string().nullable(),
  certainty: verdict,
  why: z.string().optional(),
  location: location.optional(),
});

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
  declaredBy: z.enum(["fileSystems", "disko", "both"]),
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
      fate: verdict,
      by: z.string(),
      why: z.string().optional(),
    }),
  ),
});

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
    kind: z.enum(["tmpfs", "rollback", "none", "unknown"]),
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
      retentionSeconds: z.number().nullable(),
    }),
  ),
  timers: z.array(z.object({ option: z.string(), calendar: knownString, persistent: knownBoolean.optional() })),
  incomplete: z.array(z.string()).describe("Why the host is not completely known."),
});

export type FindingJson = z.infer<typeof findingSchema>;
export type HostsJson = z.infer<typeof hostsSchema>;
export type CheckJson = z.infer<typeof checkSchema>;
export type FactsJson = z.infer<typeof factsSchema>;
export type FixJson = z.infer<typeof fix>;
