import { beforeEach, describe, expect, it } from "vitest";
import type { Finding } from "../rules/rule.ts";
import type { Program } from "../syntax/expr.ts";
import type { ClientCapabilities } from "./client-capabilities.ts";
import { DiagnosticLists, type Shown } from "./diagnostic-lists.ts";

const client = { codeDescription: true, relatedInformation: true } as ClientCapabilities;
let programs: Map<string, Program>;
let shown: { -readonly [K in keyof Shown]: Shown[K] };
let lists: DiagnosticLists;

function program(path: string): Program {
  return { path, text: "", root: { kind: "list", items: [], start: 0, end: 0 }, comments: [], problems: [] };
}

/** Another one each time, as a rule that runs again makes it. */
function finding(change: Partial<Finding> = {}): Finding {
  return {
    code: "IMP401",
    rule: "some-rule",
    severity: "warning",
    at: { file: "/a.nix", start: 1, end: 2 },
    message: "It is lost.",
    help: "Persist it.",
    related: [{ place: { file: "/b.nix", start: 3, end: 4 }, message: "here" }],
    fixes: [],
    hosts: ["one"],
    ...change,
  };
}

beforeEach(() => {
  programs = new Map(["/a.nix", "/b.nix", "/c.nix"].map((path) => [path, program(path)]));
  shown = {
    documentChanges: 0,
    program: (file) => programs.get(file),
    range: ({ start, end }) => ({ start: { line: 0, character: start }, end: { line: 0, character: end } }),
    uri: (file) => `file://${file}`,
    version: () => null,
  };
  lists = new DiagnosticLists(shown, client);
});

describe("the list of a file", () => {
  const listOf = (...findings: Finding[]) => lists.of(findings).get("/a.nix");

  it("stays the very same as long as it says the same", () => {
    const before = listOf(finding());
    expect(before).toHaveLength(1);
    programs.set("/c.nix", program("/c.nix"));
    expect(listOf(finding())).toBe(before);
    expect(listOf(finding({ hosts: ["two"] }))).toBe(before);
  });

  it.each<[string, Partial<Finding>]>([
    ["severity", { severity: "error" }],
    ["place", { at: { file: "/a.nix", start: 1, end: 3 } }],
    ["message", { message: "It stays." }],
    ["help", { help: undefined }],
    ["related place", { related: [{ place: { file: "/b.nix", start: 3, end: 5 }, message: "here" }] }],
    ["related message", { related: [{ place: { file: "/b.nix", start: 3, end: 4 }, message: "there" }] }],
    ["number of related places", { related: [] }],
  ])("is another one after a change of %s", (_, change) => {
    const before = listOf(finding());
    const now = listOf(finding(change));
    expect(now).not.toEqual(before);
    expect(now).toEqual(new DiagnosticLists(shown, client).of([finding(change)]).get("/a.nix"));
  });

  it("is made anew when a text that it points at is another one, or a document has another name", () => {
    for (const file of ["/a.nix", "/b.nix"]) {
      const before = listOf(finding());
      programs.set(file, program(file));
      expect(listOf(finding())).not.toBe(before);
    }
    const before = listOf(finding());
    shown.documentChanges++;
    expect(listOf(finding())).not.toBe(before);
  });

  it("is made anew for files that are no Nix, whose texts are not looked at", () => {
    const at = { file: "/impermanence.json", start: 0, end: 1 };
    const before = lists.of([finding({ at })]).get(at.file);
    expect(lists.of([finding({ at })]).get(at.file)).not.toBe(before);
  });
});
