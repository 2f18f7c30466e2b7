import { expect, it } from "vitest";
import { diffCommand } from "./diff/diff.ts";
import { gcCommand } from "./gc/gc.ts";
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

it("names options in the text of an answer as its reader gives them, never what is data", () => {
  const said = (sentence: string) => withOptionNames(sentence, gcCommand);
  const answer = gcCommand.result.parse({
    ...{ done: true, applied: false, policy: "a --apply b", policyFrom: "option", plan: "d1", notes: [] },
    items: [
      {
        path: "/x --keep",
        action: "delete",
        reason: "old",
        filesystem: "f",
        id: 1,
        uuid: "u",
        taken: "2026-01-01T00:00:00Z",
      },
    ],
  });
  expect(gcCommand.text(answer)).toContain("Nothing was deleted: --apply does it");
  const text = gcCommand.text(answer, said);
  expect(text).toContain("Nothing was deleted: the option `apply` does it");
  expect(text).toContain("as the option `keep` says");
  expect(text).toContain("/x --keep");
  expect(text).toContain("a --apply b");
  expect(withOptionNames("(--show FILTER brings one back, --all everything)", diffCommand)).toBe(
    "(the option `show` FILTER brings one back, the option `all` everything)",
  );
});
