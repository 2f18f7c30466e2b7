import type { Place } from "../eval/origin.ts";
import type { OptionNode } from "../modules/option-node.ts";
import { expand } from "./expand.ts";
import { isAtOrBelow, isBelow, normalise } from "./paths.ts";
import { perNode } from "./per-node.ts";
import { childrenOf, nameAt, openOf, readBoolean, readString, readTexts } from "./read-values.ts";

/** A job that copies files into a repository of backups. */
export interface BackupJob {
  readonly tool: "restic" | "borg" | "borgmatic";
  readonly name: string;
  /** The attribute name. */
  readonly place: Place | undefined;
  readonly node: OptionNode;
  /** What it takes, as far as that is listed: absolute and normalised. */
  readonly paths: readonly BackupPath[];
  /** The option path of the list of paths, for edits. */
  readonly pathsOption: readonly string[];
  /** Patterns of what it leaves out. */
  readonly excludes: readonly BackupText[];
  /** Why it may take more, or leave out more, than is listed. */
  readonly open: string | undefined;
  /** As `open`, of the lists alone: what a hook prepares in the listed paths is no reason. */
  readonly listsOpen: string | undefined;
  /** Where the copies go, when it is known. */
  readonly repository: string | undefined;
  /** Commands that it runs before and after, as far as they are known. */
  readonly hooks: string;
}

export interface BackupText {
  readonly text: string;
  readonly place: Place | undefined;
}

export interface BackupPath extends BackupText {
  readonly path: string;
}

/** The backup jobs that the host certainly has: `services.restic.backups`, `services.borgbackup.jobs`, borgmatic. */
export function backupJobs(root: OptionNode): readonly BackupJob[] {
  const services = root.child("services");
  return [
    ...resticJobs(services.at("restic", "backups")),
    ...borgJobs(services.at("borgbackup", "jobs")),
    ...borgmaticJobs(services.child("borgmatic")),
  ];
}

/** Whether a job takes a path: "partly" when only something below it is listed. */
export function takesPath(job: BackupJob, path: string): "yes" | "partly" | "no" | "unknown" {
  const around = job.paths.filter((one) => isAtOrBelow(path, one.path));
  if (around.length > 0 && !job.excludes.some(({ text }) => excludes(job.tool, text, path))) return "yes";
  if (job.open !== undefined) return "unknown";
  return around.length === 0 && job.paths.some((one) => isBelow(one.path, path)) ? "partly" : "no";
}

/**
 * Whether a pattern certainly leaves out a path or a directory around it. A pattern that is a path counts for all that is
 * below; one without a slash in front is meant wherever it fits by restic, and from the root on by borg.
 */
export function excludes(tool: BackupJob["tool"], pattern: string, path: string): boolean {
  const written = pattern.replace(/^(sh|fm|pp|pf|re):/, "").replace(/\/+\**$/, "");
  if (written === "" || written.startsWith("!") || pattern.startsWith("re:")) return false;
  const plain = tool !== "restic" && /^[^/*]/.test(written) ? `/${written}` : written;
  if (!/[*?[\]{}]/.test(plain)) {
    if (plain.startsWith("/")) return isAtOrBelow(path, normalise(plain));
    return `${path}/`.includes(`/${plain}/`);
  }
  const body = plain
    .split(/(\*\*\/|\*\*|\*|\?)/)
    .map((part) => WILD[part] ?? part.replace(/[.+^${}()|[\]\\]/g, "\\$&"))
    .join("");
  return new RegExp(`${plain.startsWith("/") ? "^" : "(^|/)"}${body}(/|$)`).test(path);
}

const WILD: Readonly<Record<string, string>> = { "**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]" };

const RESTIC_HOOKS = ["backupPrepareCommand", "backupCleanupCommand"];
const BORG_HOOKS = ["preHook", "postHook", "postCreate", "postPrune", "readWritePaths"];

/** What the jobs of restic and of borg say in the same words. */
function listed(tool: BackupJob["tool"], name: string, node: OptionNode) {
  return {
    ...{ tool, name, node, place: nameAt(node) },
    paths: absolute(readTexts(node.child("paths")).texts),
    pathsOption: [...node.path, "paths"],
    excludes: readTexts(node.child("exclude")).texts,
  };
}

const resticJobs = perNode((backups): readonly BackupJob[] =>
  certainChildren(backups).map(({ name, node }) => {
    const paths = readTexts(node.child("paths"));
    const excluded = readTexts(node.child("exclude"));
    const flags = readTexts(node.child("extraBackupArgs"));
    const more = ["dynamicFilesFrom", "command"].find((key) => node.child(key).isDefined() !== false);
    const flag = flags.texts.find(({ text }) =>
      /--(files-from|exclude-file|iexclude|stdin|exclude(?=[\s=]|$))/.test(text),
    );
    const listsOpen =
      openOf(node)?.why ??
      [...paths.open, ...excluded.open, ...flags.open][0]?.why ??
      (more && `\`${more}\` lists what it takes`) ??
      (flag && `\`${flag.text}\` changes what it takes`);
    return {
      ...listed("restic", name, node),
      listsOpen,
      open: listsOpen ?? preparation(node, RESTIC_HOOKS),
      repository: textOf(node.child("repository")),
      hooks: hooksOf(node, [...RESTIC_HOOKS, "dynamicFilesFrom"]),
    };
  }),
);

const borgJobs = perNode((jobs): readonly BackupJob[] =>
  certainChildren(jobs).map(({ name, node }) => {
    const paths = readTexts(node.child("paths"));
    const excluded = readTexts(node.child("exclude"));
    const more = ["dumpCommand", "patterns"].find((key) => node.child(key).isDefined() !== false);
    const flags = node.child("extraCreateArgs");
    const flag = readTexts(flags).texts.find(({ text }) =>
      /--(exclude-from|patterns?-?|paths-from|exclude(?=[\s=]|$))/.test(text),
    );
    const listsOpen =
      openOf(node)?.why ??
      [...paths.open, ...excluded.open, ...readTexts(flags).open][0]?.why ??
      (more && `\`${more}\` says what it takes`) ??
      (flag && `\`${flag.text}\` changes what it takes`);
    return {
      ...listed("borg", name, node),
      listsOpen,
      open: listsOpen ?? preparation(node, BORG_HOOKS),
      repository: textOf(node.child("repo")),
      hooks: hooksOf(node, [...BORG_HOOKS, "dumpCommand"]),
    };
  }),
);

/** borgmatic asks databases for dumps by itself, so that what it takes is never just its list of directories. */
const borgmaticJobs = perNode((borgmatic): readonly BackupJob[] => {
  const enabled = readBoolean(borgmatic.child("enable"));
  if (!enabled?.known || !enabled.value) return [];
  const own = borgmatic.child("settings");
  const all = [
    ...(own.isDefined() === false ? [] : [{ name: "borgmatic", node: own }]),
    ...expand(borgmatic, ["configurations", "*"]).map(({ names, node }) => ({ name: names[0] ?? "", node })),
  ];
  return all.map(({ name, node }) => {
    const paths = readTexts(node.child("source_directories"));
    const excluded = readTexts(node.child("exclude_patterns"));
    const more = node
      .names()
      .find((child) => /databases$|hooks?$|^commands$|patterns_from|^patterns$/.test(child.name));
    const open =
      openOf(node)?.why ?? [...paths.open, ...excluded.open][0]?.why ?? (more && `\`${more.name}\` adds to it`);
    return {
      tool: "borgmatic",
      name,
      place: nameAt(node),
      node,
      paths: absolute(paths.texts),
      pathsOption: [...node.path, "source_directories"],
      excludes: excluded.texts,
      open,
      listsOpen: open,
      repository: undefined,
      hooks: more?.name ?? "",
    };
  });
});

function certainChildren(node: OptionNode): { readonly name: string; readonly node: OptionNode }[] {
  return childrenOf(node).filter(({ certain }) => certain.answer === "yes");
}

function absolute(texts: readonly BackupText[]): BackupPath[] {
  return texts.flatMap(({ text, place }) => (text.startsWith("/") ? [{ text, place, path: normalise(text) }] : []));
}

function textOf(node: OptionNode): string | undefined {
  const text = readString(node);
  return text?.known ? text.value : undefined;
}

/** What a hook makes before the job runs, such as a snapshot or a dump, may be what the listed paths hold. */
function preparation(node: OptionNode, hooks: readonly string[]): string | undefined {
  const hook = hooks.find((key) => {
    const text = readString(node.child(key));
    return text !== undefined && (!text.known || MAKES.test(text.value));
  });
  return hook && `\`${hook}\` prepares what it takes`;
}

const MAKES = /snapshot|\bmount\b|rsync|\bcp\b|dump|backup|\btar\b|\bcat\b|sqlite|clone|copy|>/;

function hooksOf(node: OptionNode, keys: readonly string[]): string {
  return keys
    .flatMap((key) => {
      const text = readString(node.child(key));
      return text?.known ? [text.value] : [];
    })
    .join("\n");
}
