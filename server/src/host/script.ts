import { BUILT_IN, type Origin, type Place, placeOf, textPlace, textSegments, writtenFiles } from "../eval/origin.ts";
import { type Cell, HOLE, look, NixAttrs, NixList, register, Unknown, type Value } from "../eval/value.ts";
import type { OptionNode } from "../modules/option-node.ts";
import { FakePackage, runtimeInputsOf, WrittenText } from "../modules/packages.ts";
import type { Script } from "./host.ts";
import { memo } from "./memo.ts";
import { itemsOf, setAt } from "./read-values.ts";

/**
 * The script an option holds; a list holds one for each element. Text that cannot be known is one hole in
 * the script, so that a reader can tell "does nothing" from "cannot be seen". Empty when nobody sets it.
 */
export function scriptsOf(node: OptionNode): Script[] {
  if (node.isDefined() === false) return [];
  const value = node.value();
  const origin = register.origin;
  const place = setAt(node);
  if (value instanceof NixList) {
    const { items, open } = itemsOf(value);
    const scripts = items.flatMap((item) => scriptOf(node.path, item.value, item.cell.origin, item.place ?? place));
    for (const { why, place: at } of open) scripts.push(hidden(node.path, why, at ?? place));
    return scripts;
  }
  return scriptOf(node.path, value, origin, place);
}

/** `text = …` of an activation script written as a set, else the text itself. */
export function textNodeOf(node: OptionNode): OptionNode {
  return node.value() instanceof NixAttrs && !(node.value() instanceof WrittenText) ? node.child("text") : node;
}

function scriptOf(
  option: readonly string[],
  value: Value,
  origin: Origin | undefined,
  place: Place | undefined,
): Script[] {
  if (value instanceof WrittenText) {
    const { content } = value;
    if (!content) return [hidden(option, "the text of the script is made by a package that is not built here", place)];
    return contentOf(option, content, place);
  }
  if (typeof value === "string") return withWritten(makeScript(option, value, [], origin, place), origin);
  if (value instanceof Unknown) {
    const { partial } = value;
    return partial
      ? withWritten(makeScript(option, partial.text, partial.holes, partial.origin, place), partial.origin)
      : [hidden(option, value.why, value.place ?? place)];
  }
  return [];
}

/** A script and the scripts the configuration writes for it: `"${pkgs.writeShellScript "x" ''…''} arg"`. */
function withWritten(script: Script, origin: Origin | undefined): Script[] {
  const files = writtenFiles(origin);
  const inner = files.flatMap(({ content }) => contentOf(script.option, content, script.place));
  return [{ ...script, runs: files.map(({ start, end }) => script.text.slice(start, end)) }, ...inner];
}

/** The scripts in a written text, with the PATH that its writer gives it. */
function contentOf(option: readonly string[], content: Cell, place: Place | undefined): Script[] {
  const inputs = runtimeInputsOf(content);
  const scripts = scriptOf(option, look(content), content.origin, place);
  const ownPath = inputs && ownPathOf(look(inputs));
  return ownPath ? scripts.map((script) => ({ ...script, ownPath: script.ownPath ?? ownPath })) : scripts;
}

function ownPathOf(value: Value): NonNullable<Script["ownPath"]> {
  if (!(value instanceof NixList)) return { packages: [], isOpen: true };
  const { items, open } = itemsOf(value);
  const names = items.map((item) => {
    const name = item.value instanceof FakePackage ? item.value.get("pname")?.force() : undefined;
    return typeof name === "string" ? name : undefined;
  });
  return {
    packages: names.filter((name) => name !== undefined),
    isOpen: open.length > 0 || names.includes(undefined),
  };
}

function hidden(option: readonly string[], why: string, place: Place | undefined): Script {
  return makeScript(option, HOLE, [{ start: 0, end: 1, why }], undefined, place);
}

function makeScript(
  option: readonly string[],
  text: string,
  holes: Script["holes"],
  origin: Origin | undefined,
  place: Place | undefined,
): Script {
  const segments = memo(() => (origin ? textSegments(origin, text.length) : []));
  return {
    option,
    text,
    holes,
    runs: [],
    place: place ?? (origin && placeOf(origin)),
    placeOf: (start, end) => {
      const found = textPlace(segments(), start, end);
      // A text that a function of the library makes is nobody's to change there.
      return found?.file.startsWith(BUILT_IN) ? undefined : found;
    },
  };
}
