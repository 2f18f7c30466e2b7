import type { Diagnostic } from "vscode-languageserver";

/** More names than this are not remembered; a forgotten list is sent once more. */
const MOST = 2_000;

/** Short names for lists of diagnostics: the same list has the same name. */
export class ResultIds {
  private readonly ids = new Map<string, string>();
  private readonly known = new WeakMap<readonly Diagnostic[], string>();
  private next = 0;

  idOf(items: readonly Diagnostic[]): string {
    let id = this.known.get(items);
    if (id !== undefined) return id;
    const text = JSON.stringify(items);
    id = this.ids.get(text);
    if (id === undefined) {
      if (this.ids.size >= MOST) this.ids.clear();
      id = `${++this.next}`;
      this.ids.set(text, id);
    }
    this.known.set(items, id);
    return id;
  }
}
