import type { Place } from "../../eval/origin.ts";
import { HOLE } from "../../eval/value.ts";
import { isAtOrBelow, normalise } from "../../host/paths.ts";
import { isNamed, openOf, read, readTexts } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";

/** Part of the file system as a unit sees it. */
export interface SandboxPart {
  readonly path: string;
  readonly writable: boolean;
  /** The setting that says so. */
  readonly by: string;
  readonly place: Place | undefined;
}

/** What a unit may write to, by its settings. */
export interface Sandbox {
  readonly parts: readonly SandboxPart[];
}

/** The directories of systemd's own, in which a service gets one by name. */
const OWN: Readonly<Record<string, string>> = {
  StateDirectory: "/var/lib",
  CacheDirectory: "/var/cache",
  LogsDirectory: "/var/log",
  RuntimeDirectory: "/run",
  ConfigurationDirectory: "/etc",
};

/** Settings with which the unit sees another file system, or mounts its own. */
const OTHER_ROOT = ["RootDirectory", "RootImage", "RootDirectoryStartOnly", "MountImages", "ExtensionImages"];

/**
 * The sandbox that the settings of a unit make, with what a module says of it first; undefined where it has none or where
 * a setting of it is not known. Source of truth: systemd.exec(5).
 */
export function sandboxOf(settings: OptionNode, module: readonly SandboxPart[] = []): Sandbox | undefined {
  if (openOf(settings) || OTHER_ROOT.some((name) => isNamed(settings, name))) return undefined;
  const parts: SandboxPart[] = [...module];
  const add = (writable: boolean, by: string, place: Place | undefined, ...paths: string[]) =>
    parts.push(...paths.map((path) => ({ path, writable, by, place })));

  const dynamic = switchOf(settings, "DynamicUser");
  const system = switchOf(settings, "ProtectSystem");
  const home = switchOf(settings, "ProtectHome");
  const temporary = switchOf(settings, "PrivateTmp");
  if ([dynamic, system, home, temporary].includes(undefined)) return undefined;
  if (dynamic?.isOn) {
    add(false, "DynamicUser = true", dynamic.place, "/");
    add(true, "DynamicUser = true", dynamic.place, "/dev", "/proc", "/sys", "/tmp", "/var/tmp");
  }
  if (system?.isOn) {
    const by = `ProtectSystem = ${system.text === "true" ? "true" : `"${system.text}"`}`;
    if (system.text === "strict") {
      add(false, by, system.place, "/");
      add(true, by, system.place, "/dev", "/proc", "/sys");
    } else add(false, by, system.place, "/usr", "/boot", "/efi", ...(system.text === "full" ? ["/etc"] : []));
  }
  if (home?.isOn && home.text !== "tmpfs")
    add(false, `ProtectHome = ${home.text === "true" ? "true" : `"${home.text}"`}`, home.place, "/home", "/root");
  else if (home?.isOn) add(true, "ProtectHome", home.place, "/home", "/root");
  if (temporary?.isOn) add(true, "PrivateTmp", temporary.place, "/tmp", "/var/tmp");

  for (const [name, writable] of LISTS) {
    if (!isNamed(settings, name)) continue;
    const { texts, open } = readTexts(settings.child(name));
    for (const { text, place } of texts.flatMap((one) => one.text.split(/\s+/).map((text) => ({ ...one, text })))) {
      if (text.includes("%") || text.includes(HOLE)) return undefined;
      for (const path of text.replace(/^[-+!]+/, "").split(":")) {
        const base = OWN[name];
        if (base !== undefined) add(true, name, place, `${base}/${path}`, `${base}/private/${path}`);
        else if (path.startsWith("/")) add(writable, name, place, normalise(path));
      }
    }
    if (open.length > 0) return undefined;
  }
  return parts.some(({ writable }) => !writable) ? { parts } : undefined;
}

const LISTS: readonly (readonly [string, boolean])[] = [
  ...Object.keys(OWN).map((name) => [name, true] as const),
  ["ReadWritePaths", true],
  ["BindPaths", true],
  ["TemporaryFileSystem", true],
  ["ReadOnlyPaths", false],
];

/**
 * The setting that keeps a unit from writing to a path; undefined where it may write, as far as the sandbox goes. With
 * `below`, to anything in that directory.
 */
export function forbiddenBy({ parts }: Sandbox, path: string, below = false): SandboxPart | undefined {
  if (below && parts.some((part) => part.writable && isAtOrBelow(part.path, path))) return undefined;
  let best: SandboxPart | undefined;
  for (const part of parts) {
    if (!isAtOrBelow(path, part.path)) continue;
    const longer = part.path.length - (best?.path.length ?? -1);
    if (longer > 0 || (longer === 0 && part.writable)) best = part;
  }
  return best?.writable ? undefined : best;
}

/** What a setting is that takes a truth value or a word; undefined where it is not known. */
function switchOf(settings: OptionNode, name: string) {
  const off = { isOn: false, text: "false", place: undefined };
  if (!isNamed(settings, name)) return off;
  const node = settings.child(name);
  const reading = read(node);
  if (reading.state !== "set") return reading.state === "absent" ? off : undefined;
  const { value, place } = reading;
  if (typeof value === "boolean") return { isOn: value, text: String(value), place };
  if (typeof value !== "string") return value === null ? off : undefined;
  if (/^(true|yes|on|1)$/i.test(value)) return { isOn: true, text: "true", place };
  return /^(false|no|off|0|)$/i.test(value) ? off : { isOn: true, text: value, place };
}
