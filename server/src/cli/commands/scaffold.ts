import path from "node:path";
import { parentPath } from "../../eval/path-name.ts";
import type { CheckedHost } from "../../ide/analysis.ts";
import { printableLine } from "../../report/printable.ts";
import { unifiedDiff } from "../../report/unified-diff.ts";
import { isModulesFolder } from "../../scaffold/modules-folder.ts";
import { planMigration } from "../../scaffold/plan-migration.ts";
import { planScaffold } from "../../scaffold/plan-scaffold.ts";
import {
  FolderRefusal,
  isDisk,
  type PlannedFile,
  type ScaffoldAnswers,
  type ScaffoldPlan,
  ScaffoldRefusal,
  type ScaffoldRequest,
} from "../../scaffold/request.ts";
import { toSlashes } from "../../workspace/disk-workspace.ts";
import { projectRoot } from "../../workspace/project-root.ts";
import { scaffoldRequest, type WorkspaceScaffold } from "../../workspace/scaffold-request.ts";
import { analyse } from "../analyse.ts";
import { createFile, whyNotCreatable } from "../create-file.ts";
import { openWorkspace, relativePath } from "../open-workspace.ts";
import { write, writeNote } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { writeTexts } from "../write-texts.ts";

export interface ScaffoldOptions {
  readonly host?: string;
  readonly modules?: string;
  readonly persistence?: ScaffoldAnswers["persistence"];
  readonly mode?: ScaffoldAnswers["mode"];
  readonly snapshots?: ScaffoldAnswers["snapshots"];
  readonly monitoring?: boolean;
  readonly disk?: string;
  readonly diff?: boolean;
  readonly write?: boolean;
  readonly inputsFromStore?: boolean;
}

/** `scaffold`: 0 when everything is planned or written, 1 when the checker still finds something afterwards. */
export function scaffold(folder: string, options: ScaffoldOptions): Promise<number> {
  return carryOut(folder, options, planScaffold);
}

/** `migrate`: the same for a host with the modules of the documents. */
export function migrate(folder: string, options: ScaffoldOptions): Promise<number> {
  return carryOut(folder, options, planMigration);
}

async function carryOut(
  folder: string,
  options: ScaffoldOptions,
  plan: (request: ScaffoldRequest) => ScaffoldPlan,
): Promise<number> {
  if (options.diff && options.write) throw new UsageError("`--diff` changes nothing, `--write` does: give one of them");
  const opened = await openWorkspace([folder], options);
  const { workspace } = opened;
  const { hosts, unchecked } = analyse(workspace);
  const [file] = opened.namedFiles;
  const named = file === undefined ? hosts : hosts.filter(({ files }) => files.has(file));
  const { host, reference } = chosenHost(named, unchecked, options.host);
  const project = toSlashes(file === undefined ? path.resolve(folder) : projectRoot(file));
  const root = reference.kind === "flake" ? parentPath(reference.entry) : project;
  const answers = {
    host: host.name,
    entry: reference.entry,
    persistence: options.persistence,
    mode: options.mode,
    snapshots: options.snapshots,
    monitoring: options.monitoring,
    disk: diskOf(options.disk),
  };
  const request = (modules: string) => scaffoldRequest(workspace, hosts, root, { ...answers, folder: modules });
  const result = planned(plan, options.modules === undefined ? FOLDERS : [modulesFolder(options.modules)], request);
  if (options.diff) write(patch(result.files));
  else {
    write(listing(result.files));
    if (options.write) writeFiles(result.files, root);
  }
  const say = options.diff ? writeNote : write;
  for (const note of result.notes) say(`${note.startsWith("    ") ? "" : "note: "}${printableLine(note)}\n`);
  for (const { severity, code, message } of result.left) say(`left: ${severity} ${code} ${printableLine(message)}\n`);
  if (!options.diff && !options.write) say("Nothing was written: give --write for that, or --diff to see all of it.\n");
  return result.left.length > 0 ? 1 : 0;
}

/** Where the modules go when nobody says it: into the second folder where the project imports all of the first. */
const FOLDERS = ["modules/server-impermanence", "server-impermanence"];

function planned(
  plan: (request: ScaffoldRequest) => ScaffoldPlan,
  folders: readonly string[],
  request: (folder: string) => WorkspaceScaffold,
): ScaffoldPlan {
  const [folder = "", ...others] = folders;
  const asked = request(folder);
  try {
    return plan(asked);
  } catch (error) {
    asked.end();
    if (error instanceof FolderRefusal && others.length > 0) return planned(plan, others, request);
    if (!(error instanceof ScaffoldRefusal)) throw error;
    const help = error.help === undefined ? "" : ` ${error.help}`;
    throw new UsageError(`nothing was planned for \`${asked.answers.host}\`: ${error.message}.${help}`);
  }
}

function chosenHost(
  hosts: readonly CheckedHost[],
  unchecked: readonly { readonly reference: { readonly name: string }; readonly why: string }[],
  name: string | undefined,
): CheckedHost {
  const found = hosts.filter(({ host }) => name === undefined || host.name === name);
  const [only] = found;
  if (only && found.length === 1) return only;
  const unread = unchecked.find(({ reference }) => reference.name === name);
  if (unread) throw new UsageError(`the host \`${name}\` could not be read: ${unread.why}`);
  if (name !== undefined && !only)
    throw new UsageError(`there is no host \`${name}\`; \`nix-impermanence hosts\` lists them`);
  if (!only) throw new UsageError("no NixOS host was found here");
  const [first] = found;
  if (first && found.every(({ host }) => host.name === first.host.name)) {
    const files = found.map(({ reference }) => `\`${relativePath(reference.entry)}\``).join(", ");
    throw new UsageError(`several hosts are called \`${first.host.name}\`: name the file of one (${files})`);
  }
  const names = found.map(({ host }) => `\`${host.name}\``).join(", ");
  throw new UsageError(`there are several hosts (${names}): say which with --host`);
}

function diskOf(given: string | undefined): string | undefined {
  if (given === undefined || isDisk(given)) return given;
  throw new UsageError(`\`${given}\` is no disk: --disk wants a path such as /dev/disk/by-id/…`);
}

/** Below the project, and nowhere else. */
function modulesFolder(given: string): string {
  const folder = toSlashes(path.normalize(given)).replace(/\/+$/, "");
  if (isModulesFolder(folder)) return folder;
  throw new UsageError(
    `\`${given}\` is no folder below the project: --modules wants a path such as modules/server, of letters, digits and @.+-_`,
  );
}

function patch(files: ScaffoldPlan["files"]): string {
  return unifiedDiff(
    [...files].map(([file, { before, after }]) => ({
      path: relativePath(file),
      ...{ before: before ?? "", after, isNew: before === undefined },
    })),
  );
}

function listing(files: ScaffoldPlan["files"]): string {
  return [...files]
    .map(
      ([file, { before }]) => `${before === undefined ? "new    " : "changed"} ${printableLine(relativePath(file))}\n`,
    )
    .join("");
}

/** New files first: what is changed imports them. */
function writeFiles(files: ScaffoldPlan["files"], root: string): void {
  const made = [...files].filter(([, { before }]) => before === undefined);
  for (const [file] of made) {
    const why = whyNotCreatable(file, root);
    if (why !== undefined) throw new UsageError(`\`${file}\` cannot be written: ${why}; nothing was written`);
  }
  const changed = [...files].flatMap(([file, { before, after }]: [string, PlannedFile]) =>
    before === undefined ? [] : [[file, { before, after }] as const],
  );
  for (const [file, { after }] of made) createFile(file, after);
  writeTexts(new Map(changed));
}
