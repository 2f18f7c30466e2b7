// Reads what modules of nixpkgs say of options that were removed.

/**
 * The options that a module removes, with what it says, from its text: calls of mkRemovedOptionModule whose path is
 * written out. A path that code puts together is passed over.
 * @returns {{ option: string, says: string }[]}
 */
export function removedIn(/** @type {string} */ text) {
  const found = [];
  for (const call of text.matchAll(/mkRemovedOptionModule\s*\[((?:\s*"[^"$\\]*")+)\s*\]\s*\(?\s*/g)) {
    const names = [...(call[1] ?? "").matchAll(/"([^"]*)"/g)].map(([, name]) => name);
    found.push({ option: names.join("."), says: messageAt(text, call.index + call[0].length) });
  }
  return found;
}

/** The string that starts at an offset, on one line; empty when there is none. */
function messageAt(/** @type {string} */ text, /** @type {number} */ at) {
  const rest = text.slice(at);
  const plain = /^"((?:[^"\\]|\\.)*)"/s.exec(rest)?.[1]?.replace(/\\(.)/g, "$1");
  const indented = /^''((?:[^']|'(?!')|'''|''\$|''\\.)*)''(?!['$\\])/s.exec(rest)?.[1];
  return (plain ?? indented ?? "").replace(/\s+/g, " ").trim();
}
