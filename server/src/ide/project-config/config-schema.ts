import * as z from "zod";

/*
 * `impermanence.json`, as people write it. The same shapes, exported as JSON Schema, lie in docs/schema. Objects refuse keys
 * that they do not know: a slip would otherwise be a setting that is never in effect.
 */

const level = z
  .enum(["off", "error", "warning", "information", "hint"])
  .describe("How grave the rule is taken; `off` silences it.");
const rules = z
  .record(z.string(), level)
  .describe("How grave rules are taken, by code (`IMP301`) or name. A code goes before a name.");
const files = z.array(z.string()).describe("Patterns in .gitignore syntax, relative to the folder of this file.");
const absolute = z.string().regex(/^\//, { message: "must be an absolute path" });

const state = z.union([
  absolute,
  z.strictObject({
    path: absolute,
    kind: z
      .enum(["state", "log", "cache"])
      .optional()
      .describe("Only `state` is reported when it is lost; the default."),
    file: z.boolean().optional().describe("It is a file, not a directory."),
    user: z.string().optional(),
    group: z.string().optional(),
    mode: z
      .string()
      .regex(/^[0-7]{3,4}$/, { message: "must be an octal mode such as 0700" })
      .optional(),
    database: z.boolean().optional().describe("It is a database that rewrites its files in place."),
    note: z.string().optional().describe("What is lost with it; shown in the message."),
  }),
]);

const service = z.strictObject({
  state: z.array(state).describe("Where it keeps data."),
});

const host = z.strictObject({
  check: z.boolean().optional().describe("Whether the host is checked; true when left out."),
  root: z
    .enum(["tmpfs", "wiped", "kept"])
    .optional()
    .describe("What a boot does to the root, where the configuration does not show it."),
});

export const configSchema = z
  .strictObject({
    $schema: z.string().optional(),
    rules: rules.optional(),
    overrides: z
      .array(z.strictObject({ files, rules }))
      .optional()
      .describe("Other severities for findings in some files. Of several that fit, the last counts."),
    requireReasons: z.boolean().optional().describe("Comments that allow findings have to give a reason."),
    exclude: files
      .optional()
      .describe("Files and folders that are not checked. Hosts that import them still read them."),
    services: z
      .record(z.string(), service)
      .optional()
      .describe("Services that the catalogue does not know, by the option that switches them on."),
    unwanted: z
      .array(absolute)
      .optional()
      .describe("Paths that shall not survive a reboot: their loss, and that of all below them, is not reported."),
    stores: z
      .array(absolute)
      .optional()
      .describe("Directories whose content survives although no filesystem is declared there."),
    hosts: z.record(z.string(), host).optional().describe("By name; `*` stands for any letters."),
  })
  .meta({ title: "impermanence.json", description: "What a repository says to Nix Impermanence." });

export type WrittenConfig = z.infer<typeof configSchema>;
