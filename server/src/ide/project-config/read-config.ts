import {
  findNodeAtLocation,
  getNodeValue,
  type JSONPath,
  type Node,
  parseTree,
  printParseErrorCode,
} from "jsonc-parser";
import type * as z from "zod";
import { nearestName } from "../../rules/reading/nearest-name.ts";
import type { Span } from "../../syntax/expr.ts";
import { codeOf, nearestRule } from "../suppressions/known-rule.ts";
import { configSchema, type WrittenConfig } from "./config-schema.ts";

/** Something in a configuration that is not as it should be; the rest of it holds. */
export interface ConfigProblem {
  readonly at: Span;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly help?: string;
}

export interface ReadConfig {
  readonly written: WrittenConfig;
  readonly problems: readonly ConfigProblem[];
  /** Where a value stands; the whole text when it is not there. */
  place(path: JSONPath): Span;
}

/** So many wrong values are passed over before the rest is given up. */
const MAX_ISSUES = 200;

/**
 * Reads the text of an `impermanence.json`: JSON with comments and trailing commas. Never throws: what is wrong is passed
 * over and told, everything else holds.
 */
export function readConfig(text: string): ReadConfig {
  const errors: { error: number; offset: number; length: number }[] = [];
  const clean = text.startsWith("\uFEFF") ? ` ${text.slice(1)}` : text;
  const tree = parseTree(clean, errors, { allowTrailingComma: true });
  const problems: ConfigProblem[] = errors.map(({ error, offset, length }) => ({
    at: { start: Math.min(offset, text.length), end: Math.min(offset + length, text.length) },
    severity: "error",
    message: `This is not valid JSON: ${inWords(printParseErrorCode(error as never))}.`,
    help: "What can be read of the file still holds.",
  }));
  // A file that only has comments says nothing.
  if (!tree) return { written: {}, problems: [], place: () => ({ start: 0, end: text.length }) };
  const place = (path: JSONPath): Span => spanOf(findNodeAtLocation(tree, path), text);
  let value: unknown = getNodeValue(tree);
  for (let count = 0; count < MAX_ISSUES; count++) {
    const parsed = configSchema.safeParse(value);
    if (parsed.success)
      return { written: parsed.data, problems: [...problems, ...unknownRules(parsed.data, tree, text)], place };
    const [issue] = parsed.error.issues;
    if (!issue) break;
    for (const [path, problem] of told(issue, tree, text)) {
      problems.push(problem);
      value = without(value, path);
    }
  }
  return { written: {}, problems, place };
}

/** What is wrong, with the path of the value that is passed over for it. */
function told(issue: z.core.$ZodIssue, tree: Node | undefined, text: string): [JSONPath, ConfigProblem][] {
  const path = issue.path as JSONPath;
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      const known = knownKeys(path);
      const meant = nearestName(key, known);
      const hint = meant === undefined ? `There are ${known.join(", ")}.` : `Did you mean \`${meant}\`?`;
      const message = `\`${[...path, key].join(".")}\` is no setting. ${hint}`;
      return [[...path, key], { at: keySpan(tree, [...path, key], text), severity: "warning", message }];
    });
  }
  const inner = innermost(issue);
  // The parts of a union count from where it stands.
  const full = inner === issue ? path : [...path, ...(inner.path as JSONPath)];
  if (inner.code === "unrecognized_keys") return told({ ...inner, path: full } as z.core.$ZodIssue, tree, text);
  const name = full.length === 0 ? "The configuration" : `\`${full.join(".")}\``;
  const at = spanOf(nearestNode(tree, full), text);
  // A list element goes as a whole: without one part of it, it would mean something else.
  const wholeElement = path.findIndex((part) => typeof part === "number");
  const dropped = wholeElement < 0 ? path : path.slice(0, wholeElement + 1);
  return [[dropped, { at, severity: "error", message: `${name} ${requirement(inner)}, so it is passed over.` }]];
}

/** Of the ways in which a value could have been right, the one that came closest. */
function innermost(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== "invalid_union") return issue;
  const deepest = issue.errors.flat().sort((a, b) => b.path.length - a.path.length)[0];
  const objects = issue.errors.flat().find(({ code, path }) => code === "unrecognized_keys" && path.length === 0);
  const chosen = deepest && deepest.path.length > 0 ? deepest : (objects ?? deepest);
  return chosen ? innermost(chosen) : issue;
}

function requirement(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_value":
      return `must be one of ${issue.values.join(", ")}`;
    case "invalid_type":
      return issue.message.endsWith("undefined") ? "is missing" : `must be ${TYPES[issue.expected] ?? issue.expected}`;
    default:
      return issue.message;
  }
}

const TYPES: Readonly<Record<string, string>> = {
  string: "a text",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

/** The keys an object may have. */
function knownKeys(path: JSONPath): string[] {
  let schema: unknown = configSchema;
  for (const part of path) schema = step(schema, part);
  return Object.keys(shapeOf(schema) ?? {}).filter((key) => key !== "$schema");
}

interface SchemaParts {
  readonly def?: {
    readonly innerType?: unknown;
    readonly element?: unknown;
    readonly valueType?: unknown;
    readonly shape?: Record<string, unknown>;
    readonly options?: readonly unknown[];
  };
}

function unwrap(schema: unknown): SchemaParts["def"] {
  const { def } = schema as SchemaParts;
  if (def?.innerType) return unwrap(def.innerType);
  const option = def?.options?.find((one) => (one as SchemaParts).def?.shape);
  return option ? unwrap(option) : def;
}

function step(schema: unknown, part: string | number): unknown {
  const def = unwrap(schema);
  return def?.shape ? def.shape[part] : (def?.element ?? def?.valueType ?? schema);
}

function shapeOf(schema: unknown): Record<string, unknown> | undefined {
  return unwrap(schema)?.shape;
}

/** Rules that do not exist. */
function unknownRules(config: WrittenConfig, tree: Node | undefined, text: string): ConfigProblem[] {
  const named: [JSONPath, string][] = [
    ...Object.keys(config.rules ?? {}).map((name): [JSONPath, string] => [["rules", name], name]),
    ...(config.overrides ?? []).flatMap(({ rules }, index) =>
      Object.keys(rules).map((name): [JSONPath, string] => [["overrides", index, "rules", name], name]),
    ),
  ];
  return named.flatMap(([path, name]) => {
    if (codeOf(name) !== undefined) return [];
    const meant = nearestRule(name);
    return {
      at: keySpan(tree, path, text),
      severity: "warning",
      message: `There is no rule \`${name}\`.${meant === undefined ? "" : ` Did you mean \`${meant}\`?`}`,
      help: "`nix-impermanence rules` lists the rules.",
    } satisfies ConfigProblem;
  });
}

/** The value at a path, or of what is missing there, what should hold it. */
function nearestNode(tree: Node | undefined, path: JSONPath): Node | undefined {
  for (let length = path.length; tree && length >= 0; length--) {
    const found = findNodeAtLocation(tree, path.slice(0, length));
    if (found) return found;
  }
  return tree;
}

/** The key of a property. */
export function keySpan(tree: Node | undefined, path: JSONPath, text: string): Span {
  const property = tree && findNodeAtLocation(tree, path)?.parent;
  return spanOf(property?.children?.[0], text, tree);
}

function spanOf(node: Node | undefined, text: string, otherwise?: Node): Span {
  const found = node ?? otherwise;
  return found ? { start: found.offset, end: found.offset + found.length } : { start: 0, end: text.length };
}

/** A copy without the value at a path. */
function without(value: unknown, path: JSONPath): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return {};
  if (Array.isArray(value)) {
    return rest.length === 0
      ? value.filter((_, index) => index !== first)
      : value.map((item, index) => (index === first ? without(item, rest) : item));
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const kept = rest.length === 0 ? entries.filter(([key]) => key !== String(first)) : entries;
  return Object.fromEntries(kept.map(([key, inner]) => [key, key === String(first) ? without(inner, rest) : inner]));
}

/** `CommaExpected` as `comma expected`. */
function inWords(code: string): string {
  return code.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
}
