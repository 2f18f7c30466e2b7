import { Cell, NixAttrs, NixList, Unknown, type Value } from "../eval/value.ts";
import { isDeclaredByNixos, isNamedSetOption } from "./known-options.ts";
import type { MergeNode } from "./merge-node.ts";
import type { OptionNode } from "./option-node.ts";

/** The `options` argument of modules: values, definitions and whether an option is defined, on demand. */
export class OptionsAttrs extends NixAttrs {
  private readonly node: OptionNode & Partial<MergeNode>;
  constructor(node: OptionNode) {
    super(new Map());
    this.node = node;
  }

  override get(name: string): Cell | undefined {
    const reflect = this.reflects(name) ? REFLECTED[name] : undefined;
    if (reflect) return Cell.lazy(() => reflect(this.node));
    // Options are also copied: `options.a // { description = …; }` declares another one like it.
    if (this.node.option && OF_DECLARATIONS.has(name)) return name === "apply" ? this.node.option.apply : undefined;
    return Cell.of(new OptionsAttrs(this.node.child(name)));
  }

  override has(name: string): boolean | Unknown {
    if (this.reflects(name)) return true;
    if (this.node.option && OF_DECLARATIONS.has(name)) return this.get(name) !== undefined;
    // What lies in the value of an option is no option: `options.users.users ? alice` is false whoever defines her.
    if (!this.node.inClosedWorld && !this.node.isDeclared?.() && isNamedSetOption(this.node.path)) return false;
    const child = this.node.child(name) as OptionNode & Partial<MergeNode>;
    if (child.isDeclared?.()) return true;
    if (this.node.inClosedWorld) return false;
    if (isDeclaredByNixos(child.path)) return true;
    const imported = this.node.importsGroup?.(name);
    if (imported !== undefined) return imported;
    return new Unknown(`whether NixOS declares \`${child.path.join(".")}\` is not known here`, undefined, {
      soft: true,
    });
  }

  override names(): string[] {
    if (this.node.option) return [...Object.keys(REFLECTED), "apply"].filter((name) => this.has(name) === true).sort();
    return this.node.names().map(({ name }) => name);
  }

  /** A declared option has these attributes; an undeclared one may be an option NixOS declares, or a group. */
  private reflects(name: string): boolean {
    if (!Object.hasOwn(REFLECTED, name)) return false;
    const { option } = this.node;
    if (option) return !(name === "default" && !option.defaultValue) && !(name === "type" && !option.typeValue);
    return this.node.path.length > 0 && !this.node.isDeclared?.() && this.node.isDefined() !== false;
  }
}

/** What declarations of options have beside; of these only `apply` matters here. Other names may lie in its value. */
const OF_DECLARATIONS = new Set([
  ...["apply", "defaultText", "description", "example", "internal", "readOnly", "relatedPackages", "visible"],
]);

/** What can be asked of an option. */
const REFLECTED: Record<string, (node: OptionNode & Partial<MergeNode>) => Value> = {
  _type: () => "option",
  value: (node) => node.value(),
  isDefined: (node) => node.isDefined(),
  highestPrio: (node) => node.definitions()[0]?.priority ?? (node.option?.defaultValue ? 1500 : 9999),
  definitions: (node) => NixList.of(node.definitions().map(({ cell }) => cell)),
  definitionsWithLocations: (node) =>
    NixList.of(node.definitions().map(({ cell, file }) => Cell.of(NixAttrs.of({ file: Cell.of(file), value: cell })))),
  files: (node) => NixList.of(node.definitions().map(({ file }) => Cell.of(file))),
  loc: (node) => NixList.of(node.path.map((name) => Cell.of(name))),
  type: (node) => node.option?.typeValue?.force() ?? unknown(node, "type"),
  default: (node) => node.option?.defaultValue?.force() ?? unknown(node, "default"),
};

function unknown(node: OptionNode, what: string): Unknown {
  return new Unknown(`the ${what} of \`${node.path.join(".")}\` is not known here`, undefined, { soft: true });
}
