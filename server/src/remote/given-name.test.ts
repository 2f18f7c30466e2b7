import { expect, it } from "vitest";
import * as z from "zod";
import { REMOTE_COMMANDS } from "./commands.ts";

it.each<[string, object]>([
  ["diff", { baseline: "" }],
  ["diff", { between: ["a", ""] }],
  ["gc", { keep: "" }],
  ["restore", { snapshot: "", paths: ["/etc/x"] }],
  ["restore", { snapshot: "a", paths: [""] }],
  ["rollback", { subvolume: "", snapshot: "a" }],
  ["show", { snapshot: "now", path: "" }],
  ["snapshot", { subvolumes: [""] }],
])("what was left empty for %s is said in words (%j)", (name, options) => {
  const { error } = REMOTE_COMMANDS.find((one) => one.name === name)!.options.safeParse(options);
  expect(z.prettifyError(error!)).toMatch(/^✖ is empty: is a variable of the shell not set\?\n {2}→ at \w+/);
});
