import { describe, expect, it } from "vitest";
import { wrongUses } from "./command-help.ts";
import { anchors, codeSpans, links } from "./markdown.ts";

// The checks of the documents are only worth something if they find what they look for.

describe("links", () => {
  it("are found in prose, images and tables, not in code", () => {
    const text = "[a](x.md#y) ![b](i.png)\n| [c](z.md) |\n`[d](no)`\n```md\n[e](no)\n```\n<!-- [f](no) -->\n";
    expect(links(text)).toEqual(["x.md#y", "i.png", "z.md"]);
  });
});

describe("anchors", () => {
  it("are made of headings as GitHub makes them", () => {
    const text = '# What "unknown" means\n## `check` & CI\n```sh\n# no heading\n```\n## A [link](x)\n## A link\n';
    expect(anchors(text)).toEqual(["what-unknown-means", "check--ci", "a-link", "a-link-1"]);
  });
});

describe("code", () => {
  it("is what stands in spans and blocks", () => {
    expect(codeSpans("a `b` c\n```sh\nd\ne\n```\n")).toEqual(["d", "e", "", "b"]);
  });
});

describe("uses of the command line", () => {
  it("are wrong when the command or the option does not exist", () => {
    expect(wrongUses("nix-impermanence check --fix .")).toEqual([]);
    expect(wrongUses("node dist/cli.js lsp --stdio")).toEqual([]);
    expect(wrongUses("nix-impermanence snapshot host")).toHaveLength(1);
    expect(wrongUses("nix-impermanence hosts --fix")).toHaveLength(1);
    expect(wrongUses("nix-impermanence check --sarif | head")).toHaveLength(1);
  });
});
