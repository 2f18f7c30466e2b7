import { attributeName, quote } from "../edits/nix-text.ts";
import { type HostShape, LAID_OUT } from "./host-shape.ts";
import type { KeptPath } from "./kept-state.ts";
import type { ScaffoldAnswers } from "./request.ts";
import type { SnapshotSource } from "./snapshot-sources.ts";

/** What goes into the module that a host gets of its own. */
export interface HostFile {
  readonly shape: HostShape;
  readonly answers: ScaffoldAnswers;
  /** Nix source of what is imported. */
  readonly imports: readonly string[];
  /** Whether the module takes `inputs`. */
  readonly takesInputs: boolean;
  readonly kept: readonly KeptPath[];
  /** Directories that are persisted beside the state of services. */
  readonly excludePaths: readonly string[];
  /** Whether nothing else persists /etc/machine-id. */
  readonly persistsMachineId: boolean;
  /** Whether the modules shall say where sshd has its keys. */
  readonly setsHostKeys: boolean;
  /** Whether systemd has to be switched on in the initrd. */
  readonly setsSystemdInitrd: boolean;
  readonly sources: readonly SnapshotSource[];
  /** Whether the host sets an option of the modules already. */
  isSet(...path: readonly string[]): boolean;
  /** Subvolumes that no disko layout declares, with the Nix source of their mount options. */
  readonly mounts: readonly { readonly mountpoint: string; readonly options: readonly string[] }[];
}

/** The module as Nix source, laid out as nixfmt does. */
export function hostFileText(file: HostFile): string {
  const { shape, imports } = file;
  const unless = (option: string, ...lines: readonly string[]) => (file.isSet(option) ? [] : lines);
  const settings = [
    ...unless("enable", "enable = true;"),
    ...(shape.rootSubvolume === "root"
      ? []
      : unless("rootSubvolume", `rootSubvolume = ${quote(shape.rootSubvolume)};`)),
    ...unless("ownFileSystems", `ownFileSystems = ${list(shape.ownFileSystems.map(quote))};`),
    ...unless("excludePaths", `excludePaths = ${list(file.excludePaths.map(quote))};`),
    ...persistence(file),
    ...snapshotPolicy(file),
    ...tuning(file),
  ];
  const sections = [
    `imports = ${list(imports)};`,
    `pantherOS.serverImpermanence = {\n${indent(settings.join("\n"))}\n};`,
    ...(file.setsSystemdInitrd
      ? ["# The wipe is a unit of systemd in the initrd.\nboot.initrd.systemd.enable = true;"]
      : []),
    ...mounts(file),
  ];
  const needsConfig = file.mounts.length > 0 && !shape.root?.device.known;
  const formals = [...(needsConfig ? ["config"] : []), ...(file.takesInputs ? ["inputs"] : [])];
  const head = formals.length > 0 ? `{ ${formals.join(", ")}, ... }:\n\n` : "";
  return `# The root of this host starts fresh at every boot. What is listed here outlives it.\n${head}{\n${indent(sections.join("\n\n"))}\n}\n`;
}

function persistence({ kept, shape, setsHostKeys, persistsMachineId }: HostFile): string[] {
  const directories = kept.filter(({ kind }) => kind === "directory");
  const files = kept.filter(({ kind }) => kind === "file").map(({ path }) => path);
  const all = [...(persistsMachineId ? ["/etc/machine-id"] : []), ...files];
  const inner = [
    ...(shape.store === "/persist" ? [] : [`path = ${quote(shape.store)};`]),
    `directories = ${list(directories.map(entry))};`,
    ...(files.length > 0 || !persistsMachineId ? [`files = ${list(all.map(quote))};`] : []),
    ...(setsHostKeys ? [] : ["sshHostKeys = false;"]),
  ];
  return [`persistence = {\n${indent(inner.join("\n"))}\n};`];
}

function tuning({ answers, shape, isSet }: HostFile): string[] {
  const { mode, monitoring, noCow = [], disk } = answers;
  const homes = shape.ownFileSystems.includes("/home") ? { home: "/home" } : {};
  const subvolumes = Object.entries({ ...LAID_OUT, ...homes }).map(([name, path]) => `${name} = ${quote(path)};`);
  const layout = [
    `disk = ${quote(disk ?? "")};`,
    ...("home" in homes ? [`subvolumes = {\n${indent(subvolumes.join("\n"))}\n};`] : []),
  ];
  return [
    ...(shape.root === undefined ? [`layout = {\n${indent(layout.join("\n"))}\n};`] : []),
    ...(mode === undefined || isSet("performanceMode") ? [] : [`performanceMode = ${quote(mode)};`]),
    ...(noCow.length === 0 || isSet("noCow")
      ? []
      : [
          `# For new files: docs/server.md says how to convert those that are there.\nnoCow = ${list(noCow.map(quote))};`,
        ]),
    ...(monitoring && !isSet("monitoring", "enable") ? ["monitoring.enable = true;"] : []),
  ];
}

/** An entry, behind a comment that says what it is for. */
function entry({ path, user, group, mode, because }: KeptPath): string {
  const said = Object.entries({ user, group, mode }).filter(
    ([key, value]) => value !== undefined && value !== (key === "mode" ? "0755" : "root"),
  );
  const comment = because === undefined ? "" : `# ${because.replace(/\.enable$/, "")}\n`;
  if (said.length === 0) return `${comment}${quote(path)}`;
  const lines = [["directory", path], ...said].map(([key, value]) => `${key} = ${quote(String(value))};`);
  return `${comment}{\n${indent(lines.join("\n"))}\n}`;
}

function snapshotPolicy({ answers, shape, sources, isSet }: HostFile): string[] {
  const { snapshots } = answers;
  const target = [
    ...(snapshots === undefined || isSet("snapshotPolicy", "backend")
      ? []
      : [`snapshotPolicy.backend = ${quote(snapshots)};`]),
    ...(shape.snapshots === "/.snapshots" ? [] : [`snapshotPolicy.target = ${quote(shape.snapshots)};`]),
  ];
  const [only, ...more] = sources;
  const isDefault = only?.name === "persist" && more.length === 0;
  if (isDefault || isSet("snapshotPolicy", "sources")) return target;
  const lines = sources.map(({ name, path, isCritical }) =>
    isCritical
      ? `${attributeName(name)}.path = ${quote(path)};`
      : `${attributeName(name)} = {\n  path = ${quote(path)};\n  critical = false;\n};`,
  );
  return [...target, `snapshotPolicy.sources = {\n${indent(lines.join("\n"))}\n};`];
}

function mounts({ mounts: all, shape }: HostFile): string[] {
  const device = shape.root?.device.known ? quote(shape.root.device.value) : 'config.fileSystems."/".device';
  return all.map(
    ({ mountpoint, options }) =>
      `fileSystems.${attributeName(mountpoint)} = {\n${indent(
        `device = ${device};\nfsType = "btrfs";\noptions = ${list(options.map(quote))};`,
      )}\n};`,
  );
}

/** A list: one element on the line of its brackets, more below each other. */
function list(elements: readonly string[]): string {
  if (elements.length === 0) return "[ ]";
  const line = `[ ${elements.join(" ")} ]`;
  if (elements.length === 1 && !line.includes("\n") && line.length <= 60) return line;
  return `[\n${indent(elements.join("\n"))}\n]`;
}

function indent(text: string): string {
  return text
    .split("\n")
    .map((line) => (line === "" ? line : `  ${line}`))
    .join("\n");
}
