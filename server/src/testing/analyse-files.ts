import type { Host } from "../host/host.ts";
import { type Analysis, type AnalysisSource, analyseWorkspace } from "../ide/analysis.ts";
import type { Finding } from "../rules/rule.ts";
import type { Program } from "../syntax/expr.ts";
import type { NixParser } from "../syntax/parser.ts";
import { MemoryFiles } from "../workspace/memory-files.ts";
import { ProgramStore } from "../workspace/program-store.ts";
import { ProjectConfigs } from "../workspace/project-configs.ts";
import { testParser } from "./load-parser.ts";

export interface AnalysedFiles {
  readonly hosts: readonly Host[];
  readonly findings: readonly Finding[];
  readonly programs: Map<string, Program>;
  readonly analysis: Analysis;
}

/** Analyses files that exist only in memory, through every layer. Paths are absolute. */
export async function analyseFiles(files: Readonly<Record<string, string>>): Promise<AnalysedFiles> {
  const source = await sourceOf(files);
  const analysis = analyseWorkspace(source);
  const programs = new Map<string, Program>();
  for (const path of source.nixFiles) {
    const program = source.find(path);
    if (program) programs.set(path, program);
  }
  return { hosts: analysis.hosts.map(({ host }) => host), findings: analysis.findings, programs, analysis };
}

/** Files in memory as a source for analyses. */
export async function sourceOf(files: Readonly<Record<string, string>>): Promise<AnalysisSource> {
  return sourceWith(await testParser(), files);
}

/** The same, where the parser is loaded already. */
export function sourceWith(parser: NixParser, files: Readonly<Record<string, string>>): AnalysisSource {
  const memory = new MemoryFiles(new Map(Object.entries(files)));
  const programs = new ProgramStore(parser, memory);
  const nixFiles = Object.keys(files)
    .filter((path) => path.endsWith(".nix"))
    .sort();
  const configs = new ProjectConfigs({ read: (path) => files[path], isTop: () => false });
  return {
    ...{ files: memory, programs, nixFiles, find: (path) => programs.find(path) },
    configFor: (path) => configs.for(path),
    isExcluded: (path) => configs.for(path)?.excludes(path) === true,
    configs: () => [...new Set(["/.", ...nixFiles].flatMap((path) => configs.for(path) ?? []))],
  };
}
