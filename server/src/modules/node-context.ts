import { Cell, look, Unknown } from "../eval/value.ts";
import type { NodeOwner } from "./merge-node.ts";
import type { MergeContext } from "./option-type.ts";

/** The merge services of one path. */
export function nodeContext(owner: NodeOwner, path: readonly string[]): MergeContext {
  return {
    path,
    report: (problem) => owner.report({ ...problem, path }),
    submodule: (request) => owner.submodule(request),
    mergeInner: (type, innerPath, definitions) =>
      Cell.lazy(() => {
        const context = nodeContext(owner, innerPath);
        const fitting = definitions.filter((definition) => {
          if (type.check(look(definition.cell)) !== false) return true;
          if (definition.condition !== true) return false;
          context.report({
            kind: "wrong-type",
            place: definition.place,
            message: `\`${innerPath.join(".")}\` takes ${type.description}, but this is not one.`,
          });
          return false;
        });
        if (fitting.length === 0) return new Unknown("its value has the wrong type", definitions[0]?.place);
        return type.merge(fitting, context);
      }, definitions[0]?.cell.slot),
  };
}
