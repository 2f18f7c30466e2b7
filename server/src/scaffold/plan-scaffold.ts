import { mergeEdits } from "../edits/combine-plans.ts";
import { insertSubvolume } from "../edits/disko-edit.ts";
import type { FileEdits } from "../edits/option-edit.ts";
import { applyEdits } from "../edits/text-edit.ts";
import { pathFrom } from "../eval/path-name.ts";
import type { Host } from "../host/host.ts";
import { readInitrdHooks, usesSystemdInitrd } from "../host/initrd.ts";
import type { CheckedHost } from "../ide/analysis.ts";
import { documentModules } from "./document-modules.ts";
import { hostFileText } from "./host-file.ts";
import { type HostShape, hostShape } from "./host-shape.ts";
import { importModule } from "./import-edits.ts";
import { keptState } from "./kept-state.ts";
import { moduleTexts } from "./module-texts.ts";
import { type ModuleUse, persistenceModule, useModules } from "./module-use.ts";
import { keyOf, repaired, textOf } from "./repaired.ts";
import { type PlannedFile, type ScaffoldPlan, ScaffoldRefusal, type ScaffoldRequest, type Trial } from "./request.ts";
import { snapshotSources } from "./snapshot-sources.ts";

/** The name of the module that a host gets of its own. */
const HOST_FILE = "server-impermanence.nix";

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
  const uses = useModules(request, checked, [module, ...(laysOut ? ["disko"] : [])]);
  const folder = `${request.root}/${answers.folder}`;
  const texts = new Map<string, string>(moduleFilesFor(request, folder));
  const layout = layoutEdits(host, shape, program);
  const scripted = staysScripted(host, module);
  const here = pathFrom(own.path, folder);
  const kept = keptState(host, shape, ["/var/log"]);
  texts.set(
    own.path,
    hostFileText({
      shape,
      kept,
      answers,
      takesInputs: uses.expressions.length > 0,
      imports: [
        here,
        `${here}/with-${module}.nix`,
        ...(laysOut ? [`${here}/with-disko.nix`] : []),
        ...(scripted ? [`${here}/scripted-stage-1.nix`] : []),
        ...uses.expressions,
      ],
      excludePaths: [...new Set([...shape.ownFileSystems.filter(isData), "/var/log"])].sort(),
      setsHostKeys: host.config.at("services", "openssh", "hostKeys").isDefined() === false,
      setsSystemdInitrd: !scripted && usesSystemdInitrd(host.config, host.release).answer !== "yes",
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
  needWipe(trial);
  return {
    files: planned(request, texts),
    notes: [...notesFor(shape, uses, layout !== undefined), ...sharedNotes(layout, others)],
    left: trial.findings.filter(({ severity }) => severity === "error" || severity === "warning"),
  };
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

/** The host that the answers name. */
export function hostNamed({ answers, hosts }: ScaffoldRequest): CheckedHost {
  const [checked, ...more] = hosts.filter(({ host }) => host.name === answers.host);
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
      "Give another folder with --folder, or remove the old one when nothing uses it.",
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

function isData(path: string): boolean {
  return !/^\/(boot|efi)(\/|$)/.test(path);
}

function mountOptions({ root, rootSubvolume }: HostShape, name: string): string[] {
  const style = rootSubvolume.startsWith("@") ? "@" : "";
  const others = (root?.options ?? []).map(({ text }) => text).filter((text) => !/^(subvol|subvolid)=/.test(text));
  return [`subvol=${style}${name}`, ...new Set(others.filter((text) => text !== "defaults" && !text.startsWith("x-")))];
}

function needWipe({ checked }: Trial): void {
  if (!("host" in checked)) throw new ScaffoldRefusal(`the result could not be checked, because ${checked.why}`);
  const { ephemeralRoot } = checked.host;
  if (ephemeralRoot.kind === "rollback") return;
  const why = ephemeralRoot.kind === "unknown" ? ephemeralRoot.why : "something in the host keeps the modules from it";
  throw new ScaffoldRefusal(`the result would not be known to wipe its root: ${why}`);
}

function planned(request: ScaffoldRequest, texts: ReadonlyMap<string, string>): Map<string, PlannedFile> {
  const files = [...texts].map(([path, after]): [string, PlannedFile] => [path, { before: request.text(path), after }]);
  const changed = files.filter(([, { before, after }]) => before !== after);
  // What a reader has to judge comes first: changes, then the host's own module, then files that are always the same.
  const rank = ([path, { before }]: [string, PlannedFile]) =>
    before !== undefined ? 0 : path.endsWith(`/${HOST_FILE}`) ? 1 : 2;
  return new Map(changed.sort((a, b) => rank(a) - rank(b)));
}

function notesFor(shape: HostShape, uses: ModuleUse, isDisko: boolean): string[] {
  const { missing, root, store } = shape;
  const device = root?.device.known ? root.device.value : "DEVICE";
  const style = shape.rootSubvolume.startsWith("@") ? "@" : "";
  const create = missing.map(({ name }) => `btrfs subvolume create /mnt/${style}${name}`).join(" && ");
  return [
    ...(missing.length > 0
      ? [
          `${isDisko ? "disko makes subvolumes on an empty disk only. " : ""}On a host that runs already, make the new ones before you switch: mount -o subvolid=5 ${device} /mnt && ${create}`,
        ]
      : []),
    `The first boot after the switch starts with a fresh root. Copy what is listed in ${HOST_FILE} to ${store} before: what is not there is in the archive of old roots, and nowhere else.`,
    ...uses.notes,
  ];
}

/** Edits of files that make up other hosts, too. */
function sharedNotes(edits: FileEdits | undefined, others: readonly CheckedHost[]): string[] {
  return [...(edits?.keys() ?? [])].flatMap((file) => {
    const names = others.filter(({ files }) => files.has(file)).map(({ host }) => `\`${host.name}\``);
    return names.length > 0 ? [`\`${file}\` is shared: ${names.join(", ")} gets the new subvolumes, too.`] : [];
  });
}
