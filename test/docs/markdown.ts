import { execFileSync } from "node:child_process";

/** The Markdown files of the repository, new ones included, as paths from its top. */
export function markdownFiles(root: string): string[] {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "-z", "*.md"];
  const names = execFileSync("git", args, { cwd: root, encoding: "utf8" }).split("\0").filter(Boolean);
  return [...new Set(names)].sort();
}

/** The text without code blocks and comments. */
export function prose(markdown: string): string {
  return markdown.replace(/^( *)(`{3,})[^\n]*\n[\s\S]*?^\1\2 *$/gm, "").replace(/<!--[\s\S]*?-->/g, "");
}

/** Targets of links and images, code left out. */
export function links(markdown: string): string[] {
  const text = prose(markdown).replace(/`[^`\n]*`/g, "");
  return [...text.matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)/g)].map(([, target]) => target as string);
}

/** Anchors of headings, as GitHub and VS Code make them. */
export function anchors(markdown: string): string[] {
  const seen = new Map<string, number>();
  return [...prose(markdown).matchAll(/^#{1,6} +(.+?) *$/gm)].map(([, heading = ""]) => {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/[`*]/g, "");
    const slug = plain
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-");
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
}

export interface CodeBlock {
  readonly language: string;
  readonly text: string;
}

export function codeBlocks(markdown: string): CodeBlock[] {
  return [...markdown.matchAll(/^( *)(`{3,})(\w*)[^\n]*\n([\s\S]*?)^\1\2 *$/gm)].map(
    ([, , , language = "", text = ""]) => ({
      language,
      text,
    }),
  );
}

/** Everything in code: the content of each code span, and each line of each code block. */
export function codeSpans(markdown: string): string[] {
  const spans = [...prose(markdown).matchAll(/`([^`\n]+)`/g)];
  const lines = codeBlocks(markdown).flatMap(({ text }) => text.split("\n"));
  return [...lines, ...spans.map(([, span = ""]) => span)];
}
