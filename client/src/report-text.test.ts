import { expect, it } from "vitest";
import { reportText } from "./report-text.ts";

it("tells versions, status and settings, and keeps the home folder out", () => {
  const text = reportText({
    extension: "0.1.0",
    editor: "1.100.3",
    node: "20.19.0",
    platform: "linux x64",
    place: "desktop",
    trusted: false,
    status: "Checker is not running: cannot find /home/alice/.vscode/server.cjs",
    settings: { check: { exclude: ["/home/alice/old/**"] } },
    problems: ["impermanence.hover.enable is passed over."],
    home: "/home/alice",
  });
  expect(text).toContain("- Nix Impermanence: 0.1.0\n- VS Code: 1.100.3 (desktop)\n");
  expect(text).toContain("- Workspace trusted: no\n");
  expect(text).toContain("- Setting passed over: impermanence.hover.enable is passed over.\n");
  expect(text).toContain('"~/old/**"');
  expect(text).not.toContain("alice");
  const settings = /```json\n([\s\S]*)\n```/.exec(text)?.[1] ?? "";
  expect(JSON.parse(settings)).toEqual({ check: { exclude: ["~/old/**"] } });
});
