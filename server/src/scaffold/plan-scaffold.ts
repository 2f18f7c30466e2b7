import { mergeEdits } from "../edits/combine-plans.ts";
import { insertSubvolume } from "../edits/disko-edit.ts";
import type { FileEdits } from "../edits/option-edit.ts";
import { applyEdits } from "../edits/text-edit.ts";
import { isWithin, pathFrom } from "../eval/path-name.ts";
import type { Host } from "../host/host.ts";
import { readInitrdHooks, usesSystemdInitrd } from "../host/initrd.ts";
import { isAtOrBelow } from "../host/paths.ts";
import { readBoolean } from "../host/read-values.ts";
import type { CheckedHost } from "../ide/analysis.ts";
import { documentModules } from "./document-modules.ts";
import { hostFileText } from "./host-file.ts";
import { type HostShape, hostShape } from "./host-shape.ts";
import { importModule } from "./import-edits.ts";
import { keptState } from "./kept-state.ts";
import { moduleTexts } from "./module-texts.ts";
import { persistenceModule, useModules } from "./module-use.ts";
import { moveNotes } from "./move-notes.ts";
import { keyOf, repaired, textOf } from "./repaired.ts";
import {
  FolderRefusal,
  isMeant,
  type PlannedFile,
  type ScaffoldPlan,
  ScaffoldRefusal,
  type ScaffoldRequest,
  type Trial,
} from "./request.ts";
import { snapshotSources } from "./snapshot-sources.ts";

/** The name of the module that a host gets of its own, without its ending. */
const HOST_FILE = "server-impermanence";

/** What sshd is told to read in the store. */
const HOST_KEYS = ["/etc/ssh/ssh_host_ed25519_key", "/etc/ssh/ssh_host_ed25519_key.pub"];

const MODE_NOTE =
  "The mode sets sysctls; the mount options of your layout stay. For those of the mode give every subvolume of the filesystem what `pantherOS.serverImpermanence.mountOptions` says.";

/** The last release whose initrd may do without systemd. */
const LAST_SCRIPTED = "26.05";

/**
 * Plans the modules for servers for a host: their files, a module of the host's own with what was found in it, and what
 * has to change in files that are there. Nothing is written, and no file that is there is replaced. The plan was tried:
 * the host that it makes is known to have its root wiped.
 *
 * @throws ScaffoldRefusal when the modules do not fit the host, or it cannot be told whether they do
 */
export function planScaffold(request: ScaffoldRequest): ScaffoldPlan {
  const { answers, hosts } = request;
  const checked = hostNamed(request);
  const { host } = checked;
  needNoOther(request, checked);
  const shape = hostShape(host, answers.disk);
  const program = (path: string) => request.program(path);
  const others = hosts.filter((other) => other !== checked);
  const own = importModule({ checked, others, program }, HOST_FILE);
  if (request.text(own.path) !== undefined) {
    throw new ScaffoldRefusal(`\`${own.path}\` is there already`, "Rename it, or finish by hand what it began.");
  }
  const module = persistenceModule(request, checked);
  const laysOut = shape.root === undefined;
  const uses = useModules(request, checked, [module, ...(laysOut ? ["disko"] : [])], own.path);
  const folder = `${request.root}/${answers.folder}`;
  const texts = new Map<string, string>(moduleFilesFor(request, folder));
  if (![...checked.files].some((file) => isWithin(file, folder))) needUnread(request, folder, texts);
  const layout = layoutEdits(host, shape, program);
  const scripted = staysScripted(host, module);
  const setsHostKeys = host.config.at("services", "openssh", "hostKeys").isDefined() === false;
  const here = pathFrom(own.path, folder);
  const kept = keptState(host, shape, ["/var/log"]);
  texts.set(
    own.path,
    hostFileText({
      shape,
      kept,
      answers,
      takesInputs: uses.takesInputs,
      imports: [
        here,
        `${here}/with-${module}.nix`,
        ...(laysOut ? [`${here}/with-disko.nix`] : []),
        ...(scripted ? [`${here}/scripted-stage-1.nix`] : []),
        ...uses.expressions,
      ],
      excludePaths: ["/var/log"].filter(
        (path) => !isPersisted(host, path) && !shape.ownFileSystems.some((other) => isAtOrBelow(path, other)),
      ),
      persistsMachineId: !isPersisted(host, "/etc/machine-id"),
      setsHostKeys,
      setsSystemdInitrd: !scripted && !isSystemdInitrd(host),
      sources: snapshotSources(host, shape),
      isSet: (...path) => host.config.at("pantherOS", "serverImpermanence", ...path).isDefined() === true,
      mounts: layout
        ? []
        : shape.missing.map(({ name, mountpoint }) => ({ mountpoint, options: mountOptions(shape, name) })),
    }),
  );
  const edits = mergeEdits(own.edits, uses.edits, layout);
  for (const [file, changes] of edits) texts.set(file, applyEdits(textOf(request, file), changes));
  const before = new Set(checked.findings.map(keyOf));
  const trial = repaired(request, texts, before);
  const after = needWipe(trial);
  return {
    files: planned(request, texts, own.path),
    notes: [
      ...moveNotes({ shape, before: host, after, moved: setsHostKeys ? HOST_KEYS : [] }),
      ...uses.notes,
      ...(answers.mode !== undefined && !laysOut ? [MODE_NOTE] : []),
      ...sharedNotes(request, layout, others),
    ],
    left: trial.findings.filter(({ severity }) => severity === "error" || severity === "warning"),
  };
}

/** Whether the host persists a path by itself: twice, the persistence modules refuse it. */
function isPersisted(host: Host, path: string): boolean {
  return host.fateOf(path).persisted !== undefined;
}

/** Whether systemd runs the initrd, as far as the modules themselves can tell. */
function isSystemdInitrd({ config }: Host): boolean {
  const enable = readBoolean(config.at("boot", "initrd", "systemd", "enable"));
  return enable?.known === true && enable.value;
}

/** What tries to wipe the root in vain would go on trying. */
function needNoOther(request: ScaffoldRequest, { host, files }: CheckedHost): void {
  if (documentModules([...files].flatMap((file) => request.program(file) ?? [])).length > 0) {
    throw new ScaffoldRefusal("the host has modules of the same name as the documents have them", "Use migrate.");
  }
  const [attempt] = host.rollbacks;
  if (!attempt || host.ephemeralRoot.kind !== "none") return;
  throw new ScaffoldRefusal(
    `\`${attempt.option.join(".")}\` is meant to wipe a subvolume at boot already`,
    "Remove it first; `check` says why it does not work.",
  );
}

/** Some projects import every file below a folder, and not every file of these is a module. */
function needUnread(request: ScaffoldRequest, folder: string, texts: ReadonlyMap<string, string>): void {
  const { checked } = request.trial(texts);
  if (!("host" in checked) || ![...checked.files].some((file) => isWithin(file, folder))) return;
  throw new FolderRefusal(
    `the project imports what is in \`${request.answers.folder}\` by itself, and not every file there is a module`,
    "Give another folder for the modules.",
  );
}

/** The host that the answers name. */
export function hostNamed({ answers, hosts }: ScaffoldRequest): CheckedHost {
  const [checked, ...more] = hosts.filter((one) => isMeant(answers, one));
  if (!checked) throw new ScaffoldRefusal(`there is no host \`${answers.host}\``);
  if (more.length > 0) throw new ScaffoldRefusal(`there are several hosts \`${answers.host}\``);
  return checked;
}

/** The files of the modules that are not there yet. */
function moduleFilesFor(request: ScaffoldRequest, folder: string): [string, string][] {
  return Object.entries(moduleTexts).flatMap(([name, text]): [string, string][] => {
    const path = `${folder}/${name}`;
    const present = request.text(path);
    if (present === undefined) return [[path, text]];
    if (present === text) return [];
    throw new ScaffoldRefusal(
      `\`${path}\` is there already and says something else`,
      "Give another folder for the modules, or remove the old one when nothing uses it.",
    );
  });
}

/** New subvolumes in the disko layout of the root. Undefined when there is none that can be edited. */
function layoutEdits(host: Host, shape: HostShape, program: ScaffoldRequest["program"]): FileEdits | undefined {
  const { layout, missing } = shape;
  if (!layout) return undefined;
  const parts = missing.map((subvolume) => insertSubvolume({ host, program }, layout, subvolume));
  if (parts.some((part) => part === undefined)) {
    throw new ScaffoldRefusal(
      `the disko layout has no place where the subvolumes ${missing.map(({ name }) => `\`${name}\``).join(", ")} could be added`,
      "Add them by hand, with their mountpoints, and run this again.",
    );
  }
  return mergeEdits(...parts);
}

/** A host that still boots without systemd in its initrd, on a release that has that, keeps it so. */
function staysScripted(host: Host, module: string): boolean {
  if (module === "preservation" || usesSystemdInitrd(host.config, host.release).answer !== "no") return false;
  const { nixos } = host.release;
  if (nixos === undefined || nixos > LAST_SCRIPTED) return false;
  const isSaid = host.config.at("boot", "initrd", "systemd", "enable").isDefined() !== false;
  return isSaid || readInitrdHooks(host.config).list.length > 0;
}

function mountOptions({ root, rootSubvolume }: HostShape, name: string): string[] {
  const style = rootSubvolume.startsWith("@") ? "@" : "";
  const others = (root?.options ?? []).map(({ text }) => text).filter((text) => !/^(subvol|subvolid)=/.test(text));
  return [`subvol=${style}${name}`, ...new Set(others.filter((text) => text !== "defaults" && !text.startsWith("x-")))];
}

function needWipe({ checked }: Trial): Host {
  if (!("host" in checked)) throw new ScaffoldRefusal(`the result could not be checked, because ${checked.why}`);
  const { ephemeralRoot } = checked.host;
  if (ephemeralRoot.kind === "rollback") return checked.host;
  const why = ephemeralRoot.kind === "unknown" ? ephemeralRoot.why : "something in the host keeps the modules from it";
  throw new ScaffoldRefusal(`the result would not be known to wipe its root: ${why}`);
}

function planned(request: ScaffoldRequest, texts: ReadonlyMap<string, string>, own: string): Map<string, PlannedFile> {
  const files = [...texts].map(([path, after]): [string, PlannedFile] => [path, { before: request.text(path), after }]);
  const changed = files.filter(([, { before, after }]) => before !== after);
  // What a reader has to judge comes first: changes, then the host's own module, then files that are always the same.
  const rank = ([path, { before }]: [string, PlannedFile]) => (before !== undefined ? 0 : path === own ? 1 : 2);
  return new Map(changed.sort((a, b) => rank(a) - rank(b)));
}

/** Edits of files that make up other hosts, too. */
function sharedNotes(
  { root }: ScaffoldRequest,
  edits: FileEdits | undefined,
  others: readonly CheckedHost[],
): string[] {
  return [...(edits?.keys() ?? [])].flatMap((file) => {
    const names = others.filter(({ files }) => files.has(file)).map(({ host }) => `\`${host.name}\``);
    const shown = file.slice(root.length + 1);
    return names.length > 0
      ? [
          `\`${shown}\` is shared: ${names.join(", ")} ${names.length === 1 ? "gets" : "get"} the new subvolumes, too. Make them there as well before it is deployed: a host does not boot without what it mounts.`,
        ]
      : [];
  });
}
