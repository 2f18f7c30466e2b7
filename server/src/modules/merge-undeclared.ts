import { Cell, look, NixAttrs, NixList, Unknown, type Value } from "../eval/value.ts";
import { joinDefinitions } from "./basic-types.ts";
import { mergeLists } from "./merge-collection.ts";
import { mergeEqual } from "./merge-scalar.ts";
import type { Definition } from "./option-node.ts";
import type { MergeContext } from "./option-type.ts";

/** What an option without a known type makes of its definitions: lists join, texts join by lines, the rest must agree. */
export function mergeUndeclared(given: readonly Definition[], context: MergeContext): Value {
  const definitions = sameShape(given);
  const values = definitions.map((definition) => look(definition.cell));
  if (values.some((value) => value instanceof NixList)) return mergeLists(definitions, undefined, context);
  const texts = values.every((value) => typeof value === "string" || (value instanceof Unknown && value.partial));
  if (texts && definitions.length > 1 && !allSame(values)) return joinDefinitions(definitions, "\n");
  if (values.every((value) => value instanceof NixAttrs) && definitions.length > 1) {
    return definitions[0]?.cell.force() as Value;
  }
  return mergeEqual(definitions, { ...context, report: () => undefined });
}

/** Without the doubtful definitions that certain ones of another shape exclude: both together could not be built. */
function sameShape(definitions: readonly Definition[]): readonly Definition[] {
  const isList = ({ cell }: Definition) => look(cell) instanceof NixList;
  const isOther = ({ cell }: Definition) => !(look(cell) instanceof NixList || look(cell) instanceof Unknown);
  if (!definitions.some(isList) || !definitions.some(isOther)) return definitions;
  const isCertain = ({ condition }: Definition) => condition === true;
  if (definitions.some((one) => isList(one) && isCertain(one))) return definitions;
  if (definitions.some((one) => isOther(one) && isCertain(one))) return definitions.filter((one) => !isList(one));
  const { condition, ...first } = definitions[0] as Definition;
  return [{ ...first, condition, cell: Cell.of(condition as Unknown) }];
}

function allSame(values: readonly Value[]): boolean {
  return values.every((value) => typeof value === "string" && value === values[0]);
}
