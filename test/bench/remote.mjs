// `remote diff` beside what it is made of and what people use instead, through the same ssh connection.
import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { medianTimes, timeProcess } from "./measure.mjs";

const program = resolve("test/remote/host.sh");
const maker = resolve("test/bench/make-files.py");
const FEW = 100;
const MANY = 20_000;
/** How much slower than raw `btrfs send`, beside one round trip and the start of Node, a diff of few changes may be. */
const MOST = 1.5;

/**
 * A table for each number of files; as root, with btrfs, sshd and sudo.
 *
 * @param {{ cli: string, sizes: readonly number[], runs: number,
 *   table: (title: string, head: string[], rows: string[][]) => void, missed: string[] }} settings
 */
export function remoteDiffs({ cli, sizes, runs, table, missed }) {
  const wall = (/** @type {string[]} */ ...command) => medianTimes(runs, () => timeProcess(command, [0, 1])).wall;
  const start = wall(process.execPath, cli, "--version");
  for (const size of sizes) {
    const host = startHost(size);
    try {
      host.inside("python3", "-c", host.maker, "make", "/srv/files", String(size));
      host.run("top", "btrfs -q subvolume snapshot -r root snapshots/base; sync -f .");
      host.inside("sh", "-c", "sleep 1; touch /run/mark; sleep 1");
      const rows = [];
      for (const changes of [FEW, MANY]) {
        host.inside("python3", "-c", host.maker, "change", "/srv/files", String(size), String(changes));
        host.run("top", "sync -f .");
        const trip = wall(...host.ssh("true"));
        const raw = wall(...host.ssh(`sudo sh -c '${RAW}'`));
        const find = wall(
          ...host.ssh("sudo find / -xdev \\( -newer /run/mark -o -cnewer /run/mark \\) -printf '%y %s %p\\0'"),
        );
        const own = (/** @type {string[]} */ ...flags) =>
          wall(
            process.execPath,
            cli,
            "remote",
            "diff",
            "josh@127.0.0.1",
            "--baseline",
            "base",
            "--ssh-config",
            host.config,
            ...flags,
          );
        const [pretty, json] = [own(), own("--format", "json")];
        const best = Math.min(raw, find);
        rows.push(
          [String(changes), trip, start, raw, find, pretty, json].map((cell) =>
            typeof cell === "string" ? cell : `${cell.toFixed(0)} ms`,
          ),
        );
        rows.at(-1)?.push(((pretty - start - trip) / best).toFixed(2));
        if (changes === FEW && pretty > MOST * raw + trip + start)
          missed.push(
            `remote diff, ${size} files, ${changes} changes: ${pretty.toFixed(0)} ms, btrfs send alone ${raw.toFixed(0)} ms`,
          );
      }
      table(
        `remote diff, ${size} files, median of ${runs}, one shared connection`,
        ["changes", "round trip", "node", "btrfs send", "find", "diff", "diff as JSON", "(diff - trip - node) : best"],
        rows,
      );
    } finally {
      host.run("destroy");
    }
  }
}

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
