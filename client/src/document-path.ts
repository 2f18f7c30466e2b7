/** URI scheme of the read-only documents that the server writes: facts of a host, page of a rule. */
export const documentScheme = "impermanence";

/** What a virtual document shows. */
export type DocumentSubject =
  | { readonly kind: "facts"; readonly host: string }
  | { readonly kind: "rule"; readonly rule: string };

/** Path of the document's URI. The last part is the tab's title, and its ending decides the language. */
export function documentPath(subject: DocumentSubject): string {
  return subject.kind === "facts"
    ? `/facts/${encodeURIComponent(subject.host)}.json`
    : `/rules/${encodeURIComponent(subject.rule)}.md`;
}

/** The subject of a path, or undefined when no document of ours has it. */
export function documentSubject(path: string): DocumentSubject | undefined {
  const match = /^\/(?:facts\/(?<host>[^/]+)\.json|rules\/(?<rule>[^/]+)\.md)$/.exec(path);
  const { host, rule } = match?.groups ?? {};
  try {
    if (host) return { kind: "facts", host: decodeURIComponent(host) };
    if (rule) return { kind: "rule", rule: decodeURIComponent(rule) };
  } catch {
    // A stray percent sign: not a path that documentPath made.
  }
  return undefined;
}
