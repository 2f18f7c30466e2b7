import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** @typedef {{ wall: number, cpu: number }} Times milliseconds by the clock, and of all threads on processors */

/**
 * Runs a program to its end, its output thrown away.
 *
 * @param {readonly string[]} command @param {readonly number[]} codes exit codes that are fine
 * @returns {Times}
 */
export function timeProcess(command, codes = [0]) {
  const script = 'TIMEFORMAT="%R %U %S"; { time "$@" >/dev/null 2>&3; } 3>/dev/null; exit $?';
  const { status, stderr, error } = spawnSync("bash", ["-c", script, "bash", ...command], { encoding: "utf8" });
  if (error) throw error;
  if (status === null || !codes.includes(status)) throw new Error(`${command.join(" ")} ended with ${status}`);
  const [wall = 0, user = 0, system = 0] = stderr.trim().split(" ").map(Number);
  return { wall: wall * 1000, cpu: (user + system) * 1000 };
}

/**
 * The most memory that a program of Node had, in bytes.
 *
 * @param {readonly string[]} args what follows `node` @param {readonly number[]} codes exit codes that are fine
 */
export function peakMemory(args, codes = [0]) {
  const folder = mkdtempSync(join(tmpdir(), "nix-impermanence-peak-"));
  const file = join(folder, "peak");
  try {
    const { status, error } = spawnSync(
      process.execPath,
      ["--require", resolve("test/bench/report-peak.cjs"), ...args],
      {
        env: { ...process.env, PEAK_FILE: file },
        stdio: "ignore",
      },
    );
    if (error) throw error;
    if (status === null || !codes.includes(status)) throw new Error(`${args.join(" ")} ended with ${status}`);
    return Number(readFileSync(file, "utf8")) * 1024;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The median of several runs, wall and CPU each.
 *
 * @param {number} runs @param {() => Times} run
 * @returns {Times}
 */
export function medianTimes(runs, run) {
  const times = Array.from({ length: runs }, run);
  return {
    wall: quantile(
      times.map(({ wall }) => wall),
      0.5,
    ),
    cpu: quantile(
      times.map(({ cpu }) => cpu),
      0.5,
    ),
  };
}

/** @param {readonly number[]} values @param {number} part 0.5 is the median */
export function quantile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/**
 * What the threads of a running process have run so far, in milliseconds with all their digits; `stat` counts in
 * hundredths of a second. A thread that has ended is no longer counted; a server at work ends none.
 *
 * @param {number} pid
 */
export function threadTimeOf(pid) {
  const folder = `/proc/${pid}/task`;
  const times = readdirSync(folder).map((thread) => {
    const [nanoseconds] = readFileSync(join(folder, thread, "schedstat"), "utf8").split(" ");
    return Number(nanoseconds) / 1e6;
  });
  return times.reduce((sum, time) => sum + time, 0);
}

/** Resident memory of a running process, in bytes. @param {number} pid */
export function memoryOf(pid) {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(match?.[1]) * 1024;
}
