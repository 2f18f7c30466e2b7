// The small face of zod: the full one carries every language of its messages into the client's bundle (400 KB).
import * as z from "zod/mini";

/**
 * The settings of the checker, one shape for the language server and its clients. In VS Code they are the section
 * `impermanence` of the settings; other clients send the same object as the answer to `workspace/configuration`.
 */
export const ruleLevels = ["off", "error", "warning", "information", "hint"] as const;
/** Severity a user gives to a rule; `off` silences it. */
export type RuleLevel = (typeof ruleLevels)[number];

const rules = z.object({
  /** By code (`IMP301`) or by name (`store-not-needed-for-boot`). */
  severity: z.record(z.string(), z.enum(ruleLevels)),
});
const check = z.object({
  /** Globs, relative to the workspace folder, of files and folders that are not looked at. */
  exclude: z.array(z.string()),
});
const hover = z.object({
  /** Whether a hover on a path tells what the next boot does to it. */
  enable: z.boolean(),
});

const completion = z.object({
  /** Whether paths that would be lost, mount options and calendar expressions are offered while one types. */
  enable: z.boolean(),
});

/** Whether inputs of flakes that lie in the local Nix store are read. Machine-scoped in VS Code: no folder sets it. */
const readInputsFromStore = z.boolean();

const remote = z.object({
  /** A file for `ssh -F`, absolute or below `~/`; empty: ssh's own. Machine-scoped in VS Code: such files can name programs. */
  sshConfigFile: z
    .string()
    .check(z.regex(/^(?:$|~?\/|[A-Za-z]:[\\/])/, "an absolute path, or one that starts with ~/")),
});

const lens = z.object({
  /** Whether a line above stores and retention policies tells what they hold and lead to. */
  enable: z.boolean(),
});

export const settingsSchema = z.object({ rules, check, hover, completion, lens, remote, readInputsFromStore });
export type Settings = z.infer<typeof settingsSchema>;

/** What holds where the user says nothing. */
export const defaultSettings: Settings = {
  rules: { severity: {} },
  check: { exclude: [] },
  hover: { enable: true },
  completion: { enable: true },
  lens: { enable: true },
  remote: { sshConfigFile: "" },
  readInputsFromStore: false,
};

export interface SettingsReading {
  readonly settings: Settings;
  /** One sentence for every value that was passed over, naming the setting. */
  readonly problems: readonly string[];
}

/**
 * Reads the section `impermanence` as a client sent it. Never throws: a value of the wrong shape is passed over, the
 * default takes its place, and `problems` says so. One bad entry of `rules.severity` does not cost the others.
 */
export function readSettings(section: unknown): SettingsReading {
  const problems: string[] = [];
  const severity: Record<string, RuleLevel> = {};
  const written = read(section, "rules.severity", z.record(z.string(), z.unknown()), {}, problems);
  for (const [rule, level] of Object.entries(written)) {
    const parsed = z.enum(ruleLevels).safeParse(level);
    if (parsed.success) severity[rule] = parsed.data;
    else problems.push(`impermanence.rules.severity: "${rule}" must be one of ${ruleLevels.join(", ")}.`);
  }
  const settings: Settings = {
    rules: { severity },
    check: {
      exclude: read(section, "check.exclude", check.shape.exclude, defaultSettings.check.exclude, problems),
    },
    hover: { enable: read(section, "hover.enable", hover.shape.enable, defaultSettings.hover.enable, problems) },
    completion: {
      enable: read(section, "completion.enable", completion.shape.enable, defaultSettings.completion.enable, problems),
    },
    lens: { enable: read(section, "lens.enable", lens.shape.enable, defaultSettings.lens.enable, problems) },
    remote: {
      sshConfigFile: read(section, "remote.sshConfigFile", remote.shape.sshConfigFile, "", problems),
    },
    readInputsFromStore: read(section, "readInputsFromStore", readInputsFromStore, false, problems),
  };
  return { settings, problems };
}

/** The level the user gave to a rule, by its code or by its name; undefined when the rule's own severity holds. */
export function levelOf(
  settings: Settings,
  rule: { readonly code: string; readonly name: string },
): RuleLevel | undefined {
  const { severity } = settings.rules;
  // The code is the more exact of the two: it never changes, names may.
  return severity[rule.code] ?? severity[rule.name];
}

function read<T>(section: unknown, path: string, schema: z.ZodMiniType<T>, fallback: T, problems: string[]): T {
  const value = path.split(".").reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), section);
  if (value === undefined || value === null) return fallback;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const why = parsed.error.issues[0]?.message ?? "unexpected value";
  problems.push(`impermanence.${path} is passed over, its default holds: ${why}.`);
  return fallback;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
