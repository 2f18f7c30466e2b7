// How long `remote snapshot` of five subvolumes takes, idle and while others write.
import { execFileSync } from "node:child_process";
import { quantile } from "./measure.mjs";
import { startHost } from "./remote.mjs";

const SUBVOLUMES = ["persist", "log", "services", "db", "home"];
/** Seconds from the first to the last snapshot under load. */
const MOST = 5;
/** Two that overwrite at random with fsync, as databases do, and one that makes files. */
const WRITERS = `
import os, random, sys
kind, folder = sys.argv[1:]
n = 0
if kind == "random":
    f = os.open(folder + "/load", os.O_RDWR | os.O_CREAT)
    os.ftruncate(f, 64 << 20)
    while True:
        os.pwrite(f, os.urandom(16384), random.randrange(4096) * 16384)
        n += 1
        if n % 32 == 0: os.fsync(f)
while True:
    with open("%s/load-%d" % (folder, n % 20000), "wb") as f: f.write(os.urandom(random.randrange(6000)))
    n += 1
`;

/**
 * One table; as root, with btrfs, sshd and sudo.
 *
 * @param {{ cli: string, runs: number, table: (title: string, head: string[], rows: string[][]) => void, missed: string[] }} settings
 */
export function remoteSnapshots({ cli, runs, table, missed }) {
  const host = startHost(0);
  try {
    host.run("top", "for s in services db home; do btrfs -q subvolume create $s; done; sync -f .");
    // Opens the connection that all share.
    times(host, cli, 1);
    const idle = times(host, cli, runs);
    startWriters(host);
    execFileSync("sleep", ["5"]);
    const busy = times(host, cli, runs);
    const most = Math.max(...busy.map(({ seconds }) => seconds));
    if (most > MOST) missed.push(`remote snapshot under load: ${most} s from the first to the last`);
    table(
      `remote snapshot of ${SUBVOLUMES.length} subvolumes, ${runs} runs`,
      ["", "first to last, median", "worst", "whole command, median", "worst"],
      [row("idle", idle), row("two fsync writers, one that makes files", busy)],
    );
  } finally {
    host.run("destroy");
  }
}

/** Lets the host write, until it ends. @param {ReturnType<typeof startHost>} host */
export function startWriters(host) {
  host.inside(
    "sh",
    "-c",
    "mkdir -p /run/load; mount -t btrfs -o subvolid=5 $(findmnt -no SOURCE --nofsroot /) /run/load",
  );
  const writers = [
    ["random", "/run/load/db"],
    ["random", "/run/load/persist"],
    ["files", "/run/load/services"],
  ];
  for (const [kind = "", folder = ""] of writers)
    host.inside("sh", "-c", 'python3 -c "$1" "$2" "$3" >/dev/null 2>&1 &', "sh", WRITERS, kind, folder);
}

function times(host, cli, runs) {
  const args = [
    cli,
    "remote",
    "snapshot",
    "josh@127.0.0.1",
    ...SUBVOLUMES,
    "--format",
    "json",
    "--ssh-config",
    host.config,
  ];
  return Array.from({ length: runs }, () => {
    const start = performance.now();
    const { done, why, seconds } = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
    if (!done) throw new Error(`no snapshot: ${why}`);
    return { seconds, whole: (performance.now() - start) / 1000 };
  });
}

function row(name, all) {
  const seconds = (values) => [`${quantile(values, 0.5).toFixed(2)} s`, `${Math.max(...values).toFixed(2)} s`];
  return [name, ...seconds(all.map((one) => one.seconds)), ...seconds(all.map((one) => one.whole))];
}
