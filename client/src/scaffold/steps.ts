import * as vscode from "vscode";
import type { HostSummary, ScaffoldParams } from "../../../server/src/protocol.ts";

/** The person went one step back, or left. */
type Left = "back" | "cancel";

interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T;
}

const TITLE = "Scaffold Server Modules";
const FOLDER = "modules/server-impermanence";
/** Below the project, without a way out of it. */
const PATH = /^[\w@.-]+(\/[\w@.-]+)*$/;

const TASKS: readonly Choice<ScaffoldParams["task"]>[] = [
  {
    label: "New modules",
    detail: "For a host whose root is a btrfs subvolume that nothing wipes yet",
    value: "scaffold",
  },
  {
    label: "Migrate",
    detail: "From modules that declare pantherOS.serverImpermanence as the documents have it",
    value: "migrate",
  },
];

const PERSISTENCE: readonly Choice<NonNullable<ScaffoldParams["persistence"]> | undefined>[] = [
  { label: "What the host has", detail: "Else impermanence", value: undefined },
  { label: "impermanence", detail: "nix-community/impermanence", value: "impermanence" },
  { label: "preservation", detail: "nix-community/preservation, with systemd in the initrd", value: "preservation" },
];

/** Asks which host, what for, what persists and where the modules go. Undefined when the person leaves. */
export async function askSteps(hosts: readonly HostSummary[]): Promise<ScaffoldParams | undefined> {
  const hostItems = hosts.map((host) => ({ label: host.name, description: `Root: ${host.root}`, value: host.name }));
  const answers = { host: hosts[0]!.name, task: TASKS[0]!.value, persistence: PERSISTENCE[0]!.value, folder: FOLDER };
  const steps: ((step: number) => Promise<Left | undefined>)[] = [
    async (step) =>
      keep(await pick(step, "Which host?", hostItems), (value) => {
        answers.host = value;
      }),
    async (step) =>
      keep(await pick(step, `What does ${answers.host} need?`, TASKS), (value) => {
        answers.task = value;
      }),
    async (step) =>
      keep(await pick(step, "What persists?", PERSISTENCE), (value) => {
        answers.persistence = value;
      }),
    async (step) =>
      keep(await askFolder(step, answers.folder), (value) => {
        answers.folder = value;
      }),
  ];
  for (let at = 0; at < steps.length; ) {
    const left = await steps[at]!(at + 1);
    if (left === "cancel" || (left === "back" && at === 0)) return undefined;
    at += left === "back" ? -1 : 1;
  }
  const { persistence, ...rest } = answers;
  return persistence === undefined ? rest : { ...rest, persistence };
}

const STEPS = 4;

function keep<T>(answer: { readonly value: T } | Left, store: (value: T) => void): Left | undefined {
  if (typeof answer === "string") return answer;
  store(answer.value);
  return undefined;
}

function pick<T>(step: number, placeholder: string, items: readonly Choice<T>[]): Promise<Choice<T> | Left> {
  const input = vscode.window.createQuickPick<Choice<T>>();
  input.items = items;
  input.placeholder = placeholder;
  return shown(input, step, () => input.selectedItems[0]);
}

function askFolder(step: number, value: string): Promise<{ readonly value: string } | Left> {
  const input = vscode.window.createInputBox();
  input.value = value;
  input.prompt = "Where the modules go, from the root of the project";
  input.onDidChangeValue((text) => {
    input.validationMessage = isFolder(text) ? undefined : "A folder below the project, such as modules/server";
  });
  return shown(input, step, () => (isFolder(input.value) ? { value: input.value } : undefined));
}

function isFolder(text: string): boolean {
  return PATH.test(text) && !text.split("/").includes("..");
}

/** Shows one step until it is answered or left; an answer that is not there yet keeps it open. */
function shown<
  I extends vscode.QuickInput & {
    readonly onDidAccept: vscode.Event<void>;
    buttons: readonly vscode.QuickInputButton[];
    readonly onDidTriggerButton: vscode.Event<vscode.QuickInputButton>;
  },
  R,
>(input: I, step: number, answer: () => R | undefined): Promise<R | Left> {
  input.title = TITLE;
  input.step = step;
  input.totalSteps = STEPS;
  input.ignoreFocusOut = true;
  if (step > 1) input.buttons = [vscode.QuickInputButtons.Back];
  return new Promise<R | Left>((resolve) => {
    input.onDidAccept(() => {
      const given = answer();
      if (given !== undefined) resolve(given);
    });
    input.onDidTriggerButton(() => resolve("back"));
    input.onDidHide(() => resolve("cancel"));
    input.show();
  }).finally(() => input.dispose());
}
