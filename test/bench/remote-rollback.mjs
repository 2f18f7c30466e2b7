// How long `remote rollback` of a data subvolume takes while others write to the same filesystem, and to the subvolume itself.
import { execFileSync } from "node:child_process";
import { quantile } from "./measure.mjs";
import { startHost } from "./remote.mjs";
import { startWriters } from "./remote-snapshot.mjs";

/** Seconds for the whole command. */
const MOST = 5;

/**
 * One table; as root, with btrfs, sshd and sudo.
 *
 * @param {{ cli: string, runs: number, table: (title: string, head: string[], rows: string[][]) => void, missed: string[] }} settings
 */
export function remoteRollbacks({ cli, runs, table, missed }) {
  const host = startHost(0);
  const command = (/** @type {string[]} */ ...args) => {
    const all = [cli, "remote", "rollback", "josh@127.0.0.1", ...args, "--yes", "--format", "json", "--ssh-config"];
    const start = performance.now();
    const { done, why, id } = JSON.parse(answerOf([...all, host.config]));
    if (!done) throw new Error(`no rollback: ${why}`);
    return { id, seconds: (performance.now() - start) / 1000 };
  };
  try {
    host.run(
      "top",
      "for s in services db; do btrfs -q subvolume create $s; done; seq 20000 | sed 's:^:services/:' | xargs touch",
    );
    host.run("top", "btrfs -q subvolume snapshot -r services snapshots/services-20260101-000000; sync -f .");
    host.inside("sh", "-c", "mkdir -p /data; mount -o subvol=services $(findmnt -no SOURCE --nofsroot /) /data");
    const back = () => command("/data", "services-20260101-000000").seconds;
    const measure = (/** @type {() => number} */ one) => Array.from({ length: runs }, one);
    const idle = measure(back);
    startWriters(host);
    execFileSync("sleep", ["5"]);
    // What is mounted stays in use: exchanged under it, and exchanged back.
    const inUse = measure(() => {
      const { id, seconds } = command("/data", "services-20260101-000000", "--at-next-boot");
      command("--undo", id, "--at-next-boot");
      return seconds;
    });
    host.inside("sh", "-c", "pkill -f '[/]run/load/services'; true");
    const busy = measure(back);
    const rows = /** @type {const} */ ([
      ["idle, mounted anew", idle],
      ["two fsync writers beside it, mounted anew", busy],
      ["the same, one writes to it, exchanged under it", inUse],
    ]);
    for (const [name, times] of rows)
      if (Math.max(...times) > MOST) missed.push(`remote rollback, ${name}: ${Math.max(...times).toFixed(1)} s`);
    table(
      `remote rollback of one subvolume with 20000 files, whole command, ${runs} runs`,
      ["", "median", "worst", `target < ${MOST} s`],
      rows.map(([name, times]) => [
        name,
        `${quantile(times, 0.5).toFixed(2)} s`,
        `${Math.max(...times).toFixed(2)} s`,
        Math.max(...times) > MOST ? "missed" : "met",
      ]),
    );
  } finally {
    host.run("destroy");
  }
}

/** It ends with 1 while mounts show the old data. @param {string[]} args */
function answerOf(args) {
  try {
    return execFileSync(process.execPath, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch (error) {
    const { status, stdout } = /** @type {{ status: number | null, stdout: string }} */ (error);
    if (status === 1 && stdout !== "") return stdout;
    throw error;
  }
}
