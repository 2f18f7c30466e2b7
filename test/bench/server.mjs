// What the modules for servers take: snapshots, wipes, what snapshots hold on to, and writes of a database with and
// without copy-on-write.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { quantile } from "./measure.mjs";

/** The documents' limits: a snapshot in 30 s, back to one in 2 minutes, and 15 % of the disk. */
const MOST = { snapshot: 30_000, wipe: 120_000, back: 120_000, overhead: 0.15 };

/**
 * Three tables; as root, with btrfs, fio and systemd-tmpfiles.
 *
 * @param {{ seconds: number, rounds: number, table: (title: string, head: string[], rows: string[][]) => void, missed: string[] }} settings
 */
export function serverModules({ seconds, rounds, table, missed }) {
  const work = mkdtempSync(join(tmpdir(), "server-bench-"));
  const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
  try {
    const args = ["--mount", "--propagation", "private", "bash", path("server.sh")];
    const { status, stdout, stderr } = spawnSync(
      "unshare",
      [...args, path("../../server/scaffold/scripts"), work, String(seconds), String(rounds)],
      { encoding: "utf8", maxBuffer: 2 ** 26 },
    );
    if (status !== 0) throw new Error(`server.sh ended with ${status}:\n${stderr}`);
    report(stdout);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }

  /** @param {string} output */
  function report(output) {
    /** @type {Map<string, number[]>} */
    const seen = new Map();
    for (const line of output.trim().split("\n")) {
      const [name, value] = line.trim().split(" ");
      seen.set(name, [...(seen.get(name) ?? []), Number(value)]);
    }
    const all = (name) => seen.get(name) ?? [];
    const one = (name) => all(name)[0] ?? Number.NaN;
    const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;
    const timed = [
      ["snapshot of 20,000 files", "snapshot", MOST.snapshot],
      ["wipe of the root at boot", "wipe", MOST.wipe],
      ["all of /persist back to a snapshot", "back", MOST.back],
    ];
    table(
      `Server modules (${megabytes(one("data"))} in /persist)`,
      ["what", "median", "longest", "limit"],
      timed.map(([what, name, most]) => {
        if (Math.max(...all(name)) > most) missed.push(`${what} takes more than ${most / 1000} s`);
        const times = [quantile(all(name), 0.5), Math.max(...all(name))].map((ms) => `${Math.round(ms)} ms`);
        return [what, ...times, `${most / 1000} s`];
      }),
    );
    const held = one("held");
    const share = held / one("size");
    if (share > MOST.overhead) missed.push(`21 snapshots hold on to ${(100 * share).toFixed(1)} % of the disk`);
    table(
      "21 snapshots, 1 % of the data rewritten between two",
      ["held by snapshots alone", "of the data", "of the disk", "limit"],
      [[megabytes(held), percent(held / one("data")), percent(share), percent(MOST.overhead)]],
    );
    const gain = (snapshots) => percent(one(`nocow-${snapshots}`) / one(`cow-${snapshots}`) - 1);
    table(
      "8 KiB random writes with fdatasync after 16 (fio)",
      ["snapshots", "copy-on-write", "noCow", "gain", "extents after", "extents after, noCow"],
      ["without", "with"].map((snapshots) => [
        snapshots === "with" ? "one every 2 s" : "none",
        ...["cow", "nocow"].map((kind) => `${one(`${kind}-${snapshots}`)} IOPS`),
        gain(snapshots),
        ...["cow", "nocow"].map((kind) => String(one(`${kind}-${snapshots}-extents`))),
      ]),
    );
  }
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}
