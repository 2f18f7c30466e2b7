import { mergeEdits } from "../../edits/combine-plans.ts";
import { type FixPlan, offer } from "../../edits/fix-plan.ts";
import { appendToListOption, type FileEdits, setOption } from "../../edits/option-edit.ts";
import type { TextEdit } from "../../edits/text-edit.ts";
import type { Place } from "../../eval/origin.ts";
import type { Host, Unit } from "../../host/host.ts";
import { perItem } from "../../host/per-item.ts";
import { perNode } from "../../host/per-node.ts";
import { childrenOf, mentioned, openOf, readTexts, setAt } from "../../host/read-values.ts";
import { type ScriptCommand, scriptCommands } from "../reading/script-commands.ts";
import { defineRule, type Report, type RuleContext } from "../rule.ts";

/** Programs of maintenance scripts that NixOS does not put on a service's PATH, and the package that has them. */
const PACKAGES: Readonly<Record<string, string>> = {
  btrfs: "btrfs-progs",
  bcachefs: "bcachefs-tools",
  zfs: "zfs",
  zpool: "zfs",
  findmnt: "util-linux",
  mount: "util-linux",
  umount: "util-linux",
  mountpoint: "util-linux",
  flock: "util-linux",
  btrbk: "btrbk",
  snapper: "snapper",
  compsize: "compsize",
  rsync: "rsync",
  jq: "jq",
  tar: "gnutar",
  zstd: "zstd",
  gzip: "gzip",
  curl: "curl",
  git: "git",
  borg: "borgbackup",
  restic: "restic",
  rclone: "rclone",
  nft: "nftables",
  openssl: "openssl",
  ssh: "openssh",
  scp: "openssh",
  sftp: "openssh",
  sqlite3: "sqlite",
};

/** What a service of the running system finds on its PATH, and one of the initrd does not: of findutils it has `find`. */
const NOT_IN_INITRD: Readonly<Record<string, string>> = {
  xargs: "findutils",
  grep: "gnugrep",
  egrep: "gnugrep",
  sed: "gnused",
  awk: "gawk",
  gawk: "gawk",
};

/** What scripts of the initrd call of its `/bin`, beside PACKAGES, and the package that has it. */
const IN_INITRD: Readonly<Record<string, string>> = {
  find: "findutils",
  ...Object.fromEntries(
    ["basename", "cat", "chmod", "chown", "cp", "cut", "date", "dirname", "head", "ls", "ln", "mkdir", "mktemp", "mv"]
      .concat(["readlink", "realpath", "rm", "rmdir", "sleep", "sort", "stat", "sync", "tail", "touch", "tr", "wc"])
      .map((name) => [name, "coreutils"]),
  ),
};

/** What is called when the unit's own PATH is all there is. */
const OF_OWN_PATH = { ...PACKAGES, ...NOT_IN_INITRD, ...IN_INITRD };

/** A package of which it is known what it holds, by its name without the version. */
const KNOWN_PACKAGE = new RegExp(
  `^(?:${[...new Set(Object.values(OF_OWN_PATH)), "bash", "cryptsetup", "e2fsprogs", "kmod", "lvm2", "systemd"].join("|")})(?:[-_].*|\\d.*)?$`,
);

/** A service finds coreutils, findutils, grep, sed and systemd, and nothing else; in the initrd less than that. */
export const missingUnitPath = defineRule({
  code: "IMP702",
  name: "missing-unit-path",
  group: "units",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const initrd = initrdUnits(context.host.units);
    const inInitrd = initrd.length > 0 ? initrdPrograms(context.host) : undefined;
    for (const unit of initrd) {
      const replaced = findReplaced(unit);
      if (replaced) context.report(replaced);
      const lacking = findInInitrd(unit, inInitrd);
      if (lacking) context.report({ ...lacking.report, fixes: () => addToInitrd(context, lacking.missing) });
    }
    for (const { unit, found } of findInSystem(context.host.units))
      context.report({ ...found.report, fixes: () => addPath(context, unit, [...found.missing.keys()]) });
  },
});

const initrdUnits = perItem((unit: Unit) => (unit.stage === "initrd" ? [unit] : []));

/** What is said of a unit, and the packages that it lacks, each with the first call. */
interface Found {
  readonly missing: ReadonlyMap<string, ScriptCommand>;
  readonly report: Omit<Report, "fixes">;
}

const findInSystem = perItem((unit: Unit) => {
  // One that never starts here belongs into the initrd, where its PATH is another one.
  const own = unit.stage === "initrd" || isForInitrd(unit) ? undefined : pathOf(unit.node);
  const found = own === undefined ? undefined : findIn(unit, own);
  return found ? [{ unit, found }] : [];
});

/** Whether only targets of the initrd pull a unit of the running system in. */
function isForInitrd({ wantedBy, requiredBy }: Unit): boolean {
  const targets = [...wantedBy, ...requiredBy];
  return targets.length > 0 && targets.every(({ text }) => /^initrd[\w-]*\.target$/.test(text));
}

function findInInitrd(unit: Unit, inInitrd: string | undefined): Found | undefined {
  // With packages of its own the PATH of a unit is another one.
  if (pathOf(unit.node) !== "" || inInitrd === undefined) return undefined;
  const missing = missingOf(unit, NOT_IN_INITRD, inInitrd);
  if (missing.size === 0) return undefined;
  const report = {
    at: placeOfFirst(unit, missing),
    // Mostly it is what deletes old roots; the rest of the script runs.
    severity: "warning" as const,
    message: `The script of \`${unit.name}\` calls ${called(missing)}, which ${missing.size > 1 ? "are" : "is"} not in the initrd: "command not found". With systemd in the initrd there are bash, coreutils, find, mount and systemd's own tools, and programs of the filesystems in use; grep, sed, awk and xargs are not among them.`,
    help: `Put ${missing.size > 1 ? "them" : "it"} there: ${[...missing].map(([name, { program }]) => `boot.initrd.systemd.extraBin.${program} = "\${pkgs.${name}}/bin/${program}";`).join(" ")}`,
    related: [{ place: unit.place, message: "the service is declared here" }],
  };
  return { missing, report };
}

/** A unit of the initrd whose `path` takes the place of what it would find in `/bin`. */
function findReplaced(unit: Unit): Report | undefined {
  const own = pathOf(unit.node);
  if (!own?.split(" ").every((path) => KNOWN_PACKAGE.test(nameOf(path)))) return undefined;
  const missing = missingOf(unit, OF_OWN_PATH, own);
  if (missing.size === 0) return undefined;
  const set = setAt(unit.node.child("path"));
  return {
    at: placeOfFirst(unit, missing),
    message: `The script of \`${unit.name}\` calls ${called(missing)}, and its \`path\` has no ${missing.size > 1 ? "such programs" : "such program"}: "command not found". In the initrd \`path\` is all of a unit's PATH. Without it the unit finds what is in /bin: coreutils, find, mount and the programs of the filesystems in use.`,
    help: "Remove `path` from the unit; what is not in /bin goes there with boot.initrd.systemd.extraBin or initrdBin.",
    related: [{ place: set, message: "this replaces the PATH" }],
  };
}

/** The name of a package without hash and version. */
const nameOf = (path: string): string => path.replace(/^\/nix\/store\/[0-9a-z]{32}-/, "");

const placeOfFirst = (unit: Unit, missing: ReadonlyMap<string, ScriptCommand>): Place | undefined => {
  const [first] = missing.values();
  return (
    first && (first.script.placeOf(first.start, first.start + first.program.length) ?? first.script.place ?? unit.place)
  );
};

const called = (missing: ReadonlyMap<string, ScriptCommand>): string =>
  [...missing.values()].map(({ program }) => `\`${program}\``).join(", ");

function findIn(unit: Unit, onPath: string): Found | undefined {
  const missing = missingOf(unit, PACKAGES, onPath);
  if (missing.size === 0) return undefined;
  const report = {
    at: placeOfFirst(unit, missing),
    message: `The script of \`${unit.name}\` calls ${called(missing)}, which ${missing.size > 1 ? "are" : "is"} not on the unit's PATH: "command not found". A service of NixOS sees only coreutils, findutils, grep, sed and systemd; environment.systemPackages does not count.`,
    help: `Add path = [ ${[...missing.keys()].map((name) => `pkgs.${name}`).join(" ")} ]; to systemd.services.${unit.name}.`,
    related: [{ place: unit.place, message: "the service is declared here" }],
  };
  return { missing, report };
}

/** The packages of programs that the scripts of a unit call and do not find, with the first call. */
function missingOf(
  unit: Unit,
  packages: Readonly<Record<string, string>>,
  onPath: string,
): ReadonlyMap<string, ScriptCommand> {
  const missing = new Map<string, ScriptCommand>();
  if (unit.certain.answer === "no") return missing;
  for (const script of unit.scripts) {
    if (/(^|[\s;])(export\s+)?PATH=/.test(script.text) || script.ownPath?.isOpen) continue;
    const commands = scriptCommands(script);
    const provided = withFullNames([onPath, ...(script.ownPath?.packages ?? [])].join(" "));
    for (const command of commands.flatMap((one) => [one, ...calledBy(one)])) {
      const name = packages[command.program];
      if (!command.isBare || name === undefined || provided.includes(name) || missing.has(name)) continue;
      if (isLookedFor(commands, command.program)) continue;
      missing.set(name, command);
    }
  }
  return missing;
}

/** What a command starts in its turn: rsync the shell by which it reaches another host, ssh without its directory. */
function calledBy(command: ScriptCommand): readonly ScriptCommand[] {
  if (command.program !== "rsync") return [];
  return command.words.flatMap((word, index): ScriptCommand[] => {
    const before = command.words[index - 1]?.text ?? "";
    const shell = /^(-[a-zA-Z]*e|--rsh)$/.test(before) ? word.text : /^--rsh=(.*)$/s.exec(word.text)?.[1];
    if (shell === undefined || !/^ssh(\s|$)/.test(shell)) return [];
    const start = command.script.text.indexOf("ssh", word.start);
    return [{ ...command, program: "ssh", isBare: true, words: [word], start, end: word.end }];
  });
}

/** Names that nixpkgs has for a package, or for single programs of it (its `unixtools`), beside its own. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  utillinux: "util-linux",
  mount: "util-linux",
  umount: "util-linux",
  toybox: "util-linux",
  busybox: "util-linux gzip gnutar",
  btrfsProgs: "btrfs-progs",
};

/** The packages of a PATH as one text, with the name that PACKAGES gives to what is known by another. */
function withFullNames(onPath: string): string {
  const others = onPath.split(" ").map((path) => OTHER_NAMES[nameOf(path).replace(/-\d.*$/, "")] ?? "");
  return [onPath, ...others].join(" ");
}

/** What the host puts into its initrd besides, as one text; undefined when that cannot be seen. */
function initrdPrograms({ config, fileSystems }: Host): string | undefined {
  const systemd = config.at("boot", "initrd", "systemd");
  const lists = ["initrdBin", "packages", "storePaths"].map((name) => readTexts(systemd.child(name)));
  const bin = systemd.child("extraBin");
  if (lists.some(({ open }) => open.length > 0) || openOf(bin) !== undefined) return undefined;
  const named = childrenOf(bin).map(({ name }) => NOT_IN_INITRD[name] ?? name);
  // The scripts that import pools need awk.
  const ofPools = fileSystems.some(({ fsType }) => !fsType.known || fsType.value === "zfs") ? ["gawk"] : [];
  const texts = [...lists.flatMap((list) => list.texts.map(({ text }) => text)), ...named, ...ofPools];
  // busybox brings all of them along.
  return texts.some((text) => text.includes("busybox")) ? undefined : texts.join(" ");
}

/** Whether the script has a function of that name, or asks first whether there is such a program. */
function isLookedFor(commands: readonly ScriptCommand[], program: string): boolean {
  return commands.some(({ program: name, words, inFunction }) => {
    if (inFunction === program) return true;
    const asks = /^(?:command|type|which|hash)$/.test(name) || words.some(({ text }) => /^-[vV]$/.test(text));
    return asks && words.slice(1).some(({ text }) => text === program);
  });
}

/** What a unit has on its PATH, as one text; undefined when that cannot be seen. */
const pathOf = perNode((unit): string | undefined => {
  if (unit.at("environment", "PATH").isDefined() !== false) return undefined;
  const service = unit.child("serviceConfig");
  if (["Environment", "EnvironmentFile", "ExecSearchPath"].some((name) => service.child(name).isDefined() !== false))
    return undefined;
  const lists = mentioned(unit, ["path"]).map((name) => readTexts(unit.child(name)));
  const texts = lists.flatMap((list) => list.texts);
  // The profile of the system may hold anything.
  const isOpen = lists.some(({ open }) => open.length > 0);
  if (isOpen || texts.some(({ text }) => !text.startsWith("/nix/store/"))) return undefined;
  return texts.map(({ text }) => text).join(" ");
});

function addPath(context: RuleContext, unit: Unit, packages: readonly string[]): readonly FixPlan[] {
  const edits = appendToListOption(
    context,
    ["systemd", "services", unit.name, "path"],
    packages.map((name) => `pkgs.${name}`),
  );
  return withPackages(context, edits, `Put ${packages.join(", ")} on the PATH of ${unit.name}`);
}

function addToInitrd(context: RuleContext, missing: ReadonlyMap<string, ScriptCommand>): readonly FixPlan[] {
  const [only, another] = [...missing];
  if (!only || another) return [];
  const [name, { program }] = only;
  const option = ["boot", "initrd", "systemd", "extraBin", program];
  const edits = setOption(context, option, `"\${pkgs.${name}}/bin/${program}"`);
  return withPackages(context, edits, `Put ${program} into the initrd`);
}

function withPackages(context: RuleContext, edits: FileEdits | undefined, title: string): readonly FixPlan[] {
  const argument = edits && packagesArgument(context, [...edits.keys()]);
  if (!argument) return [];
  return offer(mergeEdits(edits, argument), { title, safety: "safe", preferred: true });
}

/** What the modules need to have `pkgs` in their arguments; undefined for files that are no function of a set. */
function packagesArgument(context: RuleContext, files: readonly string[]): FileEdits | undefined {
  const edits = new Map<string, readonly TextEdit[]>();
  for (const file of files) {
    const root = context.program(file)?.root;
    const last = root?.kind === "lambda" ? root.formals?.at(-1) : undefined;
    if (root?.kind !== "lambda" || !last) return undefined;
    if (root.formals?.some(({ name }) => name === "pkgs")) continue;
    edits.set(file, [{ start: last.end, end: last.end, text: ", pkgs" }]);
  }
  return edits;
}
