import type { FileSystem, Host } from "../host/host.ts";
import { readTexts } from "../host/read-values.ts";
import type { ListExpr, Program } from "../syntax/expr.ts";
import { mergeEdits } from "./combine-plans.ts";
import { replaceExpression } from "./list-edit.ts";
import { listAround } from "./list-entries.ts";
import { quote } from "./nix-text.ts";
import { appendToListOption, type EditContext, type FileEdits } from "./option-edit.ts";
import { addNocowDirectory } from "./tmpfiles-edit.ts";

/** What a server's disk is tuned for. btrfs has one set of options for a whole filesystem, so that a mode holds for all of it. */
export interface PerformanceMode {
  readonly name: "balanced" | "io-optimized" | "space-optimized";
  readonly options: readonly string[];
  /** Whether directories of databases are marked NOCOW, the only way to have that for a part of a filesystem. */
  readonly nocow: boolean;
}

export const PERFORMANCE_MODES: readonly PerformanceMode[] = [
  { name: "balanced", options: ["compress=zstd:3", "noatime"], nocow: false },
  { name: "io-optimized", options: ["compress=zstd:1", "noatime"], nocow: true },
  { name: "space-optimized", options: ["compress=zstd:9", "noatime"], nocow: false },
];

/** Options that a mode replaces; all others stay as they are. */
const REPLACED =
  /^(compress|compress-force|nodatacow|datacow|nodatasum|datasum|noatime|atime|relatime|strictatime)(=|$)/;

/**
 * Puts the options of a mode on every mount of one btrfs device. Undefined when nothing would change, or when the options
 * of one of them are computed or commented, so that they would be left different.
 */
export function usePerformanceMode(
  context: EditContext,
  mounts: readonly FileSystem[],
  mode: PerformanceMode,
): FileEdits | undefined {
  const parts: FileEdits[] = [];
  for (const fs of mounts) {
    if (fs.optionsOpen !== undefined) return undefined;
    const edits = ofMount(context, fs, mode);
    if (edits === "impossible") return undefined;
    if (edits) parts.push(edits);
  }
  if (mode.nocow) parts.push(...databases(context, mounts));
  const merged = mergeEdits(...parts);
  return [...merged.values()].some((edits) => edits.length > 0) ? merged : undefined;
}

function ofMount(context: EditContext, fs: FileSystem, mode: PerformanceMode): FileEdits | undefined | "impossible" {
  const written = fs.options.filter(({ from }) => from !== "derived");
  const words = written.flatMap(({ text }) => text.split(",").filter((word) => word !== ""));
  const wanted = [...words.filter((word) => !REPLACED.test(word)), ...mode.options];
  if (wanted.length === words.length && wanted.every((word, index) => word === words[index])) return undefined;
  if (written.length === 0) {
    return appendToListOption(context, optionOf(context.host, fs), mode.options.map(quote)) ?? "impossible";
  }
  const found = new Set(written.map(({ place }) => (place ? listOf(context, place) : undefined)?.list));
  const place = written[0]?.place;
  const one = place && listOf(context, place);
  if (!one || found.size !== 1 || one.list.items.length !== written.length) return "impossible";
  const text = one.program.text.slice(one.list.start, one.list.end);
  if (text.includes("#") || text.includes("/*")) return "impossible";
  return new Map([[one.program.path, replaceExpression(one.list, listText(text, wanted))]]);
}

function listOf(
  context: EditContext,
  place: { readonly file: string; readonly start: number; readonly end: number },
): { program: Program; list: ListExpr } | undefined {
  const program = context.program(place.file);
  const list = program && listAround(program, place);
  return list && { program, list };
}

/** On as many lines as it was. */
function listText(before: string, words: readonly string[]): string {
  const indent = /\n([ \t]*)\S/.exec(before)?.[1];
  if (indent === undefined) return `[ ${words.map(quote).join(" ")} ]`;
  const end = /\n([ \t]*)\]$/.exec(before)?.[1] ?? "";
  return `[\n${words.map((word) => `${indent}${quote(word)}\n`).join("")}${end}]`;
}

function optionOf({ layouts }: Host, { mountpoint, disko }: FileSystem): string[] {
  const layout = disko && layouts.find(({ subvolumes }) => subvolumes.includes(disko));
  return layout && disko ? [...layout.path, disko.name, "mountOptions"] : ["fileSystems", mountpoint, "options"];
}

/** The state of databases on these mounts, marked where the rule can be written. */
function databases(context: EditContext, mounts: readonly FileSystem[]): FileEdits[] {
  const { host } = context;
  const seen = new Set<string>();
  const marked = readTexts(host.config.at("systemd", "tmpfiles", "rules")).texts.flatMap(({ text }) => {
    const [type = "", path = ""] = text.trim().split(/\s+/);
    return /^[hH]/.test(type) ? [path] : [];
  });
  return host.services.flatMap((service) =>
    service.state.flatMap((state) => {
      const fs = state.fate.fileSystem;
      const isOne =
        state.database && state.writes === "rewrite-in-place" && !state.assumed && fs && mounts.includes(fs);
      if (service.enabled.answer !== "yes" || !isOne || seen.has(state.path) || marked.includes(state.path)) return [];
      seen.add(state.path);
      const exists = state.fate.persisted !== undefined || fs.mountpoint === state.path;
      return addNocowDirectory(context, { ...state, exists }, service.place?.file) ?? [];
    }),
  );
}
