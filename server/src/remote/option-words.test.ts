import { expect, it } from "vitest";
import { answerWithOptionNames, withOptionNames } from "./option-words.ts";
import { persistCommand } from "./persist/persist.ts";
import { rollbackCommand } from "./rollback/rollback.ts";

it("names options as clients send them, and leaves what is none of the command", () => {
  const said =
    "it is in use by x. Stop the units meanwhile with --stop, or use --at-next-boot (--yes, --at-next-boots)";
  expect(withOptionNames(said, rollbackCommand)).toBe(
    "it is in use by x. Stop the units meanwhile with the option `stop`, or use the option `atNextBoot` (--yes, --at-next-boots)",
  );
  expect(withOptionNames("Name the host with --host, and its folder with --folder.", persistCommand)).toBe(
    "Name the host with the argument `as`, and its folder with a folder of the workspace.",
  );
});

it("touches sentences only, never what a host is called or holds", () => {
  const answer = {
    why: "--unrelated takes it",
    notes: ["see --stop"],
    rollbacks: [{ id: "--undo", path: "a --stop b", why: "/srv/--stop" }],
    pending: ["--undo"],
  };
  expect(answerWithOptionNames(answer, rollbackCommand)).toEqual({
    why: "the option `unrelated` takes it",
    notes: ["see the option `stop`"],
    rollbacks: [{ id: "--undo", path: "a --stop b", why: "/srv/--stop" }],
    pending: ["--undo"],
  });
});
