// `remote diff` beside what it is made of and what people use instead, through the same ssh connection.
import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { quantile, timeProcess } from "./measure.mjs";

const program = resolve("test/remote/host.sh");
const maker = resolve("test/bench/make-files.py");
const FEW = 100;
const MANY = 20_000;
/** How much slower than raw `btrfs send`, beside one round trip and the start of Node itself, a diff of few changes may be. */
const MOST = 1.5;
/** How much slower than the fastest of the others, beside the same, it may ever be. */
const MOST_OF_BEST = 1.2;

/**
 * A table of diffs for each number of files, and of what is asked most often for the first; as root, with btrfs, sshd, sudo
 * and, if it is to be compared with, snapper.
 *
 * @param {{ cli: string, sizes: readonly number[], runs: number,
 *   table: (title: string, head: string[], rows: string[][]) => void, missed: string[] }} settings
 */
export function remoteDiffs({ cli, sizes, runs, table, missed }) {
  const ms = (/** @type {number} */ time) => (Number.isNaN(time) ? "-" : `${time.toFixed(0)} ms`);
  for (const size of sizes) {
    const host = startHost(size);
    const remote = (/** @type {string[]} */ ...args) => [
      ...[process.execPath, cli, "remote", args[0] ?? "", "josh@127.0.0.1", "--ssh-config", host.config],
      ...args.slice(1),
    ];
    const peers = { start: [process.execPath, "-e", "0"], trip: host.ssh("true") };
    try {
      host.inside("python3", "-c", host.maker, "make", "/srv/files", String(size));
      host.inside("sh", "-c", SNAPPER);
      host.run("top", "btrfs -q subvolume snapshot -r root snapshots/base; sync -f .");
      host.inside("sh", "-c", "sleep 1; touch /run/mark; sleep 1");
      const rows = [];
      for (const changes of [FEW, MANY]) {
        host.inside("python3", "-c", host.maker, "change", "/srv/files", String(size), String(changes));
        host.run("top", "sync -f .");
        const times = sideBySide(runs, {
          ...peers,
          raw: host.ssh(`sudo sh -c '${RAW}'`),
          seeds: host.ssh("sudo find / -xdev -type f -mmin -600"),
          newer: host.ssh(`sudo find / -xdev \\( -newer /run/mark -o -cnewer /run/mark \\) -printf '%y %s %p\\0'`),
          snapper: host.ssh(`sudo sh -c '${SNAPPER_STATUS}'`),
          own: remote("diff", "--baseline", "base"),
          json: remote("diff", "--baseline", "base", "--format", "json"),
        });
        const { start, trip, raw, seeds, newer, snapper, own, json } = times;
        const rest = own - start - trip;
        const best = Math.min(...[raw, seeds, newer, snapper].filter((time) => !Number.isNaN(time)));
        rows.push([
          String(changes),
          ...[trip, start, raw, seeds, newer, snapper, own, json].map(ms),
          ...[(own - trip) / raw, rest / raw, rest / best].map((one) => one.toFixed(2)),
        ]);
        const what = `remote diff, ${size} files, ${changes} changes: ${ms(rest)} beside a round trip and Node`;
        if (changes === FEW && rest > MOST * raw) missed.push(`${what}, btrfs send ${ms(raw)}`);
        if (rest > MOST_OF_BEST * best) missed.push(`${what}, the fastest of the others ${ms(best)}`);
      }
      table(
        `remote diff, ${size} files, median of ${runs} side by side, one shared connection, load ${loadavg()[0]?.toFixed(1)}`,
        [
          ...["changes", "round trip", "node", "btrfs send", "find -mmin", "find -newer", "snapper", "diff"],
          ...["diff as JSON", "(diff - trip) : send", "without node", "without node : best"],
        ],
        rows,
      );
      if (size !== sizes[0]) continue;
      const { start, trip, status, list } = sideBySide(runs, {
        ...peers,
        status: remote("status"),
        list: remote("list"),
      });
      table(
        `remote status and list, median of ${runs}`,
        ["round trip", "node", "status", "list"],
        [[trip, start, status, list].map(ms)],
      );
    } finally {
      host.run("destroy");
    }
  }
}

/**
 * Median wall times of commands that take turns, so that whatever else the machine does is shared among them. NaN for what fails.
 *
 * @template {string} Name @param {number} runs @param {Record<Name, string[]>} commands
 * @returns {Record<Name, number>}
 */
function sideBySide(runs, commands) {
  const names = /** @type {Name[]} */ (Object.keys(commands));
  const all = names.map(() => /** @type {number[]} */ ([]));
  for (let run = 0; run < runs; run++)
    for (const [index, name] of names.entries()) {
      try {
        all[index]?.push(timeProcess(commands[name], [0, 1]).wall);
      } catch (error) {
        if (name !== "snapper") throw error;
      }
    }
  const medians = names.map((name, index) => [name, quantile(all[index] ?? [], 0.5)]);
  return /** @type {Record<Name, number>} */ (Object.fromEntries(medians));
}

/** Sets snapper up as a distribution does, with its first snapshot as the baseline. */
const SNAPPER = [
  "mkdir -p /etc/snapper/configs /etc/default",
  `printf 'SUBVOLUME="/"\\nFSTYPE="btrfs"\\nBACKGROUND_COMPARISON="no"\\n' >/etc/snapper/configs/root`,
  `echo 'SNAPPER_CONFIGS="root"' >/etc/default/snapper`,
  "snapper --no-dbus create 2>/dev/null || :",
].join("; ");
/** What is now against that. */
const SNAPPER_STATUS =
  "n=$(snapper --no-dbus create --print-number) || exit 2; snapper --no-dbus status 1..$n; snapper --no-dbus delete $n";
/** What one would type: a snapshot, the stream, and away with it. */
const RAW = [
  "mount -t btrfs -o subvolid=5 $(findmnt -no SOURCE --nofsroot /) /mnt/top",
  "btrfs -q subvolume snapshot -r /mnt/top/root /mnt/top/raw",
  "btrfs -q send --no-data -p /mnt/top/snapshots/base /mnt/top/raw",
  "btrfs -q subvolume delete /mnt/top/raw >/dev/null",
  "umount /mnt/top",
].join(" && ");

/** @param {number} size */
export function startHost(size) {
  const folder = mkdtempSync(join(tmpdir(), "nix-impermanence-bench-host-"));
  const env = { ...process.env, DISK_SIZE: size > 200_000 ? "8G" : "2G" };
  const run = (/** @type {string} */ verb, /** @type {string[]} */ ...args) =>
    execFileSync(program, [verb, folder, ...args], { encoding: "utf8", env, stdio: ["ignore", "pipe", "ignore"] });
  run("up", String(20_000 + (process.pid % 10_000)));
  const config = join(folder, "ssh_config");
  appendFileSync(config, `  ControlMaster auto\n  ControlPath ${folder}/mux\n  ControlPersist 60\n`);
  run("inside", "mkdir", "-p", "/mnt/top");
  return {
    ...{ run, config, maker: readFileSync(maker, "utf8") },
    inside: (/** @type {string[]} */ ...command) => run("inside", ...command),
    ssh: (/** @type {string} */ command) => ["ssh", "-F", config, "127.0.0.1", command],
  };
}
