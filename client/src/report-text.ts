/** What a bug report needs to know. */
export interface ReportFacts {
  readonly extension: string;
  readonly editor: string;
  readonly node: string;
  readonly platform: string;
  /** "desktop", "web", or the kind of remote: `ssh-remote`, `wsl`, `dev-container`. */
  readonly place: string;
  readonly trusted: boolean;
  /** The status item's two lines. */
  readonly status: string;
  /** Settings below `impermanence` that are in effect. */
  readonly settings: unknown;
  readonly problems: readonly string[];
  /** Home folder, which is replaced in the text: it usually holds the user's name. */
  readonly home: string;
}

/**
 * The report as Markdown, ready to be pasted into an issue. It holds versions and settings only: no file names, no hosts,
 * nothing of the configuration.
 */
export function reportText(facts: ReportFacts): string {
  const rows = [
    ["Nix Impermanence", facts.extension],
    ["VS Code", `${facts.editor} (${facts.place})`],
    ["Node", facts.node],
    ["Platform", facts.platform],
    ["Workspace trusted", facts.trusted ? "yes" : "no"],
    ["Status", facts.status],
  ];
  const text = [
    ...rows.map(([name, value]) => `- ${name}: ${value}`),
    ...facts.problems.map((problem) => `- Setting passed over: ${problem}`),
    "",
    "Settings:",
    "",
    "```json",
    JSON.stringify(facts.settings, undefined, 2),
    "```",
    "",
  ].join("\n");
  return facts.home.length > 1 ? text.split(facts.home).join("~") : text;
}
