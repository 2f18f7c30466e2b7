import { Cell, look, NixAttrs, Unknown } from "../eval/value.ts";

/** `self`: the flake's folder and, lazily, its own outputs. */
export class SelfAttrs extends NixAttrs {
  private readonly outputs: () => Cell;
  private readonly own: ReadonlyMap<string, Cell>;
  constructor(directory: string, outputs: () => Cell, inputs: ReadonlyMap<string, Cell>) {
    super(new Map(), undefined);
    this.outputs = outputs;
    const revision = new Unknown("it depends on the commit that is built");
    this.own = new Map<string, Cell>([
      ["outPath", Cell.of(directory)],
      ["inputs", Cell.lazy(() => new NixAttrs(inputs))],
      ["outputs", Cell.lazy(() => outputs().force())],
      ["sourceInfo", Cell.of(NixAttrs.of({ outPath: Cell.of(directory) }))],
      ["_type", Cell.of("flake")],
      ...[
        "rev",
        "shortRev",
        "dirtyRev",
        "dirtyShortRev",
        "revCount",
        "lastModified",
        "lastModifiedDate",
        "narHash",
      ].map((name): [string, Cell] => [name, Cell.of(revision)]),
    ]);
  }
  override get(name: string): Cell | undefined {
    const own = this.own.get(name);
    if (own) return own;
    const set = look(this.outputs());
    return set instanceof NixAttrs
      ? set.get(name)
      : Cell.of(set instanceof Unknown ? set : new Unknown("the flake's outputs are no set"));
  }
  override has(name: string): boolean | Unknown {
    if (this.own.has(name))
      return /^(rev|shortRev|dirty)/.test(name) ? new Unknown("it depends on the commit that is built") : true;
    const set = look(this.outputs());
    return set instanceof NixAttrs ? set.has(name) : set instanceof Unknown ? set : false;
  }
  override names(): string[] {
    const set = look(this.outputs());
    return [...this.own.keys(), ...(set instanceof NixAttrs ? set.names() : [])].sort();
  }
}
