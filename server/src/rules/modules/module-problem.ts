import { type FixPlan, offer } from "../../edits/fix-plan.ts";
import { replaceTextAt } from "../../edits/place-edit.ts";
import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { type ModuleProblem, optionText } from "../../modules/option-node.ts";
import { undefinedNames } from "../../syntax/undefined-names.ts";
import { strangeFileSystemNames } from "../reading/filesystem-options.ts";
import { strangeStoreNames } from "../reading/store-names.ts";
import { unknownPersons } from "../reading/unknown-persons.ts";
import { mayBeSetByOwnModules, mayBeSetElsewhere } from "../reading/unread-modules.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** What the module system would refuse, apart from imports: wrong types, conflicting values, failing code. */
export const moduleProblem = defineRule({
  code: "IMP011",
  name: "module-problem",
  group: "modules",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host, program, report } = context;
    // The list is made anew whenever it is asked for.
    const { problems } = host;
    const strange = [...strangeFileSystemNames(host), ...strangeStoreNames(host)];
    sayUnknownPersons(context);
    if (problems.length + strange.length === 0) return;
    // What a module that cannot be read declares, sets or hands over may be what seems to be missing.
    const failures = problems.filter(({ kind, path }) => kind === "evaluation" && path.length > 0);
    const isSure = !mayBeSetElsewhere(host, new Set(failures.map(({ message }) => message)));
    const say = ({ kind, place: at, related, recovery: help }: ModuleProblem, text: string) => {
      // No module makes a value fit another type.
      const message =
        isSure || kind === "wrong-type" ? text : `${text} Modules of this host that cannot be read may see to it.`;
      report({
        at,
        help,
        related: related ? [related] : [],
        message,
        ...(message === text ? {} : { severity: "warning" }),
      });
    };
    const missing = new Map<string, ModuleProblem[]>();
    for (const problem of problems) {
      if (problem.kind === "unknown-option" && !isSpokenOfElsewhere(problem)) {
        const at = `${problem.path.slice(0, -1).join(".")} ${problem.place?.file} ${problem.place?.start}`;
        missing.set(at, [...(missing.get(at) ?? []), problem]);
      }
    }
    const grouped = [...missing.values()].filter((group) => group.length > FEW);
    for (const group of grouped) {
      const [first] = group;
      const others = `${group.length - 1} others beside it are not options that exist here`;
      if (first) say(first, `\`${first.path.join(".")}\` and ${others}. ${CONSEQUENCES["unknown-option"]}`);
    }
    for (const { path, meant, owner, place } of strange.length > FEW ? strange.slice(0, 1) : strange) {
      const name = `\`${optionText(path)}\``;
      const which =
        strange.length > FEW
          ? `${name} and ${strange.length - 1} others of filesystems or stores are no options`
          : `${name} is not an option`;
      report({
        at: place,
        message: `${which} that exist${strange.length > FEW ? "" : "s"} here. ${CONSEQUENCES["unknown-option"]}`,
        help: meant === undefined ? `It is an option of ${owner}: remove it.` : `It is called \`${meant}\`.`,
        ...(mayBeDeclared(host, isOfStore(path)) ? { severity: "warning" } : {}),
      });
    }
    const said = new Set(grouped.flat());
    for (const problem of problems) {
      if (problem.meant === undefined || said.has(problem) || strange.some(({ place }) => isSame(place, problem.place)))
        continue;
      said.add(problem);
      sayMisspelt(context, problem, problem.meant, isSure);
    }
    for (const problem of problems) {
      if (said.has(problem)) continue;
      const consequence = CONSEQUENCES[problem.kind];
      if (consequence === undefined || isSpokenOfElsewhere(problem)) continue;
      // Code of an option may need what a module that cannot be read sets.
      if (!isSure && failures.includes(problem)) continue;
      if (isUndefinedName(problem, program)) continue;
      const text = `${subject(problem)}${problem.message.replace(/\.?$/, ".")} ${consequence}`;
      say(problem, text);
    }
  },
});

/** An option that nobody in sight declares, called nearly as one of NixOS's. */
function sayMisspelt(context: RuleContext, problem: ModuleProblem, meant: readonly string[], isSure: boolean): void {
  const { path, place: at, recovery: help } = problem;
  const store = meant.join(".") === "environment.persistence" ? " Nothing that it lists is persisted." : "";
  const doubt = isSure ? "" : " A module of this host that cannot be read may declare it.";
  // Others mostly declare groups of their own, and hardly ever options among those of a service of NixOS.
  const isOwnGroup = path.length < 3 && store === "";
  const severity = isOwnGroup ? "information" : "warning";
  context.report({
    at,
    help,
    message: `${problem.message} ${CONSEQUENCES["unknown-option"]}${store}${doubt}`,
    ...(isSure ? {} : { severity }),
    fixes: () => renamed(context, problem, meant),
  });
}

/** Gives the option the name that was meant, where nothing has it yet. */
function renamed(context: RuleContext, { path, place }: ModuleProblem, meant: readonly string[]): readonly FixPlan[] {
  const [name, other] = [path.at(-1), meant.at(-1)];
  const isHere = path.length === meant.length && path.slice(0, -1).every((part, index) => part === meant[index]);
  if (name === undefined || other === undefined || !isHere) return [];
  if (path.length > 1 && context.host.config.at(...meant).isDefined() !== false) return [];
  return offer(replaceTextAt(context, place, name, other), {
    title: `Rename it to \`${other}\``,
    safety: "unsafe",
  });
}

function isSame(a: Place | undefined, b: Place | undefined): boolean {
  return a !== undefined && a.file === b?.file && a.start === b.start;
}

/** The module looks up the group of each person in the accounts of the host. */
function sayUnknownPersons({ host, report }: RuleContext): void {
  for (const { path, name, meant, place } of unknownPersons(host)) {
    report({
      at: place,
      message: `\`${optionText(path)}\` is of an account that this host does not have. impermanence looks up its group, and the evaluation ends with "attribute '${name}' missing".`,
      help:
        meant === undefined
          ? `Declare users.users.${name}, or remove what is kept of it.`
          : `Did you mean \`${meant}\`?`,
    });
  }
}

/**
 * Whether a module that cannot be read may declare the name. What is not known of the host because of the name itself is no
 * doubt about it: the options of stores are those of two modules.
 */
function mayBeDeclared(host: Host, ofStore: boolean): boolean {
  return ofStore ? host.opaque.some(({ known }) => !known) : mayBeSetByOwnModules(host);
}

function isOfStore([top]: readonly string[]): boolean {
  return top === "environment" || top === "preservation";
}

/** Code that sets many options at once says them all wrong for one reason. */
const FEW = 3;

const CONSEQUENCES: Readonly<Partial<Record<ModuleProblem["kind"], string>>> = {
  "unknown-option": "NixOS refuses to evaluate options that nobody declares.",
  "wrong-type": "NixOS refuses to evaluate a value of the wrong type.",
  conflict: "NixOS refuses to choose between two values of the same priority.",
  evaluation: "The configuration cannot be evaluated as far as it needs this value.",
  recursion: "The configuration cannot be evaluated as far as it needs this value.",
};

/** Names the option where the message does not. */
function subject({ path, message }: ModuleProblem): string {
  const name = optionText(path);
  return name === "" || message.includes(name) ? "" : `\`${name}\`: `;
}

/** Said of the file itself (IMP001). */
function isUndefinedName({ kind, place }: ModuleProblem, program: RuleContext["program"]): boolean {
  const file = kind === "evaluation" && place ? program(place.file) : undefined;
  return file !== undefined && undefinedNames(file).some(({ start }) => start === place?.start);
}

/** The rules about disko say more of its subvolumes. */
function isSpokenOfElsewhere({ path }: ModuleProblem): boolean {
  return path[0] === "disko";
}
