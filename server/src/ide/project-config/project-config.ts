import ignore from "ignore";
import type { ServiceEntry } from "../../catalogue/catalogue.ts";
import type { HostAssumptions } from "../../host/assumptions.ts";
import type { Finding } from "../../rules/rule.ts";
import type { RuleLevel } from "../../settings.ts";
import { INVALID_CONFIGURATION, nameOf } from "../suppressions/known-rule.ts";
import type { WrittenConfig } from "./config-schema.ts";
import { type ConfigProblem, type ReadConfig, readConfig } from "./read-config.ts";

/** Names of the file, the one that counts when both are there first. */
export const CONFIG_NAMES = ["impermanence.json", "impermanence.jsonc"] as const;

export function isConfigFile(path: string): boolean {
  return CONFIG_NAMES.some((name) => path.endsWith(`/${name}`));
}

/** One `impermanence.json`. It speaks for the files below its folder, up to the next one. */
export class ProjectConfig {
  readonly path: string;
  readonly text: string;
  private readonly written: WrittenConfig;
  private readonly problems: readonly ConfigProblem[];
  private readonly place: ReadConfig["place"];
  private readonly folder: string;

  /** `hidden` is the other file of the same folder, which does not count. */
  constructor(path: string, text: string, hidden?: string) {
    this.path = path;
    this.text = text;
    this.folder = path.slice(0, path.lastIndexOf("/") + 1);
    const { written, problems, place } = readConfig(text);
    this.written = written;
    this.place = place;
    const both: ConfigProblem = {
      at: { start: 0, end: 0 },
      severity: "warning",
      message: `This file counts, and \`${hidden}\` beside it does not.`,
      help: "Keep one of the two.",
    };
    this.problems = hidden === undefined ? problems : [both, ...problems];
  }

  /** What is wrong in it. */
  findings(): Finding[] {
    return this.problems.map(({ at, severity, message, help }) => ({
      ...{ code: INVALID_CONFIGURATION, rule: nameOf(INVALID_CONFIGURATION), severity, message, help },
      at: { file: this.path, start: at.start, end: at.end },
      related: [],
      fixes: [],
      hosts: [],
    }));
  }

  /** How grave a rule is taken in a file; undefined where nothing is said. A code goes before a name. */
  levelOf(code: string, file: string): RuleLevel | undefined {
    const { rules = {}, overrides = [] } = this.written;
    const sets = [rules, ...overrides.filter(({ files }) => this.matches(files, file)).map((one) => one.rules)];
    return sets.map((set) => levelIn(set, code)).findLast((level) => level !== undefined);
  }

  get requireReasons(): boolean {
    return this.written.requireReasons === true;
  }

  excludes(file: string): boolean {
    return this.matches(this.written.exclude ?? [], file);
  }

  /** Whether a host is to be checked. */
  checks(host: string): boolean {
    return this.hostEntries(host).findLast(({ check }) => check !== undefined)?.check !== false;
  }

  /** What it says of a host. */
  assumptionsFor(host: string): HostAssumptions {
    const { stores = [], unwanted = [] } = this.written;
    const root = this.hostEntries(host).findLast((entry) => entry.root !== undefined);
    return {
      root: root?.root && { kind: root.root, place: this.placeOf(["hosts", root.name, "root"]) },
      stores: stores.map((path, index) => ({ path: tidy(path), place: this.placeOf(["stores", index]) })),
      unwanted: unwanted.map(tidy),
      services: Object.entries(this.written.services ?? {}).map(([enable, { state }]) => serviceEntry(enable, state)),
    };
  }

  private hostEntries(host: string) {
    return Object.entries(this.written.hosts ?? {})
      .filter(([name]) => nameMatches(name, host))
      .map(([name, entry]) => ({ name, ...entry }));
  }

  private placeOf(path: (string | number)[]) {
    return { file: this.path, ...this.place(path) };
  }

  private matches(patterns: readonly string[], file: string): boolean {
    if (patterns.length === 0 || !file.startsWith(this.folder) || file === this.folder) return false;
    return ignore()
      .add([...patterns])
      .ignores(file.slice(this.folder.length));
  }
}

function levelIn(rules: Readonly<Record<string, RuleLevel>>, code: string): RuleLevel | undefined {
  return rules[code] ?? rules[code.toLowerCase()] ?? rules[nameOf(code)];
}

function nameMatches(pattern: string, name: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(name);
}

function tidy(path: string): string {
  return path.replace(/\/+/g, "/").replace(/(.)\/$/, "$1");
}

type WrittenState = NonNullable<WrittenConfig["services"]>[string]["state"][number];

function serviceEntry(enable: string, state: readonly WrittenState[]): ServiceEntry {
  return {
    id: enable.replace(/\.enable$/, ""),
    enable,
    states: state.map((one) => {
      if (typeof one === "string") return { path: tidy(one), kind: "state" };
      const { path, kind = "state", file, user, group, mode, database, note } = one;
      return {
        ...{ path: tidy(path), kind },
        ...(file ? { type: "file" as const } : {}),
        ...(user === undefined ? {} : { user }),
        ...(group === undefined ? {} : { group }),
        ...(mode === undefined ? {} : { mode }),
        ...(database ? { database: "rewrite-in-place" as const } : {}),
        ...(note === undefined ? {} : { note }),
      };
    }),
    implies: [],
    confidence: "read",
  };
}
