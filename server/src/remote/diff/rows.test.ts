import { describe, expect, it } from "vitest";
import type { HostFacts } from "./host-facts.ts";
import { type RowSource, rowsOf } from "./rows.ts";

const host = { asRoot: true, mounts: [], users: new Map(), groups: new Map() } as unknown as HostFacts;
const rows = (changes: RowSource["changes"]) => rowsOf({ changes, host, isLive: true, configured: undefined });

describe("where a row was in the baseline", () => {
  it("is below the old name of a directory, for what changed in one that was renamed", async () => {
    const found = await rows([
      { change: "renamed", path: "srv/new", from: "srv/old", type: "directory" },
      { change: "modified", path: "srv/new/a/file", type: "file" },
      { change: "added", path: "srv/new/b", type: "file" },
      { change: "modified", path: "srv/newer", type: "file" },
    ]);
    expect(found.map(({ path, from }) => [path, from])).toEqual([
      ["/srv/new", "/srv/old"],
      ["/srv/new/a/file", "/srv/old/a/file"],
      ["/srv/new/b", undefined],
      ["/srv/newer", undefined],
    ]);
  });

  it("has its exact bytes beside it where it is no UTF-8", async () => {
    const [row] = await rows([{ change: "renamed", path: "srv/\xc3\xa4", from: "srv/\xff", type: "file" }]);
    expect(row).toMatchObject({
      path: "/srv/ä",
      from: "/srv/\ufffd",
      fromBytes: Buffer.from("/srv/\xff", "latin1").toString("base64"),
    });
    expect(row).not.toHaveProperty("pathBytes");
  });
});
