/**
 * The text that a snippet leaves in the editor when every placeholder keeps its default. Knows what the snippets here
 * use: `$1`, `${1:default}`, `${1|first,second|}` and the escapes of dollar, brace and backslash.
 */
export function expandSnippet(body: readonly string[]): string {
  const text = body.join("\n");
  const pattern = /\\([$}\\])|\$\{(\d+):((?:\\.|[^}\\])*)\}|\$\{(\d+)\|([^|]*)\|\}|\$(\d+)/g;
  const defaults = new Map<string, string>();
  for (const [, , name, value, choice, choices] of text.matchAll(pattern)) {
    if (name !== undefined) defaults.set(name, value!.replace(/\\([$}\\])/g, "$1"));
    if (choice !== undefined) defaults.set(choice, choices!.split(",")[0]!);
  }
  return text.replace(
    pattern,
    (_whole, escaped?: string, name?: string, _value?: string, choice?: string, _all?: string, mirror?: string) =>
      escaped ?? defaults.get(name ?? choice ?? mirror ?? "") ?? "",
  );
}
