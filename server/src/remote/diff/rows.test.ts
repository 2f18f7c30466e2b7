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

describe("what holds for a row because of where it is", () => {
  it("is its own, whatever row comes before it", async () => {
    const mounts = [{ mountPoint: "/srv/m", type: "btrfs" }];
    const paths = ["srv/m", "srv/m/x", "srv/m/x/y", "srv/n", "var/lib/postgresql", "var/lib/postgresql/1", "var/lib/x"];
    const changes = paths.map((path) => ({ change: "added" as const, path, type: "file" as const, size: 1 }));
    const found = await rowsOf({ changes, host: { ...host, mounts } as never, isLive: true, configured: undefined });
    expect(found.map(({ hiddenBelow, services }) => hiddenBelow ?? services.join())).toEqual([
      ...["/srv/m", "/srv/m", "/srv/m", "", "services.postgresql.enable", "services.postgresql.enable", ""],
    ]);
    const temporary = ["tmp", "tmp/a", "tmp/b/c", "tmpa", "home/a/.cache", "home/a/.cache/a", "home/a/.cachea"];
    const filters = await rows(temporary.map((path) => ({ change: "added", path, type: "file", size: 1 })));
    expect(filters.map(({ path, filter }) => [path, filter ?? ""])).toEqual([
      ...[
        ["/home/a/.cache", "caches"],
        ["/home/a/.cache/a", "caches"],
        ["/home/a/.cachea", ""],
        ["/tmp", "little"],
      ],
      ...[
        ["/tmp/a", "temporary"],
        ["/tmp/b/c", "temporary"],
        ["/tmpa", ""],
      ],
    ]);
  });
});
