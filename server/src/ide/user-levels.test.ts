import { expect, it } from "vitest";
import type { Finding } from "../rules/rule.ts";
import { defaultSettings } from "../settings.ts";
import { withUserLevels } from "./user-levels.ts";

it("gives findings the user's severity without computing their fixes", () => {
  let computed = 0;
  const finding: Finding = {
    ...{ code: "IMP301", rule: "late", severity: "error", message: "m", help: undefined, related: [], hosts: ["h"] },
    at: { file: "/a.nix", start: 0, end: 1 },
    get fixes() {
      computed++;
      return [];
    },
  };
  const levels = (severity: typeof defaultSettings.rules.severity) => {
    return withUserLevels([finding], { ...defaultSettings, rules: { severity } });
  };
  expect(levels({})).toEqual([finding]);
  computed = 0;
  const [hint] = levels({ late: "hint" });
  expect(hint?.severity).toBe("hint");
  // The code is the more exact of the two.
  expect(levels({ late: "hint", IMP301: "warning" })[0]?.severity).toBe("warning");
  expect(levels({ late: "off" })).toEqual([]);
  expect(computed).toBe(0);
  expect(hint?.fixes).toEqual([]);
  expect(computed).toBe(1);
});
