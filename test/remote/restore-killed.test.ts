import { afterAll, beforeAll, expect, it } from "vitest";
import { restoreCommand } from "../../server/src/remote/restore/restore.ts";
import { type End, Runner } from "./killed-run.ts";
import { TestHost } from "./test-host.ts";

const SNAPSHOT = "snapshots/persist-20260101-000000";
let host: TestHost;
let runner: Runner;
beforeAll(async () => {
  host = await TestHost.start();
  runner = new Runner(host);
  host.run(
    "top",
    `mkdir persist/data; echo new >persist/data/x; echo more >persist/data/new; btrfs -q subvolume snapshot -r persist ${SNAPSHOT}; sync -f .`,
  );
}, 60_000);
afterAll(async () => {
  await runner?.close();
  host?.run("destroy");
});

const PATHS = ["/persist/data"];
const options = { snapshot: SNAPSHOT, paths: PATHS, overwrite: true };
const top = (script: string) => host.run("top", script);

it.each<[End, string]>([
  ["client", "exchange"],
  ["host", "exchange"],
  ["host", "renames"],
])(
  "a path is the old or the restored one wherever the %s dies, by %s, and the next call leaves nothing over",
  async (end, how) => {
    const steps: string[] = [];
    for (let step = 1; ; step++) {
      top(
        "rm -rf persist/data* persist/other; mkdir persist/data; echo old >persist/data/x; echo o >persist/data/old; sync -f .",
      );
      const hide = "mkdir -p /run/wrappers/bin; for c in perl python3; do ln -sf /bin/false /run/wrappers/bin/$c; done";
      if (how === "renames") host.run("inside", "sh", "-c", hide);
      const at = await runner.until(end, step, restoreCommand, options, [SNAPSHOT, ...PATHS, "--overwrite", "--yes"]);
      if (at !== undefined) steps.push(at);
      // The next run is about something else, and cleans up all the same.
      await runner.call(restoreCommand, { ...options, paths: ["/persist/etc/hostkey"] });
      const found = top("echo $(cat persist/data/x; ls persist/data)");
      expect(["old old x\n", "new new x\n"], at).toContain(found);
      const kept = top("cd persist; for d in data.before-restore-*; do [ ! -e $d ] || echo $(cat $d/x; ls $d); done");
      expect(kept, at).toBe(found.startsWith("new") ? "old old x\n" : "");
      expect(top("ls -A persist | grep -v before-restore"), at).toBe("data\netc\n");
      if (at === undefined) break;
    }
    expect(steps.length).toBeGreaterThan(5);
  },
  240_000,
);
