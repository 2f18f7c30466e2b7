import type { ModuleProblem } from "../../modules/option-node.ts";
import { strangeFileSystemNames } from "../reading/filesystem-options.ts";
import { mayBeSetByOwnModules, mayBeSetElsewhere } from "../reading/unread-modules.ts";
import { defineRule } from "../rule.ts";

/** What the module system would refuse, apart from imports: wrong types, conflicting values, failing code. */
export const moduleProblem = defineRule({
  code: "IMP011",
  name: "module-problem",
  group: "modules",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    // The list is made anew whenever it is asked for.
    const { problems } = host;
    const strange = strangeFileSystemNames(host);
    if (problems.length + strange.length === 0) return;
    // What a module that cannot be read declares, sets or hands over may be what seems to be missing.
    const isSure = !mayBeSetElsewhere(host);
    const say = (at: ModuleProblem["place"], text: string, help: string | undefined) =>
      report({
        ...{ at, help, message: isSure ? text : `${text} Modules of this host that cannot be read may see to it.` },
        ...(isSure ? {} : { severity: "warning" }),
      });
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
      const text = `\`${first?.path.join(".")}\` and ${others}. ${CONSEQUENCES["unknown-option"]}`;
      say(first?.place, text, first?.recovery);
    }
    for (const { path, meant, place } of strange.length > FEW ? strange.slice(0, 1) : strange) {
      const name = `\`${optionText(path)}\``;
      const which =
        strange.length > FEW
          ? `${name} and ${strange.length - 1} others of filesystems are no options`
          : `${name} is not an option`;
      report({
        at: place,
        message: `${which} that exist${strange.length > FEW ? "" : "s"} here. ${CONSEQUENCES["unknown-option"]}`,
        help: `NixOS calls it \`${meant}\`.`,
        ...(mayBeSetByOwnModules(host) ? { severity: "warning" } : {}),
      });
    }
    const said = new Set(grouped.flat());
    for (const problem of problems) {
      if (said.has(problem)) continue;
      const consequence = CONSEQUENCES[problem.kind];
      if (consequence === undefined || isSpokenOfElsewhere(problem)) continue;
      const text = `${subject(problem)}${problem.message.replace(/\.?$/, ".")} ${consequence}`;
      say(problem.place, text, problem.recovery);
    }
  },
});

function optionText(path: readonly string[]): string {
  return path.map((name) => (/^[\w-]+$/.test(name) ? name : `"${name}"`)).join(".");
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
  const name = path.join(".");
  return name === "" || message.includes(name) ? "" : `\`${name}\`: `;
}

/** The rules about disko say more of its subvolumes. */
function isSpokenOfElsewhere({ path }: ModuleProblem): boolean {
  return path[0] === "disko";
}
