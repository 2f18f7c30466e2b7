/** Whether a text has a path, and not only one that ends with it or goes on. What is below the path counts. */
export function namesPath(text: string, path: string): boolean {
  for (let at = text.indexOf(path); at >= 0; at = text.indexOf(path, at + 1)) {
    if (!/[\w.@-]/.test(text[at - 1] ?? "") && !/[\w.@-]/.test(text[at + path.length] ?? "")) return true;
  }
  return false;
}
