import { describe, expect, it } from "vitest";
import { defaultSettings, levelOf, readSettings, settingsSchema } from "./settings.ts";

describe("readSettings", () => {
  it("takes the defaults when the client sends nothing", () => {
    for (const section of [undefined, null, {}, [], "x", 3]) {
      expect(readSettings(section)).toEqual({ settings: defaultSettings, problems: [] });
    }
  });

  it("takes what the user wrote", () => {
    const section = {
      rules: { severity: { IMP301: "off", "calendar-time-span": "hint" } },
      check: { exclude: ["old/**"] },
      hover: { enable: false },
      readInputsFromStore: true,
      remote: { sshConfigFile: "/home/me/.ssh/other" },
      trace: { server: "verbose" },
    };
    const { settings, problems } = readSettings(section);
    expect(problems).toEqual([]);
    expect(settings).toEqual({
      rules: section.rules,
      check: section.check,
      hover: section.hover,
      completion: { enable: true },
      lens: { enable: true },
      readInputsFromStore: true,
      remote: { sshConfigFile: "/home/me/.ssh/other" },
    });
    expect(settingsSchema.parse(settings)).toEqual(settings);
  });

  it("passes over one bad value, says which, and keeps the rest", () => {
    const { settings, problems } = readSettings({
      rules: { severity: { IMP301: "loud", IMP302: "error" } },
      check: { exclude: "old/**" },
      hover: { enable: false },
    });
    expect(settings.rules.severity).toEqual({ IMP302: "error" });
    expect(settings.check.exclude).toEqual([]);
    expect(settings.hover.enable).toBe(false);
    expect(problems).toHaveLength(2);
    expect(problems[0]).toContain("IMP301");
    expect(problems[1]).toContain("impermanence.check.exclude");
  });
});

describe("levelOf", () => {
  const rule = { code: "IMP301", name: "store-not-needed-for-boot" };

  it("finds a rule by code and by name, and prefers the code", () => {
    const settings = (severity: Record<string, "off" | "hint">) => ({ ...defaultSettings, rules: { severity } });
    expect(levelOf(settings({ IMP301: "off" }), rule)).toBe("off");
    expect(levelOf(settings({ "store-not-needed-for-boot": "hint" }), rule)).toBe("hint");
    expect(levelOf(settings({ IMP301: "off", "store-not-needed-for-boot": "hint" }), rule)).toBe("off");
    expect(levelOf(settings({}), rule)).toBeUndefined();
  });
});
