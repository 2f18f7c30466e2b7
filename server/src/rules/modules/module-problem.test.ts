import { expect, it } from "vitest";
import type { ModuleProblem } from "../../modules/option-node.ts";
import { fakeConfig } from "../../testing/fake-config.ts";
import type { RuleContext } from "../rule.ts";
import { moduleProblem } from "./module-problem.ts";

const missing = (path: string): ModuleProblem => ({
  kind: "unknown-option",
  path: path.split("."),
  place: { file: "/flake.nix", start: 0, end: 1 },
  message: `\`${path}\` is not an option that exists here.`,
});

function messages(problems: readonly ModuleProblem[]): string[] {
  const found: string[] = [];
  const host = { problems, incomplete: [], opaque: [], stores: [], config: fakeConfig({}) };
  const context = { host, report: ({ message }: { message: string }) => found.push(message) };
  moduleProblem.check(context as unknown as RuleContext);
  return found;
}

it("says once what code that sets many options at once gets wrong in one place", () => {
  const many = ["a", "b", "c", "d"].map((name) => missing(`own.services.${name}`));
  expect(messages([missing("own.x"), ...many])).toEqual([
    "`own.services.a` and 3 others beside it are not options that exist here. NixOS refuses to evaluate options that nobody declares.",
    "`own.x` is not an option that exists here. NixOS refuses to evaluate options that nobody declares.",
  ]);
  expect(messages(many.slice(1))).toHaveLength(3);
});
