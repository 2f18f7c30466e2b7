import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Program } from "../syntax/expr.ts";
import { sourceOf } from "../testing/analyse-files.ts";
import { type Analysis, analyseWorkspace } from "./analysis.ts";
import { completions } from "./completion/completion.ts";

/*
 * 10,000 inputs that a hand, a merge or a half-finished edit could make of real files: none of them may
 * crash the analysis, and whatever it reports must lie inside the file it names. An input is a whole host
 * with one file changed; for speed most are changes of small modules. Deterministic: the seed is fixed
 * (`SEED=…` tries another).
 */
const INPUTS = 10_000;
/** Of these, so many are changes of the example hosts, which cost some twenty times as much each. */
const IN_EXAMPLES = 1_500;
const SEED = Number(process.env.SEED ?? 20_261_121);
/** On a slow machine the rest is left out, and the count says so. */
const MOST_MILLISECONDS = 150_000;

type Files = Readonly<Record<string, string>>;

function example(name: string): Files {
  const folder = join("examples", name);
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".nix"));
  return Object.fromEntries(paths.map((path) => [`/${path}`, readFileSync(join(folder, path), "utf8")]));
}

/** Small hosts that between them reach every part of the host model. */
const SMALL: readonly Files[] = [
  `{ config, lib, pkgs, ... }: { fileSystems."/" = { device = "none"; fsType = "tmpfs"; };
    fileSystems."/persist" = { device = "/dev/sda3"; fsType = "btrfs"; options = [ "subvol=persist" "compress=zstd" ]; };
    environment.persistence."/persist" = { directories = [ "/var/log" { directory = "/var/lib/db"; mode = "0700"; } ]; files = [ "/etc/machine-id" ]; };
    services.postgresql.enable = lib.mkDefault true; services.openssh.enable = true; }`,
  `{ lib, ... }: { disko.devices.disk.main = { device = "/dev/vda"; content = { type = "gpt"; partitions.root = { size = "100%";
    content = { type = "btrfs"; subvolumes = [ { name = "root"; mountpoint = "/"; } { name = "@nix"; mountpoint = "/nix"; mountOptions = [ "noatime" "nodatacow" ]; } ]; }; }; }; }; }`,
  `{ pkgs, ... }: { boot.initrd.postDeviceCommands = ''
      mkdir -p /mnt; mount -o subvol=/ /dev/sda2 /mnt
      btrfs subvolume list -o /mnt/root | cut -f9 -d' ' | while read s; do btrfs subvolume delete "/mnt/$s"; done
      btrfs subvolume snapshot /mnt/root-blank /mnt/root
    ''; fileSystems."/" = { device = "/dev/sda2"; fsType = "btrfs"; options = [ "subvol=root" ]; }; }`,
  `{ lib, config, ... }: let cfg = config.my; in { options.my.enable = lib.mkEnableOption "x";
    config = lib.mkIf cfg.enable { systemd.timers.t.timerConfig = { OnCalendar = "6h"; Persistent = true; };
      systemd.services.t = { script = "find /x -mtime +30d -delete"; wantedBy = [ "initrd.target" ]; };
      boot.kernel.sysctl."vm.swappiness" = 300; preservation.preserveAt."/p".directories = [ "/var/lib/nixos" ]; }; }`,
].map((text) => ({ "/host.nix": text }));

const mutation = fc.record({
  kind: fc.constantFrom("delete", "duplicate", "swap", "insert", "replace", "cut", "join"),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  other: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(40),
  piece: fc.constantFrom(
    ...["{", "}", "[", "]", "(", ")", ";", '"', "''", "${", "}'", "=", ".", "..", "//", "++", "@", ":", "?", ",", "\0"],
    ...[
      "\n",
      "\r\n",
      "#",
      "/*",
      "*/",
      "null",
      "-1",
      "1.5",
      "true",
      "./.",
      "/",
      "<x>",
      "rec ",
      "with config; ",
      "inherit ",
      "a: ",
    ],
    ...[
      "lib.mkForce ",
      "lib.mkIf config.x ",
      "config",
      "import ./host.nix ",
      'builtins.throw "x"',
      "[ 1 { } ]",
      "💾",
      "\ud83d",
    ],
  ),
});
type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

function mutated(text: string, { kind, at, other, length, piece }: Mutation): string {
  const from = Math.floor(at * text.length);
  const to = Math.min(text.length, from + length);
  const target = Math.floor(other * text.length);
  const part = text.slice(from, to);
  switch (kind) {
    case "delete":
      return text.slice(0, from) + text.slice(to);
    case "duplicate":
      return text.slice(0, target) + part + text.slice(target);
    case "swap":
      return text.slice(0, from) + text.slice(to, to + length) + part + text.slice(to + length);
    case "insert":
      return text.slice(0, from) + piece + text.slice(from);
    case "replace":
      return text.slice(0, from) + piece + text.slice(to);
    case "cut":
      return text.slice(0, from);
    case "join":
      return text.slice(0, from) + text.slice(target);
  }
}

const input = fc.record({
  pick: fc.nat(10_000),
  file: fc.nat(10_000),
  mutations: fc.array(mutation, { minLength: 1, maxLength: 3 }),
});

/** Everything that a report points at lies in its file, and every fix applies to it. */
function outside(analysis: Analysis, files: Files): string | undefined {
  for (const finding of analysis.findings) {
    const places = [finding.at, ...finding.related.map(({ place }) => place)];
    const edits = finding.fixes.flatMap((fix) =>
      [...fix.edits].flatMap(([file, list]) => list.map(({ start, end }) => ({ file, start, end }))),
    );
    for (const { file, start, end } of [...places, ...edits]) {
      const size = files[file]?.length;
      if (size === undefined || start < 0 || start > end || end > size) {
        return `${finding.code} ${finding.message}: ${file} ${start}..${end} of ${size}`;
      }
    }
    if (finding.code === "IMP000" || /the checker itself failed/.test(finding.message)) return finding.message;
  }
  return undefined;
}

/** What is offered at a place lies around it. */
function completedOutside(program: Program | undefined, offset: number, { hosts }: Analysis): string | undefined {
  if (!program) return undefined;
  const at = offset % (program.text.length + 1);
  const wrong = completions(program, at, hosts, 0).find(({ span }) => span.start > at || at > span.end);
  return wrong && `${wrong.label}: ${wrong.span.start}..${wrong.span.end} at ${at}`;
}

it(`${INPUTS} mutated inputs neither crash the analysis nor let it point outside of files`, {
  timeout: 300_000,
}, async () => {
  const examples = ["hetzner-vps", "hetzner-vps-fixed", "juni"].map(example);
  const inputs = fc.sample(input, { seed: SEED, numRuns: INPUTS });
  const every = Math.floor(INPUTS / IN_EXAMPLES);
  const slowest = { milliseconds: 0, text: "" };
  const start = performance.now();
  let done = 0;
  let findings = 0;
  for (const { pick, file, mutations } of inputs) {
    if (performance.now() - start > MOST_MILLISECONDS) break;
    const from = done % every === 0 ? examples : SMALL;
    const files = from[pick % from.length] as Files;
    const names = Object.keys(files);
    const name = names[file % names.length] as string;
    const text = mutations.reduce(mutated, files[name] as string);
    const changed = { ...files, [name]: text };
    const begin = performance.now();
    const source = await sourceOf(changed);
    const analysis = analyseWorkspace(source);
    const problem = outside(analysis, changed) ?? completedOutside(source.find(name), done * 7919, analysis);
    const took = performance.now() - begin;
    if (took > slowest.milliseconds) Object.assign(slowest, { milliseconds: took, text });
    expect(problem, `${name}:\n${text}`).toBeUndefined();
    done++;
    findings += analysis.findings.length;
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(
    `${done} mutated inputs, ${findings} findings in ${seconds} s, the slowest took ${slowest.milliseconds.toFixed(0)} ms`,
  );
  // One input alone must never hold the editor up.
  expect(slowest.milliseconds, slowest.text).toBeLessThan(5_000);
  expect(done).toBeGreaterThan(INPUTS / 5);
});
