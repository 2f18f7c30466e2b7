import { offer } from "../../edits/fix-plan.ts";
import type { FileEdits } from "../../edits/option-edit.ts";
import { parentPath, pathFrom } from "../../eval/path-name.ts";
import { normalise } from "../../host/paths.ts";
import type { ModuleProblem } from "../../modules/option-node.ts";
import { madeOnTheMachine } from "../reading/made-on-the-machine.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** An import of a file that does not exist stops the whole evaluation. */
export const missingImport = defineRule({
  code: "IMP010",
  name: "missing-import",
  group: "modules",
  severity: "error",
  since: "0.1.0",

  check(context) {
    for (const problem of context.host.problems) {
      if (problem.kind !== "missing-import") continue;
      const path = problem.replacement ? importPath(problem) : ofOwnFolder(context, problem);
      const made = path || !problem.missing ? undefined : madeOnTheMachine(context.host, problem.missing);
      const isForLater = isInTemplate(context, problem);
      context.report({
        at: problem.place,
        severity: isForLater || made ? "information" : "error",
        message: [problem.message, problem.recovery, made && `${made}.`].filter(Boolean).join(" "),
        help: path
          ? `Did you mean ${path}?`
          : made
            ? "Nothing to do where the file is made before the first build. A flake sees it only when git knows it: git add --intent-to-add."
            : isForLater
              ? "Nothing to do where whoever takes this example makes the file, such as the hardware of the machine."
              : "Correct the path, or remove the import. A file that git does not track does not exist for a flake.",
        fixes: () =>
          path
            ? offer(rewrite(context, problem, path), { title: `Import ${path}`, safety: "unsafe", preferred: true })
            : [],
      });
    }
  },
});

/**
 * Whether the import stands in a template or an example of a flake, which somebody completes before it is built. Who checks
 * the example alone wants to know.
 */
function isInTemplate({ host }: RuleContext, { place }: ModuleProblem): boolean {
  const around = place && /^(.*?)\/(templates?|examples?)\//.exec(place.file)?.[1];
  return around !== undefined && host.beside(`${around}/flake.nix`).state === "read";
}

/**
 * The same file in a folder that is called like the host, where the one that is named is not there: hosts are renamed, and
 * what imports their files is forgotten.
 */
function ofOwnFolder({ host, program }: RuleContext, { place }: ModuleProblem): string | undefined {
  const written = place && program(place.file)?.text.slice(place.start, place.end);
  if (!place || !written || !/^\.{1,2}\/[A-Za-z0-9._+/-]*$/.test(written)) return undefined;
  const names = [host.name, ...(host.hostName.known ? [host.hostName.value] : [])].filter((name) =>
    /^[\w-]+$/.test(name),
  );
  const parts = written.split("/");
  for (const name of names) {
    for (let at = parts.length - 1; at > 0; at--) {
      const folder = parts[at] ?? "";
      if (folder.startsWith(".") || folder === name || (at === parts.length - 1 && folder.includes("."))) continue;
      const path = parts.with(at, name).join("/");
      const found = normalise(`${parentPath(place.file)}/${path}`);
      const file = found.endsWith(".nix") ? found : `${found}/default.nix`;
      if (host.beside(file).state === "read") return path;
    }
  }
  return undefined;
}

/** The replacement as the importing file names it; undefined when the language has no literal for such a path. */
function importPath({ place, replacement }: ModuleProblem): string | undefined {
  const path = place && replacement && pathFrom(place.file, replacement);
  return path && /^[A-Za-z0-9._+/-]+$/.test(path) ? path : undefined;
}

function rewrite(context: RuleContext, { place }: ModuleProblem, path: string): FileEdits | undefined {
  const program = place && context.program(place.file);
  if (!program || !/^\.{1,2}\/[^\s;${}]*$/.test(program.text.slice(place.start, place.end))) return undefined;
  return new Map([[program.path, [{ start: place.start, end: place.end, text: path }]]]);
}
