import { afterAll, beforeAll, expect, it } from "vitest";
import { type GcResult, gcCommand } from "../../server/src/remote/gc/gc.ts";
import { type End, Runner } from "./killed-run.ts";
import { TestHost } from "./test-host.ts";

let host: TestHost;
let runner: Runner;
beforeAll(async () => {
  host = await TestHost.start();
  runner = new Runner(host, "josh");
}, 60_000);
afterAll(async () => {
  await runner?.close();
  host?.run("destroy");
});

const OLD = ["root-20200101-000000", "root-20200202-000000"] as const;
const YOUNG = "root-20260101-000000";
const POLICY = ["--keep", "1 recent"] as const;
const OPTIONS = { keep: POLICY[1], apply: true };
const gc = (): Promise<GcResult> => runner.call(gcCommand, OPTIONS);
const roots = () => host.run("top", "ls -A old_roots").split("\n").filter(Boolean).sort();
const others = () => host.run("top", "btrfs subvolume list -u . | grep -v old_roots/root-2020 | sed 's/ gen [0-9]*//'");

it.each<End>(["client", "host"])(
  "each archived root is there or not wherever the %s dies, and the next call goes on",
  async (end) => {
    const steps: string[] = [];
    for (let step = 1; ; step++) {
      host.run(
        "top",
        `for r in ${OLD.join(" ")}; do [ -e old_roots/$r ] || btrfs -q subvolume create old_roots/$r; done
       [ ! -e old_roots/${YOUNG} ] || btrfs -q subvolume delete old_roots/${YOUNG}; btrfs -q subvolume create old_roots/${YOUNG}
       mkdir -p old_roots/${OLD[0]}/var; btrfs -q subvolume create old_roots/${OLD[0]}/var/a; btrfs -q subvolume create old_roots/${OLD[0]}/var/a/b
       btrfs -q subvolume snapshot -r persist snapshots/.nix-impermanence-cut-short-1; sync -f .`,
      );
      const before = others();
      const at = await runner.until(end, step, gcCommand, OPTIONS, [...POLICY, "--apply", "--yes"]);
      if (at === undefined) break;
      steps.push(at);
      expect(roots(), at).toContain(YOUNG);
      const left = roots().filter((name) => name !== YOUNG);
      const done = await gc();
      expect(done, at).toMatchObject({ done: true });
      const deleted = done.items.filter(({ outcome }) => outcome === "deleted").map(({ path }) => path);
      expect(deleted.sort(), at).toEqual(left.map((name) => `old_roots/${name}`));
      expect(roots(), at).toEqual([YOUNG]);
      // Nothing else is gone, but what was unfinished.
      expect(others(), at).toBe(
        before
          .split("\n")
          .filter((line) => !line.includes("cut-short"))
          .join("\n"),
      );
    }
    // What was unfinished, two roots, and two subvolumes inside of one of them.
    expect(steps.filter((one) => one.startsWith("btrfs subvolume delete"))).toHaveLength(5);
  },
  240_000,
);
