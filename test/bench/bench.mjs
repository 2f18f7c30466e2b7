// How fast the checker is, beside what Nix itself takes for the same work in the same run.
//
//   npm run bench                      everything, some five minutes; fails when a target is missed
//   npm run bench -- --quick           fewer rounds, for a look while working
//   npm run bench -- memory            one part: cold, keystrokes or memory
//   npm run bench -- server            what the modules for servers take; as root, with btrfs and fio
//   npm run bench -- remote            what hosts take; as root, with btrfs, sshd and (as a peer) snapper; half an hour
//   npm run bench -- remote --files 10000,500000 --runs 5   with other numbers of files and of runs
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { baseline } from "./baseline.mjs";
import { generatedFlake, modulePath, writeFiles } from "./generated-flake.mjs";
import { generatedFleet, HOSTS } from "./generated-fleet.mjs";
import { startClient } from "./language-client.mjs";
import { medianTimes, memoryOf, peakMemory, quantile, threadTimeOf, timeProcess } from "./measure.mjs";
import { remoteDiffs } from "./remote.mjs";
import { remoteRollbacks } from "./remote-rollback.mjs";
import { remoteSnapshots } from "./remote-snapshot.mjs";
import { serverModules } from "./server.mjs";

const { values: options, positionals } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    dist: { type: "string", default: "dist" },
    files: { type: "string" },
    runs: { type: "string" },
  },
  allowPositionals: true,
});
const [part] = positionals;
const FILES = 300;
const RUNS = options.quick ? 2 : 5;
const EDITS = options.quick ? 60 : 200;
const MANY_EDITS = options.quick ? 300 : 10_000;
/** Memory is watched on a smaller flake: what an edit leaves behind does not depend on how long it takes. */
const FILES_FOR_MEMORY = 60;
/** Milliseconds from a keystroke to its findings that 95 of 100 keystrokes may take by the clock, and of all processors. */
const TARGET = 50;
const CPU_TARGET = 20;
/** How much memory may grow over MANY_EDITS. */
const MOST_GROWTH = 1.1;
const FINDINGS = 1;
/** What a whole check of a fleet of so many files may take: milliseconds of all processors, and bytes. */
const FLEET_FILES = 250;
const FLEET_CPU = 1000;
const FLEET_MEMORY = 250 * 2 ** 20;

const cli = resolve(options.dist, "cli.js");
const folder = mkdtempSync(join(tmpdir(), "nix-impermanence-bench-"));
const missed = [];
try {
  const files = generatedFlake(FILES);
  writeFiles(folder, files);
  const wanted = (name) => part === undefined || part === name;
  if (wanted("cold")) {
    wholeProcesses();
    fleet();
  }
  for (const pull of [true, false]) if (wanted("keystrokes")) await keystrokes(files, pull);
  rmSync(folder, { recursive: true });
  if (wanted("memory")) await memory(generatedFlake(FILES_FOR_MEMORY));
  // Only when they are asked for: they make filesystems.
  if (part === "server") {
    serverModules({ seconds: options.quick ? 5 : 20, rounds: options.quick ? 3 : 9, table, missed });
  }
  if (part === "remote") {
    const sizes = (options.files ?? (options.quick ? "10000" : "10000,100000,500000")).split(",").map(Number);
    const runs = Number(options.runs ?? (options.quick ? 3 : 5));
    console.log(
      `${new Date().toISOString().slice(0, 10)}, ${cpus().length} processors, load ${loadavg()[0]?.toFixed(1)}`,
    );
    remoteDiffs({ cli, sizes, runs, table, missed });
    remoteSnapshots({ cli, runs: options.quick ? 3 : 7, table, missed });
    remoteRollbacks({ cli, runs: options.quick ? 3 : 7, table, missed });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const line of missed) console.error(`missed: ${line}`);
process.exitCode = missed.length > 0 ? 1 : 0;

function wholeProcesses() {
  // Findings and a missing program both end with 1; this does not.
  timeProcess([process.execPath, cli, "--version"]);
  const expression = join(folder, "baseline.nix");
  writeFileSync(expression, baseline(folder));
  const nix = medianTimes(RUNS, () => timeProcess(["nix-instantiate", "--eval", "--strict", "--json", expression]));
  const check = (path) => medianTimes(RUNS, () => timeProcess([process.execPath, cli, "check", path], [0, FINDINGS]));
  const rows = [
    [`nix-instantiate, merge of the ${FILES} generated files`, nix],
    [`check, the same ${FILES} files: whole process`, check(folder)],
    ["check, examples/hetzner-vps: whole process", check(resolve("examples/hetzner-vps"))],
  ];
  table(
    `Cold, median of ${RUNS}`,
    ["", "wall", "CPU", "wall : Nix", "CPU : Nix"],
    rows.map(([name, { wall, cpu }]) => [name, ms(wall), ms(cpu), ratio(wall, nix.wall), ratio(cpu, nix.cpu)]),
  );
}

/** Many hosts that share most of their files, as in a repository of somebody with several machines. */
function fleet() {
  const place = join(folder, "fleet");
  writeFiles(place, generatedFleet(FLEET_FILES));
  const { wall, cpu } = medianTimes(RUNS, () => timeProcess([process.execPath, cli, "check", place], [0, FINDINGS]));
  const peak = peakMemory([cli, "check", place], [0, FINDINGS]);
  rmSync(place, { recursive: true });
  const isMet = cpu <= FLEET_CPU && peak <= FLEET_MEMORY;
  const target = `target <= ${ms(FLEET_CPU)} CPU, ${mb(FLEET_MEMORY)}`;
  table(
    `Cold, ${FLEET_FILES} files, ${HOSTS} hosts, median of ${RUNS}`,
    ["", "wall", "CPU", "memory", target],
    [["check: whole process", ms(wall), ms(cpu), mb(peak), isMet ? "met" : "missed"]],
  );
  if (cpu > FLEET_CPU) missed.push(`a cold check of ${HOSTS} hosts takes ${ms(cpu)} of CPU`);
  if (peak > FLEET_MEMORY) missed.push(`a cold check of ${HOSTS} hosts takes ${mb(peak)}`);
}

/** @param {Map<string, string>} files @param {boolean} pull */
async function keystrokes(files, pull) {
  const client = await startClient(cli, folder, { pull });
  try {
    const edit = await editor(client, files, FILES - 3);
    // The first edits compile code paths that later ones share.
    const warm = 20;
    for (let index = 0; index < warm; index++) await edit(index);
    const times = [];
    const cpu = [];
    for (let index = warm; index < warm + EDITS; index++) {
      const before = threadTimeOf(client.pid);
      const start = performance.now();
      await edit(index);
      times.push(performance.now() - start);
      cpu.push(threadTimeOf(client.pid) - before);
    }
    const p95 = quantile(times, 0.95);
    const cpu95 = quantile(cpu, 0.95);
    const mean = (all) => all.reduce((sum, one) => sum + one, 0) / all.length;
    const row = (all) => [quantile(all, 0.5), quantile(all, 0.95), Math.max(...all), mean(all)].map(ms);
    const name = pull ? "findings asked for (pull)" : "findings sent (push)";
    table(
      `Keystroke to findings, ${FILES} files, ${EDITS} edits in different files: ${name}`,
      ["", "p50", "p95", "most", "mean", "target for p95", ""],
      [
        ["wall", ...row(times), `< ${TARGET} ms`, p95 < TARGET ? "met" : "missed"],
        ["CPU of all threads", ...row(cpu), `<= ${CPU_TARGET} ms`, cpu95 <= CPU_TARGET ? "met" : "missed"],
      ],
    );
    if (p95 >= TARGET) missed.push(`${name}: p95 is ${ms(p95)}`);
    if (cpu95 > CPU_TARGET) missed.push(`${name}: p95 is ${ms(cpu95)} of CPU`);
  } finally {
    await client.stop();
  }
}

/** @param {Map<string, string>} files */
async function memory(files) {
  writeFiles(folder, files);
  const client = await startClient(cli, folder, { pull: true });
  try {
    const edit = await editor(client, files, files.size - 3);
    const opened = memoryOf(client.pid);
    // Resident memory goes up and down with garbage collection: medians over a stretch are compared.
    const stretch = MANY_EDITS / 4;
    const samples = [];
    for (let index = 0; index < MANY_EDITS + stretch; index++) {
      await edit(index);
      samples.push(memoryOf(client.pid));
    }
    const before = quantile(samples.slice(stretch / 2, stretch), 0.5);
    const after = quantile(samples.slice(-stretch / 2), 0.5);
    const kept = after < before * MOST_GROWTH;
    table(
      `Memory of the server, ${files.size} files, all open`,
      ["opened", `after ${stretch} edits`, `after ${MANY_EDITS} more`, "growth", `target < ${MOST_GROWTH}`],
      [[mb(opened), mb(before), mb(after), ratio(after, before), kept ? "met" : "missed"]],
    );
    if (!kept) missed.push(`memory grew from ${mb(before)} to ${mb(after)}`);
  } finally {
    await client.stop();
  }
}

/**
 * Opens the modules and gives a function that makes one keystroke in one of them: a digit of its port.
 *
 * @param {Awaited<ReturnType<typeof startClient>>} client
 * @param {Map<string, string>} files @param {number} count
 */
async function editor(client, files, count) {
  const places = [];
  for (let index = 0; index < count; index++) {
    const text = files.get(modulePath(index)) ?? "";
    const lines = text.slice(0, text.indexOf("default = 8")).split("\n");
    const character = (lines.at(-1) ?? "").length + "default = 8".length;
    const digit = Number((text.split("\n")[lines.length - 1] ?? "")[character]);
    places.push({ line: lines.length - 1, character, digit });
    await client.open(join(folder, modulePath(index)), text);
  }
  await client.settle(join(folder, modulePath(0)));
  let version = 1;
  return async (index) => {
    const at = (index * 7) % count;
    const place = places[at];
    const { line, character } = place;
    const range = { start: { line, character }, end: { line, character: character + 1 } };
    version++;
    // Another digit each time: a text that stays as it was is nothing to look at.
    place.digit = (place.digit + 1) % 10;
    await client.edit(join(folder, modulePath(at)), version, { range, text: String(place.digit) });
  };
}

/** @param {string} title @param {string[]} head @param {string[][]} rows */
function table(title, head, rows) {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column].length)));
  const line = (cells) => cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at])));
  console.log(`\n${title}\n`);
  for (const row of [head, ...rows]) console.log(`  ${line(row).join("   ")}`);
}

/** @param {number} time */
function ms(time) {
  return `${time.toFixed(time < 100 ? 1 : 0)} ms`;
}

/** @param {number} bytes */
function mb(bytes) {
  return `${(bytes / 2 ** 20).toFixed(0)} MB`;
}

/** @param {number} a @param {number} b */
function ratio(a, b) {
  return (a / b).toFixed(2);
}
