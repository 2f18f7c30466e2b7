import { describe, expect, it } from "vitest";
import type { Diff, DiffRow } from "../../../server/src/remote/diff/diff-schema.ts";
import type { RestoreResult } from "../../../server/src/remote/restore/restore-schema.ts";
import { inTheWay, restoreOptionsOf, sourcesOf } from "./restore-model.ts";

const row = (change: DiffRow["change"], path: string, more: Partial<DiffRow> = {}): DiffRow => ({
  ...{ change, path, services: [], ...more },
});
const diff = (question: Diff["question"], against: string | null = "old") => ({ question, of: "new", against }) as Diff;

describe("where rows are restored from", () => {
  it("is what had them", () => {
    const [added, deleted, changed] = [row("added", "/a"), row("deleted", "/d"), row("modified", "/m")];
    const of = (question: Diff["question"], ...rows: DiffRow[]) =>
      sourcesOf(diff(question), rows).map(({ snapshot, what }) => `${what} ${snapshot}`);
    expect(of("next-reboot", added)).toEqual([]);
    expect(of("next-reboot", changed)).toEqual(["baseline old"]);
    expect(of("last-reboot", added)).toEqual(["archive new"]);
    expect(of("between", deleted)).toEqual(["older old"]);
    expect(of("between", added)).toEqual(["newer new"]);
    expect(of("between", changed)).toEqual(["older old", "newer new"]);
    expect(sourcesOf(diff("next-reboot", null), [changed])).toEqual([]);
  });

  it("knows rows by their exact bytes and old names, and leaves out what it does not have", () => {
    const rows = [
      row("added", "/a"),
      row("renamed", "/n", { from: "/o\ufffd", fromBytes: "L2//" }),
      row("modified", "/m"),
      row("subvolume", "/s"),
    ];
    expect(restoreOptionsOf({ snapshot: "old", what: "older" }, rows)).toEqual({
      ...{ paths: ["/m"], pathBytes: ["L2//"], fromTop: true },
    });
    expect(restoreOptionsOf({ snapshot: "new", what: "newer" }, rows).paths).toEqual(["/a", "/n", "/m"]);
  });
});

it("what is in the way is what is newer or other, not what is the same or cannot be restored", () => {
  const items = (["same", "newer", "differs", "mounted"] as const).map((state) => ({
    ...{ path: `/${state}`, from: "", state, restored: false },
    action: state === "mounted" ? ("cannot" as const) : ("leave" as const),
  }));
  expect(inTheWay({ done: false, items, notes: [] } as RestoreResult)).toEqual(["/newer", "/differs"]);
});
