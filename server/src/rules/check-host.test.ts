import { describe, expect, it } from "vitest";
import { analyseFiles } from "../testing/analyse-files.ts";
import { CHECKER_PROBLEM, checkHost } from "./check-host.ts";
import { mergeFindings } from "./merge-findings.ts";
import { defineRule, type Finding, type Rule } from "./rule.ts";

const rule = (name: string, check: Rule["check"]): Rule =>
  defineRule({ code: `IMP9${name.length}0`, name, group: "performance", severity: "warning", since: "0.1.0", check });

const crash = rule("crash", () => {
  throw new TypeError("no such thing");
});
const speak = rule("speaking", ({ host, report }) => report({ at: host.fileSystems[0]?.place, message: "here" }));

async function aHost() {
  const { hosts, programs } = await analyseFiles({ "/host.nix": '{ fileSystems."/".fsType = "ext4"; }' });
  const [host] = hosts;
  if (!host) throw new Error("the file makes no host");
  return { host, programs };
}

describe("checkHost", () => {
  it("keeps the others going when a rule crashes, and says so", async () => {
    const { host, programs } = await aHost();
    const findings = checkHost(host, programs, [crash, speak]);
    expect(findings.map(({ code, severity }) => [code, severity])).toEqual([
      [CHECKER_PROBLEM, "information"],
      [speak.code, "warning"],
    ]);
    expect(findings[0]?.message).toContain("no such thing");
    expect(findings[1]?.hosts).toEqual([host.name]);
  });

  it("computes fixes once, when asked, and takes a crash for no fix", async () => {
    const { host, programs } = await aHost();
    let runs = 0;
    const lazy = rule("lazy", ({ report }) =>
      report({
        at: undefined,
        message: "x",
        fixes: () => {
          runs++;
          throw new Error("cannot");
        },
      }),
    );
    const [finding] = checkHost(host, programs, [lazy]);
    expect(runs).toBe(0);
    expect(finding?.fixes).toEqual([]);
    expect(finding?.fixes).toEqual([]);
    expect(runs).toBe(1);
    expect(finding?.at).toEqual({ file: "/host.nix", start: 0, end: 0 });
  });
});

describe("mergeFindings", () => {
  const finding = (host: string, start: number, more: Partial<Finding> = {}): Finding => ({
    code: "IMP101",
    rule: "x",
    severity: "warning",
    at: { file: "/a.nix", start, end: start + 1 },
    message: "m",
    help: undefined,
    related: [],
    fixes: [],
    hosts: [host],
    ...more,
  });

  it("joins what several hosts have in common and does not depend on their order", () => {
    const a = [finding("a", 5), finding("a", 1)];
    const b = [finding("b", 5, { severity: "error" })];
    const merged = mergeFindings([a, b]);
    expect(merged.map(({ at, hosts, severity }) => [at.start, hosts, severity])).toEqual([
      [1, ["a"], "warning"],
      [5, ["a", "b"], "error"],
    ]);
    expect(mergeFindings([b, [...a].reverse()])).toEqual(merged);
  });

  it("offers each fix once", () => {
    const plan = {
      title: "t",
      safety: "safe",
      edits: new Map([["/a.nix", [{ start: 0, end: 0, text: "x" }]]]),
    } as const;
    const [merged] = mergeFindings([[finding("a", 1, { fixes: [plan] })], [finding("b", 1, { fixes: [{ ...plan }] })]]);
    expect(merged?.fixes).toEqual([plan]);
  });
});
