import data from "./data/removed-options.json" with { type: "json" };

/** An option that nixpkgs removed: whoever sets it cannot evaluate the host. */
export interface RemovedOption {
  /** Dots between the names; `*` stands for any name, or for the elements of a list. */
  readonly option: string;
  /** The release by which it was gone. It may have been an earlier one. */
  readonly by: string;
  /** What nixpkgs says in its place. */
  readonly says: string;
  /** The module of nixpkgs that says so. */
  readonly module: string;
  /** The switch without which nobody minds: a module that is on refuses the option. */
  readonly when?: string;
  /** Nothing is lost when it is left out. */
  readonly drop?: boolean;
}

/** The names below a path that lead to removed options. */
export interface RemovedBranch {
  readonly option: RemovedOption | undefined;
  readonly below: ReadonlyMap<string, RemovedBranch>;
}

/** The table of docs/catalogue.md, as a tree by the names of the options. */
export const removedOptions: readonly RemovedOption[] = data.options;

let tree: RemovedBranch | undefined;

/** The removed options by their names; made when it is first asked for. */
export function removedOptionTree(): RemovedBranch {
  tree ??= branchOf(removedOptions.map((option) => ({ option, names: option.option.split(".") })));
  return tree;
}

interface Rest {
  readonly option: RemovedOption;
  readonly names: readonly string[];
}

function branchOf(rest: readonly Rest[]): RemovedBranch {
  const groups = new Map<string, Rest[]>();
  for (const { option, names } of rest) {
    const [name, ...below] = names;
    if (name !== undefined) groups.set(name, [...(groups.get(name) ?? []), { option, names: below }]);
  }
  return {
    option: rest.find(({ names }) => names.length === 0)?.option,
    below: new Map([...groups].map(([name, group]) => [name, branchOf(group)])),
  };
}
