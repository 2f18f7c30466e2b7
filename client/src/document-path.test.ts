import { describe, expect, it } from "vitest";
import { type DocumentSubject, documentPath, documentSubject } from "./document-path.ts";

describe("documentPath", () => {
  it("comes back as the same subject, whatever the name", () => {
    for (const name of ["web1", "a.b", "x/y", "100%", "näme", "a b", "%41"]) {
      const subjects: DocumentSubject[] = [
        { kind: "facts", host: name },
        { kind: "rule", rule: name },
      ];
      for (const subject of subjects) expect(documentSubject(documentPath(subject))).toEqual(subject);
    }
  });

  it("knows no other paths", () => {
    for (const path of ["", "/", "/facts/", "/facts/.json", "/facts/a/b.json", "/rules/x.json", "/rules/%zz.md"]) {
      expect(documentSubject(path)).toBeUndefined();
    }
  });
});
