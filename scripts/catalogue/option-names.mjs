/** @typedef {{ type: string | undefined, isSettled: boolean, below: Map<string, Names> }} Names */

/** Groups that came after the older list, and whose options have had their names for years as well. */
const SETTLED = ["boot.initrd.systemd", "services.btrbk", "virtualisation.oci-containers", "virtualisation.podman"];

/**
 * The names of options that a slip may be told of, and those like them, as texts, by the first name of each: `name` is an option, `name(…)` has the options in the
 * parentheses, separated by spaces; `*` is any name, and `?` says that there may be others than those listed. What has had
 * its name for years ends in `!`.
 * @param {Readonly<Record<string, { type: string }>>} options what NixOS says of its options, by their names
 * @param {ReadonlySet<string>} before the names of an older list
 */
export function tableOf(options, before) {
  /** @type {Names} */
  const all = { type: undefined, isSettled: false, below: new Map() };
  for (const [name, { type }] of Object.entries(options)) {
    const isSettled = before.has(name) || SETTLED.some((group) => name.startsWith(`${group}.`));
    let at = all;
    for (const part of partsOf(name)) {
      let below = at.below.get(part);
      if (!below) {
        below = { type: undefined, isSettled: false, below: new Map() };
        at.below.set(part, below);
      }
      at = below;
      if (isSettled) at.isSettled = true;
    }
    at.type = type;
  }
  for (const names of all.below.values()) handDown(names);
  return Object.fromEntries(
    [...all.below].sort().map(([name, names]) => [name, names.isSettled ? textsOf(names) : []]),
  );
}

/** @param {string} name */
function partsOf(name) {
  return [...name.matchAll(/"((?:[^"\\]|\\.)*)"|<[^>]*>|[^.]+/g)].map(([part, quoted]) =>
    part.startsWith("<") || part === "*" ? "*" : (quoted ?? part),
  );
}

/** @param {Names} names */
function textsOf(names) {
  const plain = [...names.below].filter(([part]) => isPlain(part));
  const settled = plain.flatMap(([part, { isSettled }]) => (isSettled ? [part] : []));
  const below = plain
    .filter(([part, { isSettled }]) => isSettled || part === "*" || settled.some((other) => isLike(part, other)))
    .map(([part, inside]) => textOf(part, inside));
  return [...below.sort(), ...(isOpen(names) ? ["?"] : [])];
}

/**
 * Whether one name might be a slip for the other, at the very most: new names are in the table so that they are not taken for
 * old ones that somebody misspelt, and those that are like none of them need no place in it.
 * @param {string} a @param {string} b
 */
function isLike(a, b) {
  if (Math.abs(a.length - b.length) > 2) return false;
  const rest = [...b.toLowerCase()];
  const others = [...a.toLowerCase()].filter((letter) => {
    const at = rest.indexOf(letter);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
  return others.length + rest.length <= 4;
}

/**
 * What is below a name that is no older than the list of before is left out: nobody is told of a slip there.
 * @type {(name: string, names: Names) => string}
 */
function textOf(name, names) {
  const own = names.isSettled && name !== "*" ? `${name}!` : name;
  return names.below.size === 0 || !(names.isSettled || name === "*") ? own : `${own}(${textsOf(names).join(" ")})`;
}

/**
 * What is at any name of a set is said of by the type of the set, and groups in a set that takes any name take any as well.
 * @param {Names} names
 */
function handDown(names) {
  for (const [name, inside] of names.below) {
    if (name === "*" || isOpen(names)) inside.type ??= names.type;
    handDown(inside);
  }
}

/** @param {Names} names */
function isOpen({ type, below }) {
  if ([...below.keys()].some((part) => !isPlain(part))) return true;
  // Groups of options have no type of their own; the names of a submodule are those that are listed.
  if (type === undefined || below.has("*")) return false;
  if (/open submodule|anything|unspecified|JSON|YAML|TOML|INI/.test(type)) return true;
  return !/submodule/.test(type);
}

/** @param {string} name */
function isPlain(name) {
  return name === "*" || /^[\w'+-]+$/.test(name);
}
