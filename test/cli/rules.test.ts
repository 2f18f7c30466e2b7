import { expect, it } from "vitest";
import { runCli } from "./run-cli.ts";

it("rules lists those of a group and a severity", () => {
  const list = (...args: string[]) =>
    JSON.parse(runCli(["rules", "--format", "json", ...args]).stdout) as { group: string; severity: string }[];
  const all = list();
  const some = list("--group", "rollback", "--severity", "error");
  expect(some.length).toBeGreaterThan(0);
  expect(some).toEqual(all.filter(({ group, severity }) => group === "rollback" && severity === "error"));
  const { code, stderr } = runCli(["rules", "--group", "rollbacks"]);
  expect(code).toBe(2);
  expect(stderr).toContain("there is no group `rollbacks`; there are checker, coverage,");
});
