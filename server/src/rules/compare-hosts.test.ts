import { describe, expect, it } from "vitest";
import type { Host } from "../host/host.ts";
import { compareHosts } from "./compare-hosts.ts";
import { defineRule } from "./rule.ts";

const host = (name: string) => ({ name, entry: `/${name}.nix` }) as Host;
const base = { code: "IMP999", name: "test-rule", group: "stores", severity: "warning", since: "0.1.0" } as const;

describe("compareHosts", () => {
  it("names the hosts that a report is about, and asks nothing of a single host", () => {
    const rule = defineRule({
      ...base,
      check() {},
      compare: (hosts, report) => report({ at: undefined, message: `${hosts.length} hosts` }, hosts),
    });
    const [finding] = compareHosts([host("b"), host("a")], [rule]);
    expect(finding).toMatchObject({
      message: "2 hosts",
      hosts: ["a", "b"],
      severity: "warning",
      at: { file: "/b.nix" },
    });
    expect(compareHosts([host("a")], [rule])).toEqual([]);
  });

  it("does not let one rule take the others with it", () => {
    const broken = defineRule({
      ...base,
      check() {},
      compare() {
        throw new Error("broken");
      },
    });
    const sound = defineRule({
      ...base,
      check() {},
      compare: (hosts, report) => report({ at: undefined, message: "sound" }, hosts),
    });
    const found = compareHosts([host("a"), host("b")], [broken, sound]);
    expect(found.map(({ code }) => code)).toEqual(["IMP000", "IMP999"]);
    expect(found[0]).toMatchObject({ hosts: ["a", "b"] });
    expect(found[0]?.message).toContain("stopped when it compared these hosts: broken");
    expect(found[1]?.message).toBe("sound");
  });
});
