import type { Place } from "../../eval/origin.ts";
import { parentPath } from "../../eval/path-name.ts";
import type { Host, Unit } from "../../host/host.ts";
import { isAtOrBelow, normalise } from "../../host/paths.ts";
import { perItem } from "../../host/per-item.ts";
import { childrenOf, readBoolean, readString } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { dataName } from "./data-names.ts";
import { type OptionText, serviceTexts, textsBelow } from "./option-texts.ts";
import { scriptCommands } from "./script-commands.ts";

/** A directory or file of the host that the configuration gives a program for its data. */
export interface DataPath {
  readonly path: string;
  /** What names it, for messages: an option, or a flag in one. */
  readonly by: string;
  /** The option, for who the data belongs to. */
  readonly option: readonly string[];
  readonly place: Place | undefined;
  /** Whether the name says that data is kept there; otherwise it is likely. */
  readonly isSure: boolean;
  readonly kind: "directory" | "file";
  /** How systemd says that a unit does not start without it; undefined where nothing stops a program. */
  readonly failure?: string;
}

/** Groups of options of container engines and machines; what is in containers is another filesystem. */
const ENGINES = ["containerd", "docker", "incus", "libvirtd", "lxc", "lxd", "podman"];

/** Every directory that options, flags and units of what certainly runs give a program for its data. */
export function dataPaths(host: Host): readonly DataPath[] {
  const { config } = host;
  const texts = [...serviceTexts(host), ...ENGINES.flatMap((name) => textsBelow(config.at("virtualisation", name)))];
  const units = runningUnits(host.units);
  return [
    ...exportsOf(host),
    ...archivesOf(host),
    ...zonesOf(host),
    ...repositoriesOf(host),
    ...pathsIn(texts),
    ...pathsOfUnits(units),
  ];
}

/** Where PostgreSQL is told to copy its log, for backups to a later time. */
function archivesOf({ config }: Host): DataPath[] {
  const enabled = readBoolean(config.at("services", "postgresql", "enable"));
  const option = ["services", "postgresql", "settings", "archive_command"];
  const command = enabled?.known && enabled.value ? readString(config.at(...option)) : undefined;
  const path = command?.known ? /\s["']?(\/[\w./@+-]+)\/%f["']?\s*$/.exec(command.value)?.[1] : undefined;
  if (path === undefined || isMade(normalise(path))) return [];
  return [
    { path: normalise(path), by: option.join("."), option, place: command?.place, isSure: true, kind: "directory" },
  ];
}

/**
 * The repository of pgBackRest on the host itself, with all backups and the log of the database. One of another name is on the
 * host of that name, and the path of a bucket is none of a disk.
 */
function repositoriesOf({ config }: Host): DataPath[] {
  const group = config.at("services", "pgbackrest");
  const enabled = group.isDefined() === false ? undefined : readBoolean(group.child("enable"));
  const own = group.at("repos", "localhost");
  const type = readString(own.child("type"));
  const path = enabled?.known && enabled.value ? readString(own.child("path")) : undefined;
  if (!path?.known || !isPath(path.value) || (type && (!type.known || !/^(posix|cifs)$/.test(type.value)))) return [];
  const option = ["services", "pgbackrest", "repos", "localhost", "path"];
  return [
    { path: normalise(path.value), by: option.join("."), option, place: path.place, isSure: true, kind: "directory" },
  ];
}

/** Groups of options that say themselves on which host their paths are. */
const READ_APART = /^services\.pgbackrest\.repos\./;

/**
 * Where BIND keeps zones that others may change: it writes them itself, with a journal beside the file. Zones that it fetches
 * from another server come again.
 */
function zonesOf({ config }: Host): DataPath[] {
  const bind = config.at("services", "bind");
  const enabled = bind.isDefined() === false ? undefined : readBoolean(bind.child("enable"));
  if (!enabled?.known || !enabled.value) return [];
  return childrenOf(bind.child("zones")).flatMap(({ name, node, certain }): DataPath[] => {
    const master = readBoolean(node.child("master"));
    const file = readString(node.child("file"));
    const extra = readString(node.child("extraConfig"));
    if (certain.answer !== "yes" || !master?.known || !master.value || !file?.known || !extra?.known) return [];
    const isChanged = /\bupdate-policy\b|\ballow-update\s*\{(?!\s*none\s*;\s*\})/.test(extra.value);
    if (!isChanged || !isPath(file.value)) return [];
    const own = normalise(file.value);
    const folder = parentPath(own);
    const isShared = /^(\/[^/]+){0,2}$/.test(folder);
    const option = ["services", "bind", "zones", name, "file"];
    const by = `services.bind.zones."${name}".file`;
    return [
      {
        path: isShared ? own : folder,
        by,
        option,
        place: file.place,
        isSure: true,
        kind: isShared ? "file" : "directory",
      },
    ];
  });
}

/** The services of the running system that are certainly there. */
export const runningUnits = perItem((unit: Unit): readonly Unit[] =>
  unit.stage === "system" && unit.certain.answer === "yes" ? [unit] : [],
);

/** The same of some units: what they work in, may write to and are shown, and what their variables and flags name. */
export function pathsOfUnits(units: readonly Unit[]): readonly DataPath[] {
  return [...settingsOfUnits(units), ...flagsOfUnits(units)];
}

const settingsOfUnits = perItem(({ node }: Unit) => settingsOfUnit(node));
const flagsOfUnits = perItem(({ name, scripts }: Unit) => scripts.flatMap((script) => flagsOfScript(script, name)));

/** The paths in the texts of options. */
function pathsIn(texts: readonly OptionText[]): DataPath[] {
  const found: DataPath[] = [];
  const lists = new Map<number, OptionText[]>();
  const inside = texts.flatMap(volumeOf);
  for (const one of texts) {
    const { text, option, place } = one;
    const own = valuePath(option, text);
    const isInside = own && inside.some((volume) => isOfGroup(volume, option) && isAtOrBelow(own.path, volume.target));
    if (own && !isInside) found.push({ ...own, by: option.join("."), option, place });
    const file = databaseIn(text);
    if (file) found.push({ path: file, by: option.join("."), option, place, isSure: true, kind: "file" });
    if (/^-|\s--?\w/.test(text) || lists.has(one.list)) {
      const list = lists.get(one.list) ?? [];
      list.push(one);
      lists.set(one.list, list);
    }
  }
  for (const list of lists.values()) found.push(...flagsIn(list));
  return found;
}

/** A directory of the host that a service shows to its container, `/host/path:/inside:rw`, where it is called otherwise. */
interface Volume {
  readonly group: readonly string[];
  readonly target: string;
}

function volumeOf({ text, option }: OptionText): readonly Volume[] {
  const target = /^(?:\/[^:\s]*|[\w.-]+):(\/[^:\s]+)(?::[a-zA-Z,]+)?$/.exec(text)?.[1];
  return target === undefined ? [] : [{ group: option.slice(0, 2), target: normalise(target) }];
}

function isOfGroup({ group }: Volume, option: readonly string[]): boolean {
  return group.every((name, index) => name === option[index]);
}

/** Settings of file servers and of backups whose names say too little by themselves. */
const OWN_NAMES: readonly RegExp[] = [
  /^services\.samba\.(settings|shares)\.[^.]+\.path$/,
  /^services\.syncthing\.(settings\.)?folders\.[^.]+\.path$/,
  /^services\.borgbackup\.jobs\.[^.]+\.repo$/,
  /^services\.restic\.backups\.[^.]+\.repository$/,
  /^services\.rsyncd\.settings\..*\.path$/,
  /^services\.rsyncd\.settings\.path$/,
  /^services\.postfix\.(config|settings\.main)\.virtual_mailbox_base$/,
];

/** Directories below which people keep data. */
const ON_DISK =
  /^\/(var|srv|opt|home|root|etc|data|storage|tank|pool|export|exports|backup|backups|persist|share|shares|files|volumes?|state|zpool|raid|disk\d*)\//;

function valuePath(option: readonly string[], written: string): Pick<DataPath, "path" | "isSure" | "kind"> | undefined {
  const text = directoryOfAll(written);
  if (!isPath(text)) return undefined;
  const path = normalise(text);
  if (READ_APART.test(option.join("."))) return undefined;
  if (OWN_NAMES.some((name) => name.test(option.join(".")))) return { path, isSure: true, kind: "directory" };
  const name = option.at(-1) ?? "";
  const named = dataName(name, option.at(-2));
  // What is called a path or a location may be one of an URL.
  if (named === undefined || (/(path|location|root|prefix)s?$/i.test(name) && !ON_DISK.test(path))) return undefined;
  if (text !== written && named !== "sure") return undefined;
  // What is in /etc mostly comes from the configuration.
  if (named === "likely" && path.startsWith("/etc/")) return undefined;
  const isFile = /\.(db|sqlite3?|kdbx|json|ya?ml|toml|conf|cfg|ini|txt|env|key|pem|crt|sock|pid|log)$/.test(path);
  if (!isFile) return { path, isSure: named === "sure", kind: "directory" };
  return /\.(db|sqlite3?|kdbx)$/.test(path) ? { path, isSure: true, kind: "file" } : undefined;
}

/** What Dovecot writes before the place of mailboxes. */
const MAILBOXES = /^(?:maildir|mbox|[sm]?dbox):(\/[^:]*)/;

/** The directory around everybody's own: `/var/vmail` of `maildir:/var/vmail/%d/%n`. */
function directoryOfAll(text: string): string {
  const path = MAILBOXES.exec(text)?.[1] ?? text;
  const filledIn = path.startsWith("/") ? path.search(/%[{\w]/) : -1;
  return filledIn < 0 ? path : path.slice(0, path.lastIndexOf("/", filledIn));
}

/** A path of the disk, as a whole and without what is filled in later; settings hold paths of URLs as well. */
function isPath(text: string): boolean {
  return /^\/[\w.@+-]+(\/[\w.@+ -]+)*\/?$/.test(text) && !isMade(normalise(text));
}

/** Directories that are no data by what they are: made at boot, by packages, by the configuration, or mounted by hand. */
const MADE =
  /^\/(run|nix|dev|proc|sys|tmp|bin|sbin|usr|lib|lib64|boot|efi|mnt|media|var\/(run|tmp|cache|log|empty|lock)|etc\/(static|ssl|systemd|nix|pam\.d|profiles))(\/|$)/;

/** Whether nobody would look for data at a path. */
export function isMade(path: string): boolean {
  return /^\/[^/]*$/.test(path) ? TOP.test(path) : MADE.test(path) || SCRATCH.test(path);
}

/** Directories of the root that are there on every host. */
const TOP = /^\/(|run|nix|dev|proc|sys|tmp|bin|sbin|usr|lib|lib64|boot|efi|mnt|media|etc|home|root|var|srv|opt)$/;
/** Names of directories whose content is made again. */
const SCRATCH = /\/(\.?cache|caches|tmp|temp|transcodes?|transcoding|scratch|logs?|sockets?|incomplete)(\/|$)/i;

/** The database in an URL such as `sqlite:///srv/app/data.db?mode=rwc`. */
function databaseIn(text: string): string | undefined {
  const path = /^(?:sqlite3?|sqlite\+\w+|file):(?:\/\/\/?(?=\/))?(\/[\w./@+-]+)(?:\?|$)/.exec(text)?.[1];
  if (text.startsWith("file:") && !/\.(db|sqlite3?)(\?|$)/.test(text)) return undefined;
  return path !== undefined && /[\w-]/.test(path) && !isMade(normalise(path)) ? normalise(path) : undefined;
}

/** `--data-dir=/x`, `--data-dir /x` and `-storage.path=/x` in a text or in the elements of a list. */
function flagsIn(list: readonly OptionText[]): DataPath[] {
  const words = list.flatMap((one) =>
    one.text
      .split(/\s+/)
      .filter((word) => word !== "")
      .map((word) => ({ word: word.replace(/^(["'])(.*)\1$/, "$2"), one })),
  );
  return words.flatMap(({ word, one: { option, place } }, index) => {
    const flag = /^--?([A-Za-z][\w.-]*)(?:=["']?(.*?)["']?)?$/.exec(word);
    const value = flag?.[2] ?? words[index + 1]?.word;
    return flag && value ? flagPath(flag[1] as string, value, option, place) : [];
  });
}

function flagPath(name: string, value: string, option: readonly string[], place: Place | undefined): DataPath[] {
  if (!isPath(value)) return [];
  const path = dataName(name, undefined) === "sure" ? normalise(value) : folderOfDatabase(name, value);
  if (path === undefined) return [];
  const dashes = name.length > 1 ? "--" : "-";
  return [
    {
      path,
      by: `${option.join(".")} (${dashes}${name})`,
      option,
      place,
      isSure: true,
      kind: "directory",
    },
  ];
}

/** The directory of the database that a flag names: what belongs to it lies beside it. */
function folderOfDatabase(name: string, file: string): string | undefined {
  if (!/^(db|database|sqlite)([_-]?(file|path))?$/i.test(name) || !/\.(db|sqlite3?)$/.test(file)) return undefined;
  const folder = parentPath(normalise(file));
  return isMade(folder) || /^\/var\/(lib|db|spool)$/.test(folder) ? undefined : folder;
}

function flagsOfScript(script: Host["scripts"][number], unit: string): DataPath[] {
  if (!/\s--?[a-z]/i.test(script.text)) return [];
  return scriptCommands(script).flatMap(({ program, words }) =>
    // What a script creates or looks at with such a flag is nothing that a program keeps.
    /^(mkdir|cp|mv|rsync|find|install|chown|chmod|nixos-install|nix|tar|mount)$/.test(program)
      ? []
      : words.flatMap(({ text, start, end }, index) => {
          const flag = /^--?([A-Za-z][\w.-]*)(?:=(.*))?$/.exec(text);
          const value = flag?.[2] ?? words[index + 1]?.text;
          if (!flag || !value) return [];
          const option = ["systemd", "services", unit];
          return flagPath(flag[1] as string, value, option, script.placeOf(start, end) ?? script.place);
        }),
  );
}

/** Directories that a unit works in, may write to or is shown, and those that its environment names. */
function settingsOfUnit(unit: OptionNode): readonly DataPath[] {
  const names = new Set(unit.names().map(({ name }) => name));
  const settings = names.has("serviceConfig") ? textsBelow(unit.child("serviceConfig")) : [];
  const own = settings.flatMap(({ text, option, place }): DataPath[] => {
    const name = option.at(-1) ?? "";
    const failure = UNIT_PATHS.get(name);
    const paths = failure ? pathsOfSetting(text) : [];
    return paths.map((path) => ({
      ...{ path, by: option.join("."), option, place, isSure: false, kind: "directory" },
      ...(failure ? { failure } : {}),
    }));
  });
  const cached = settings.flatMap(({ text, option, place }): DataPath[] => {
    if (option.at(-1) !== "CacheDirectory") return [];
    const kept = text
      .split(/\s+/)
      .filter((name) =>
        /(^|[-_/])(uploads?|data|database|db|backups?|archive|documents?|photos|mail|store)$/i.test(name),
      );
    const isPrivate = settings.some((one) => one.option.at(-1) === "DynamicUser");
    return kept.map((name) => ({
      path: `/var/cache/${isPrivate ? "private/" : ""}${name}`,
      ...{ by: option.join("."), option, place, isSure: false, kind: "directory" },
    }));
  });
  const variables = names.has("environment") ? pathsIn(textsBelow(unit.child("environment"))) : [];
  return [...own, ...cached, ...variables];
}

/** Settings of units that name directories, and how systemd says that one is missing (systemd.exec(5)). */
const UNIT_PATHS: ReadonlyMap<string, string> = new Map([
  ["WorkingDirectory", "200/CHDIR"],
  ["ReadWritePaths", "226/NAMESPACE"],
  ["BindPaths", "226/NAMESPACE"],
]);

function pathsOfSetting(text: string): string[] {
  return text.split(/\s+/).flatMap((word) => {
    const [source = ""] = word.replace(/^[+!]+/, "").split(":");
    // A path that may be missing, with a dash before it, is none that the unit relies on.
    return isPath(source) ? [normalise(source)] : [];
  });
}

/** The directories that NFS shows others. */
function exportsOf({ config }: Host): DataPath[] {
  const nfs = config.at("services", "nfs", "server");
  return textsBelow(nfs).flatMap(({ text, option, place }) =>
    option.at(-1) !== "exports"
      ? []
      : text.split("\n").flatMap((line): DataPath[] => {
          const path = /^\s*"?(\/[^\s"#]+)"?\s+\S/.exec(line)?.[1];
          if (path === undefined || !isPath(path) || /fsid=0|fsid=root/.test(line)) return [];
          return [{ path: normalise(path), by: option.join("."), option, place, isSure: true, kind: "directory" }];
        }),
  );
}

/** The account that a service is told to run as, or that owns what it is known to keep. */
export function ownerOf(host: Host, option: readonly string[]): string | undefined {
  const [top, name] = option;
  if (top === undefined || name === undefined) return undefined;
  const own = host.services.find(({ enable }) => enable.startsWith(`${top}.${name}.`));
  return own?.state.find(({ user }) => user !== undefined)?.user;
}
