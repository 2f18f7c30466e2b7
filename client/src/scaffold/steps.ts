import * as vscode from "vscode";
import type { HostSummary, ScaffoldParams } from "../../../server/src/protocol.ts";
import { askChoice, askText, type Choice, type Left } from "./step-input.ts";

/** Below the project, without a way out of it; the server looks again. */
const PATH = /^[\w@.+-]+(\/[\w@.+-]+)*$/;
const DISK = /^\/dev\/[\w./:+-]+$/;

const TASKS: readonly Choice<ScaffoldParams["task"]>[] = [
  {
    label: "New modules",
    detail: "For a host whose root is a btrfs subvolume that nothing wipes yet, or that has no filesystems yet",
    value: "scaffold",
  },
  {
    label: "Migrate",
    detail: "From modules that declare pantherOS.serverImpermanence as the documents have it",
    value: "migrate",
  },
];

const PERSISTENCE: readonly Choice<ScaffoldParams["persistence"]>[] = [
  { label: "What the host has", detail: "Else impermanence", value: undefined },
  { label: "impermanence", detail: "nix-community/impermanence", value: "impermanence" },
  { label: "preservation", detail: "nix-community/preservation, with systemd in the initrd", value: "preservation" },
];

const MODES: readonly Choice<ScaffoldParams["mode"]>[] = [
  { label: "Balanced", detail: "zstd at level 3; what the modules do when nobody says anything", value: undefined },
  { label: "For I/O", detail: "zstd at level 1, memory for databases and containers", value: "io-optimized" },
  { label: "For space", detail: "zstd at level 9 for all that compresses", value: "space-optimized" },
];

const SNAPSHOTS: readonly Choice<ScaffoldParams["snapshots"]>[] = [
  { label: "Scripts of these modules", detail: "Checked, on this disk", value: undefined },
  { label: "btrbk", detail: "Which can send them to other machines, too", value: "btrbk" },
];

const MONITORING: readonly Choice<boolean>[] = [
  { label: "Without", value: false },
  { label: "With metrics and alerts", detail: "For Prometheus, by its node exporter", value: true },
];

/** What a person has answered so far. */
export interface Answers {
  host: HostSummary;
  task: ScaffoldParams["task"];
  persistence: ScaffoldParams["persistence"];
  mode: ScaffoldParams["mode"];
  snapshots: ScaffoldParams["snapshots"];
  monitoring: boolean;
  disk: string;
  folder: string;
}

/** What is proposed at the first step of each kind. */
export function proposedAnswers(host: HostSummary): Answers {
  return {
    ...{ host, task: "scaffold", persistence: undefined, mode: undefined, snapshots: undefined },
    ...{ monitoring: false, disk: "", folder: "modules/server-impermanence" },
  };
}

/**
 * Asks what `nix-impermanence scaffold` takes as options, step by step, with a way back on which answers stay: they are
 * noted in `answers`, which proposes what to answer. Undefined when the person leaves.
 */
export async function askSteps(hosts: readonly HostSummary[], answers: Answers): Promise<ScaffoldParams | undefined> {
  for (let at = 0; ; ) {
    const steps = stepsFor(hosts, answers);
    const step = steps[at];
    if (!step) return paramsOf(answers);
    const left = await step({ step: at + 1, totalSteps: steps.length });
    if (left === "cancel" || (left === "back" && at === 0)) return undefined;
    at += left === "back" ? -1 : 1;
  }
}

interface Position {
  readonly step: number;
  readonly totalSteps: number;
}

/** The steps that are left to go depend on what was answered: a disk is laid out for a host that has none. */
function stepsFor(hosts: readonly HostSummary[], answers: Answers): ((at: Position) => Promise<Left | undefined>)[] {
  const choose =
    <K extends keyof Answers>(key: K, question: () => string, choices: readonly Choice<Answers[K]>[]) =>
    async (at: Position): Promise<Left | undefined> => {
      const given = await askChoice({ ...at, question: question() }, choices, answers[key]);
      if (typeof given === "string") return given;
      answers[key] = given.value;
      return undefined;
    };
  const write =
    (key: "disk" | "folder", question: string, why: (text: string) => string | undefined) =>
    async (at: Position): Promise<Left | undefined> => {
      const given = await askText({ ...at, question }, answers[key], why);
      if (typeof given === "string") return given;
      answers[key] = given.value;
      return undefined;
    };
  const name = () => answers.host.name;
  const laysOut = answers.task === "scaffold" && !answers.host.hasFileSystems;
  return [
    choose("host", () => "Which host?", hostChoices(hosts)),
    choose("task", () => `What does ${name()} need?`, TASKS),
    choose("persistence", () => "What persists?", PERSISTENCE),
    choose("mode", () => `What is ${name()} tuned for?`, MODES),
    choose("snapshots", () => "What takes snapshots?", SNAPSHOTS),
    choose("monitoring", () => "With metrics and alerts?", MONITORING),
    ...(laysOut
      ? [write("disk", `${name()} has no filesystems: the disk to lay out, which disko erases`, whyNoDisk)]
      : []),
    write("folder", "Where the modules go, from the root of the project", whyNoFolder),
  ];
}

function hostChoices(hosts: readonly HostSummary[]): Choice<HostSummary>[] {
  const isTwice = ({ name }: HostSummary) => hosts.filter((other) => other.name === name).length > 1;
  return hosts.map((host) => ({
    label: host.name,
    description: `Root: ${host.root}`,
    ...(isTwice(host) ? { detail: vscode.workspace.asRelativePath(vscode.Uri.parse(host.uri)) } : {}),
    value: host,
  }));
}

/** What was not answered is left out. */
function paramsOf({ host, task, folder, persistence, mode, snapshots, monitoring, disk }: Answers): ScaffoldParams {
  return {
    ...{ host: host.name, uri: host.uri, task, folder },
    ...(persistence === undefined ? {} : { persistence }),
    ...(mode === undefined ? {} : { mode }),
    ...(snapshots === undefined ? {} : { snapshots }),
    ...(monitoring ? { monitoring } : {}),
    ...(disk !== "" && task === "scaffold" && !host.hasFileSystems ? { disk } : {}),
  };
}

function whyNoFolder(text: string): string | undefined {
  const isFolder = PATH.test(text) && !text.split("/").some((part) => part === "." || part === "..");
  return isFolder ? undefined : "A folder below the project, such as modules/server";
}

function whyNoDisk(text: string): string | undefined {
  return DISK.test(text) ? undefined : "The path of a disk, such as /dev/disk/by-id/…";
}
