import type { Place } from "../../eval/origin.ts";
import type { Host, Known, Unit } from "../../host/host.ts";
import { isBelow, normalise } from "../../host/paths.ts";
import { childrenOf, isNamed, nameAt, readBoolean, readString, readTexts } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { containerBackend } from "./container-backend.ts";
import { pathsOfUnits } from "./data-paths.ts";
import { type ScriptCommand, scriptCommands } from "./script-commands.ts";

/** A unit that writes to a directory although what belongs there is not mounted. */
export interface Writer {
  /** Without its type. */
  readonly unit: string;
  readonly path: string;
  readonly place: Place | undefined;
  /** It writes only where the directory exists, so that the mount point itself must be it. */
  readonly needsDirectory: boolean;
  /** What it does in the empty directory, after "it". */
  readonly effect: string;
  /** The command by which it only reads the directory, and empties its copy when that is empty. */
  readonly reads?: string;
}

/**
 * The units that certainly run and write to a path that the configuration names, of modules that do not make them wait for
 * its mount. Source of truth: the modules of restic, borgbackup (its jobs and its repositories), postgresqlBackup, mysqlBackup, restic's server, forgejo,
 * gitea, samba and oci-containers of nixpkgs 2025; for others nobody has read whether they wait.
 */
export function lateWriters(host: Host): readonly Writer[] {
  const { config } = host;
  return [
    ...resticJobs(config.at("services", "restic", "backups")),
    ...(borgWaits(host) ? [] : borgJobs(config.at("services", "borgbackup", "jobs"))),
    ...borgRepositories(config.at("services", "borgbackup", "repos")),
    ...ofService(config.at("services", "postgresqlBackup"), "location", "postgresqlBackup", DUMPS),
    ...ofService(config.at("services", "mysqlBackup"), "location", "mysql-backup", DUMPS),
    ...ofService(config.at("services", "restic", "server"), "dataDir", "restic-rest-server", "takes backups into it"),
    ...forges(host),
    ...shares(config.at("services", "samba")),
    ...containers(host),
    ...ownUnits(host),
  ];
}

const DUMPS = "puts its dumps there";

function each(group: OptionNode): { readonly name: string; readonly node: OptionNode }[] {
  return group.isDefined() === false ? [] : childrenOf(group).filter(({ certain }) => certain.answer === "yes");
}

function pathOf(text: Known<string> | undefined): { path: string; place: Place | undefined } | undefined {
  return text?.known && text.value.startsWith("/") ? { path: normalise(text.value), place: text.place } : undefined;
}

/** Whether a flag certainly has a value; `otherwise` when nobody sets it. */
function isFlag(node: OptionNode, expected: boolean, otherwise: boolean): boolean {
  const flag = node.isDefined() === false ? undefined : readBoolean(node);
  return flag ? flag.known && flag.value === expected : otherwise === expected;
}

/** A hook that looks whether something is mounted, or mounts it. */
function mayMount(...hooks: readonly OptionNode[]): boolean {
  return hooks.some((hook) => {
    const text = hook.isDefined() === false ? undefined : readString(hook);
    return text !== undefined && (!text.known || MOUNTS.test(text.value));
  });
}

const MOUNTS = /\bu?mount\b|\bmountpoint\b|\bfindmnt\b|\/proc\/(self\/)?mount|\bmount-/;

function resticJobs(jobs: OptionNode): Writer[] {
  return each(jobs).flatMap(({ name, node }): Writer[] => {
    const at = pathOf(readString(node.child("repository")));
    // Without it restic refuses a directory that is no repository.
    if (!at || !isFlag(node.child("initialize"), true, false) || mayMount(node.child("backupPrepareCommand")))
      return [];
    const timer = node.child("timerConfig");
    if (timer.isDefined() !== false && timer.value() === null) return [];
    const effect = "makes a new, empty repository there (`initialize`), saves into it and reports success";
    return [{ unit: `restic-backups-${name}`, ...at, needsDirectory: false, effect }];
  });
}

/** Since NixOS 24.11 the module of borg requires the mount of a local repository (nixpkgs#318826). */
function borgWaits({ release }: Host): boolean {
  return release.nixos === undefined || release.nixos >= "24.11";
}

function borgJobs(jobs: OptionNode): Writer[] {
  return each(jobs).flatMap(({ name, node }): Writer[] => {
    const at = pathOf(readString(node.child("repo")));
    if (!at || !isFlag(node.child("doInit"), true, true) || mayMount(node.child("preHook"))) return [];
    // The directory is made at boot unless the device is said to be removable.
    const needsDirectory = !isFlag(node.child("removableDevice"), false, false);
    const starts = readTexts(node.child("startAt"));
    if (starts.isSet && starts.texts.length === 0) return [];
    const effect = "makes a new, empty repository there (`doInit`), saves into it and reports success";
    return [{ unit: `borgbackup-job-${name}`, ...at, needsDirectory, effect }];
  });
}

/** Repositories for other hosts: a unit makes the directory at boot, and does not look at what is mounted. */
function borgRepositories(repositories: OptionNode): Writer[] {
  return each(repositories).flatMap(({ name, node }): Writer[] => {
    const own = node.child("path");
    const at =
      own.isDefined() === false ? { path: "/var/lib/borgbackup", place: nameAt(node) } : pathOf(readString(own));
    const effect = "makes the directory of the repository there, and what clients send goes into it";
    return at ? [{ unit: `borgbackup-repo-${name}`, ...at, needsDirectory: false, effect }] : [];
  });
}

function ofService(group: OptionNode, option: string, unit: string, effect: string): Writer[] {
  const at = pathOf(readString(group.child(option)));
  if (!at || !isFlag(group.child("enable"), true, false)) return [];
  return [{ unit, ...at, needsDirectory: false, effect }];
}

/**
 * Repositories of Forgejo and Gitea beside their other state. The modules let tmpfiles make the directory, and the services
 * wait for the mount of `stateDir` alone, which they work in.
 */
function forges(host: Host): Writer[] {
  return ["forgejo", "gitea"].flatMap((name): Writer[] => {
    const group = host.config.at("services", name);
    const own = readString(group.child("stateDir"));
    if (own && !own.known) return [];
    const awaited = host.fileSystemAt(own?.value ?? `/var/lib/${name}`);
    const lfs = isFlag(group.at("lfs", "enable"), true, false) ? [group.at("lfs", "contentDir")] : [];
    return [group.child("repositoryRoot"), ...lfs].flatMap((option) => {
      const at = pathOf(readString(option));
      if (!at || !isFlag(group.child("enable"), true, false) || host.fileSystemAt(at.path) === awaited) return [];
      const effect = "begins with an empty directory, which tmpfiles makes, and takes what is pushed";
      return [{ unit: name, ...at, needsDirectory: false, effect }];
    });
  });
}

/** Shares that clients certainly may write to; Samba makes no directory for them. */
function shares(samba: OptionNode): Writer[] {
  if (!isFlag(samba.child("enable"), true, false)) return [];
  return [...each(samba.child("settings")), ...each(samba.child("shares"))].flatMap(({ node }): Writer[] => {
    const at = pathOf(readString(node.child("path")));
    const says = (name: string) => {
      const value = node.child(name).isDefined() === false ? undefined : node.child(name).value();
      return value === true || value === "yes" || value === "true" ? true : value === undefined ? undefined : false;
    };
    const mayWrite = says("read only") === false || ["writable", "writeable", "write ok"].some((name) => says(name));
    if (!at || !mayWrite) return [];
    return [
      { unit: "samba-smbd", ...at, needsDirectory: true, effect: "shows clients an empty share and takes files" },
    ];
  });
}

/** Docker makes directories that are missing, podman refuses them. */
function containers(host: Host): Writer[] {
  const group = host.config.at("virtualisation", "oci-containers");
  const backend = containerBackend(host);
  if (!backend) return [];
  return each(group.child("containers")).flatMap(({ name, node }): Writer[] => {
    if (!isFlag(node.child("autoStart"), true, true) || !isFlag(node.child("enable"), true, true)) return [];
    const own = readString(node.child("serviceName"));
    if (own && !own.known) return [];
    const unit = own?.known ? own.value : `${backend}-${name}`;
    return readTexts(node.child("volumes")).texts.flatMap(({ text, place, certain }): Writer[] => {
      const [source = "", inside, options = ""] = text.split(":");
      if (certain.answer !== "yes" || inside === undefined || options.split(",").includes("ro")) return [];
      const at = pathOf({ known: true, value: source, place });
      const effect = "begins with an empty directory and writes to it";
      return at ? [{ unit, ...at, needsDirectory: backend === "podman", effect }] : [];
    });
  });
}

/** Services that the configuration writes itself and that something starts. */
function ownUnits(host: Host): Writer[] {
  return host.units.flatMap((unit): Writer[] => {
    const { stage, certain, name, scripts } = unit;
    if (stage !== "system" || certain.answer !== "yes" || !isOwn(unit) || !isStarted(host, unit)) return [];
    // What looks after the mount itself knows what it does.
    if (scripts.some(({ text, holes }) => MOUNTS.test(text) || holes.length > 3)) return [];
    const named = pathsOfUnits([unit]).filter(({ isSure, kind }) => isSure && kind === "directory");
    return [
      ...named.map(({ path, place }) => ({ unit: name, path, place, needsDirectory: false, effect: WRITES })),
      ...scripts.flatMap((script) =>
        scriptCommands(script).flatMap((command): Writer[] => {
          const { program, words } = command;
          const mirror = mirroredBy(command);
          if (mirror) {
            const place = script.placeOf(mirror.start, mirror.end) ?? script.place;
            return [{ unit: name, path: mirror.path, place, needsDirectory: true, effect: EMPTIES, reads: mirror.by }];
          }
          const targets = /^(rsync|cp|mv|rclone|tee)$/.test(program)
            ? words.slice(1).slice(-1)
            : program === "mkdir"
              ? words.slice(1)
              : [];
          return targets.flatMap(({ text, start, end }): Writer[] =>
            /^\/[^\s*?]+$/.test(text)
              ? [
                  {
                    unit: name,
                    path: normalise(text),
                    place: script.placeOf(start, end) ?? script.place,
                    needsDirectory: !/^(mkdir|rclone)$/.test(program),
                    effect: WRITES,
                  },
                ]
              : [],
          );
        }),
      ),
    ];
  });
}

const WRITES = "writes to the directory that is there instead";
const EMPTIES = "deletes everything in the copy";

/** The directory that `rclone sync` or `rsync --delete` makes a copy of: what is not in it is deleted there. */
function mirroredBy({ program, words }: ScriptCommand) {
  const all = words.slice(1);
  const isRclone = program === "rclone" && all.some(({ text }) => text === "sync");
  const isRsync = program === "rsync" && all.some(({ text }) => /^--(delete|del$|delete-.*$)/.test(text));
  // Limits and places for what is deleted are there for this very case.
  if ((!isRclone && !isRsync) || all.some(({ text }) => /^--(max-delete|backup-dir|files-from|dry-run)/.test(text)))
    return undefined;
  const behind = isRclone ? all.slice(all.findIndex(({ text }) => text === "sync") + 1) : all;
  const source = behind.find(({ text }) => !text.startsWith("-"));
  if (!source || !/^\/[^\s*?]+$/.test(source.text)) return undefined;
  const by = isRclone ? "rclone sync" : "rsync --delete";
  return { path: normalise(source.text), by, start: source.start, end: source.end };
}

function isOwn({ node }: Unit): boolean {
  return isNamed(node, "script") || isNamed(node.child("serviceConfig"), "ExecStart");
}

/** By a target or by a timer; what is started by hand or by the mount itself knows that it is there. */
function isStarted({ config }: Host, { name, node, wantedBy, requiredBy }: Unit): boolean {
  const starters = [...wantedBy, ...requiredBy].map(({ text }) => text);
  if (starters.some((text) => /\.(mount|device|automount)$/.test(text))) return false;
  return (
    starters.some((text) => text.endsWith(".target")) ||
    isNamed(node, "startAt") ||
    isNamed(config.at("systemd", "timers"), name)
  );
}

/** Whether what a unit writes to a path lands in the mount point's own directory while nothing is mounted there. */
export function landsOn({ path, needsDirectory }: Writer, mountpoint: string): boolean {
  return path === mountpoint || (!needsDirectory && isBelow(path, mountpoint));
}
