import { look, Maybe, NixAttrs, NixList, type Unknown, type Value } from "../eval/value.ts";
import type { ChildName, Definition, OptionNode } from "../modules/option-node.ts";

/**
 * A node read under the assumption that one undecided condition holds. A filesystem that is declared
 * under such a condition may not exist, but if it does, its fields are what is written there: the doubt
 * belongs to the filesystem, not to each of its fields.
 */
export class AssumingNode implements OptionNode {
  private readonly base: OptionNode;
  private readonly assumed: Unknown;
  constructor(base: OptionNode, assumed: Unknown) {
    this.base = base;
    this.assumed = assumed;
  }

  get path(): readonly string[] {
    return this.base.path;
  }

  definitions(): readonly Definition[] {
    return this.base.definitions().map((definition) => this.settle(definition));
  }

  allDefinitions(): readonly Definition[] {
    return this.base.allDefinitions().map((definition) => this.settle(definition));
  }

  value(): Value {
    const definitions = this.definitions();
    const [only] = definitions;
    const settled = definitions.length === 1 && only?.condition === true && this.base.isDefined() !== true;
    // The base is asked last, so that the provenance of its value is the one left in the register.
    const value = this.base.value();
    if (value instanceof NixList) {
      return new NixList(
        value.items.map((item) => (item instanceof Maybe && item.condition === this.assumed ? item.cell : item)),
      );
    }
    return settled && only && !(value instanceof NixAttrs) ? look(only.cell) : value;
  }

  names(): readonly ChildName[] {
    return this.base.names().map(({ name, certain }) => ({ name, certain: certain === this.assumed ? true : certain }));
  }

  open(): Unknown | undefined {
    return this.base.open();
  }

  child(name: string): OptionNode {
    return new AssumingNode(this.base.child(name), this.assumed);
  }

  at(...path: string[]): OptionNode {
    return path.reduce((node: OptionNode, name) => node.child(name), this);
  }

  isDefined(): boolean | Unknown {
    const defined = this.base.isDefined();
    return defined === this.assumed ? true : defined;
  }

  private settle(definition: Definition): Definition {
    return definition.condition === this.assumed ? { ...definition, condition: true } : definition;
  }
}
