import { setAttribute } from "../edits/attrs-edit.ts";
import { mergeEdits } from "../edits/combine-plans.ts";
import { expressionAt } from "../edits/locate.ts";
import type { FileEdits } from "../edits/option-edit.ts";
import { replaceStringAt } from "../edits/place-edit.ts";
import { applyEdits } from "../edits/text-edit.ts";
import type { Host } from "../host/host.ts";
import { readString } from "../host/read-values.ts";
import { suggestCalendar } from "../shell/suggest-calendar.ts";
import { documentModules, withoutImports } from "./document-modules.ts";
import { hostNamed, planScaffold } from "./plan-scaffold.ts";
import { repaired } from "./repaired.ts";
import { type PlannedFile, type ScaffoldPlan, ScaffoldRefusal, type ScaffoldRequest } from "./request.ts";

/** What every subvolume gets: btrfs takes the options of a filesystem from whichever is mounted first. */
const MOUNT_OPTIONS = '[\n  "compress=zstd:1"\n  "noatime"\n]';

/**
 * Plans the way of a host with the modules of the documents to the corrected ones: it stops importing the old modules,
 * its disk layout becomes one that disko takes, its settings stay, and the rest is that of a new scaffold. The old
 * modules are left where they are, as other hosts may use them.
 *
 * @throws ScaffoldRefusal when the host has no such modules, or the corrected ones do not fit it
 */
export function planMigration(request: ScaffoldRequest): ScaffoldPlan {
  const checked = hostNamed(request);
  const programs = [...checked.files].flatMap((file) => request.program(file) ?? []);
  const modules = documentModules(programs);
  if (modules.length === 0) {
    throw new ScaffoldRefusal(
      "no module of this host declares `pantherOS.serverImpermanence` in the way of the documents",
      "For a host without any of it, use scaffold.",
    );
  }
  const texts = new Map<string, string>();
  const apply = (edits: FileEdits | undefined) => {
    for (const [file, changes] of edits ?? []) {
      texts.set(file, applyEdits(texts.get(file) ?? request.text(file) ?? "", changes));
    }
  };
  apply(mergeEdits(withoutImports(programs, modules), calendarEdits(checked.host, request)));
  const repairedOnce = repaired(request, texts, new Set());
  if (!("host" in repairedOnce.checked)) {
    throw new ScaffoldRefusal(
      `the host without the old modules could not be read, because ${repairedOnce.checked.why}`,
    );
  }
  apply(oneSetOfOptions(repairedOnce.checked.host, repairedOnce.program));
  const base = request.trial(texts);
  if (!("host" in base.checked)) throw new ScaffoldRefusal(`the host could not be read, because ${base.checked.why}`);
  const from = base.checked;
  const plan = planScaffold({
    ...request,
    answers: { ...request.answers, noCow: [...(request.answers.noCow ?? []), ...withoutCow(checked.host)] },
    hosts: request.hosts.map((other) => (other === checked ? from : other)),
    text: (path) => texts.get(path) ?? request.text(path),
    program: (path) => base.program(path),
    trial: (more) => request.trial(new Map([...texts, ...more])),
  });
  return { ...plan, files: joined(request, texts, plan), notes: [...plan.notes, leftBehind(request, modules)] };
}

/** A time span in the place of a calendar expression means one that elapses as often. */
function calendarEdits(host: Host, request: ScaffoldRequest): FileEdits | undefined {
  const frequency = readString(host.config.at("pantherOS", "serverImpermanence", "snapshotPolicy", "frequency"));
  const calendar = frequency?.known ? suggestCalendar(frequency.value)?.calendar : undefined;
  if (!frequency?.known || calendar === undefined) return undefined;
  return replaceStringAt({ host, program: (path) => request.program(path) }, frequency.place, calendar);
}

/** What was meant by nodatacow, which as a mount option of one subvolume has no effect. What no reboot keeps is left out. */
function withoutCow(host: Host): string[] {
  return host.fileSystems
    .filter(({ options }) => options.some(({ text }) => text === "nodatacow"))
    .map(({ mountpoint }) => mountpoint)
    .filter((mountpoint) => !["/", "/tmp", "/var/tmp", "/var/cache"].includes(mountpoint));
}

function oneSetOfOptions(host: Host, program: ScaffoldRequest["program"]): FileEdits {
  const parts = host.layouts
    .filter(({ fsType }) => fsType === "btrfs")
    .flatMap(({ subvolumes }) => subvolumes)
    .map(({ body, mountpoint }): FileEdits | undefined => {
      const file = body && program(body.file);
      const set = file && expressionAt(file, body);
      if (!file || set?.kind !== "attrs" || !mountpoint.known || mountpoint.value === null) return undefined;
      const edits = setAttribute(
        file,
        set,
        ["mountOptions"],
        MOUNT_OPTIONS.replaceAll("\n", " ").replace(/ {2,}/g, " "),
      );
      return edits && new Map([[file.path, edits]]);
    });
  return mergeEdits(...parts);
}

function joined(
  request: ScaffoldRequest,
  texts: ReadonlyMap<string, string>,
  plan: ScaffoldPlan,
): Map<string, PlannedFile> {
  const all = new Map(
    [...texts].map(([path, after]): [string, PlannedFile] => [path, { before: request.text(path), after }]),
  );
  for (const [path, { after }] of plan.files) all.set(path, { before: request.text(path), after });
  return new Map([...all].filter(([, { before, after }]) => before !== after));
}

function leftBehind(request: ScaffoldRequest, modules: readonly { readonly path: string }[]): string {
  const names = modules.map(({ path }) => path.slice(request.root.length + 1)).sort();
  return `This host no longer imports ${names.join(", ")}. Delete them when no other host does.`;
}
