import { mergeEdits } from "../../edits/combine-plans.ts";
import { type FixPlan, offer } from "../../edits/fix-plan.ts";
import { appendToListOption, type FileEdits } from "../../edits/option-edit.ts";
import type { TextEdit } from "../../edits/text-edit.ts";
import type { Host, Unit } from "../../host/host.ts";
import { perItem } from "../../host/per-item.ts";
import { perNode } from "../../host/per-node.ts";
import { childrenOf, mentioned, openOf, readTexts } from "../../host/read-values.ts";
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
  sqlite3: "sqlite",
};

/** What a service of the running system finds on its PATH, and one of the initrd does not. */
const NOT_IN_INITRD: Readonly<Record<string, string>> = {
  find: "findutils",
  xargs: "findutils",
  grep: "gnugrep",
  egrep: "gnugrep",
  sed: "gnused",
  awk: "gawk",
  gawk: "gawk",
};

/** A service finds coreutils, findutils, grep, sed and systemd, and nothing else; in the initrd less than that. */
export const missingUnitPath = defineRule({
  code: "IMP702",
  name: "missing-unit-path",
  group: "units",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const inInitrd = initrdPrograms(context.host);
    const say = (unit: Unit, { names, report }: Found) =>
      context.report({ ...report, fixes: () => addPath(context, unit, names) });
    for (const unit of context.host.units) {
      const found = unit.stage === "initrd" ? findInInitrd(unit, inInitrd) : undefined;
      if (found) say(unit, found);
    }
    for (const { unit, found } of findInSystem(context.host.units)) say(unit, found);
  },
});

/** What is said of a unit, and the packages that it lacks. */
interface Found {
  readonly names: readonly string[];
  readonly report: Omit<Report, "fixes">;
}

const findInSystem = perItem((unit: Unit) => {
  const own = unit.stage === "initrd" ? undefined : pathOf(unit.node);
  const found = own === undefined ? undefined : findIn(unit, PACKAGES, own);
  return found ? [{ unit, found }] : [];
});

function findInInitrd(unit: Unit, inInitrd: string | undefined): Found | undefined {
  const own = pathOf(unit.node);
  if (own === undefined || inInitrd === undefined) return undefined;
  const found = findIn(unit, NOT_IN_INITRD, `${own} ${inInitrd}`);
  // Mostly it is what deletes old roots; the rest of the script runs.
  return found && { ...found, report: { ...found.report, severity: "warning" } };
}

function findIn(unit: Unit, packages: Readonly<Record<string, string>>, onPath: string): Found | undefined {
  const missing = unit.certain.answer === "no" ? new Map<string, ScriptCommand>() : missingOf(unit, packages, onPath);
  const [first] = missing.values();
  if (!first) return undefined;
  const isEarly = unit.stage === "initrd";
  const names = [...missing.keys()];
  const calls = [...missing.values()].map(({ program }) => `\`${program}\``).join(", ");
  const report = {
    at: first.script.placeOf(first.start, first.start + first.program.length) ?? first.script.place ?? unit.place,
    message: `The script of \`${unit.name}\` calls ${calls}, which ${names.length > 1 ? "are" : "is"} not ${isEarly ? "in the initrd" : "on the unit's PATH"}: "command not found". ${isEarly ? "With systemd in the initrd there are bash, coreutils, mount and systemd's own tools, and programs of the filesystems in use; find, grep, sed and awk are not among them." : "A service of NixOS sees only coreutils, findutils, grep, sed and systemd; environment.systemPackages does not count."}`,
    help: `Add path = [ ${names.map((name) => `pkgs.${name}`).join(" ")} ]; to ${isEarly ? "boot.initrd." : ""}systemd.services.${unit.name}.`,
    related: [{ place: unit.place, message: "the service is declared here" }],
  };
  return { names, report };
}

/** The packages of programs that the scripts of a unit call and do not find, with the first call. */
function missingOf(
  unit: Unit,
  packages: Readonly<Record<string, string>>,
  onPath: string,
): ReadonlyMap<string, ScriptCommand> {
  const missing = new Map<string, ScriptCommand>();
  for (const script of unit.scripts) {
    if (/(^|[\s;])(export\s+)?PATH=/.test(script.text) || script.ownPath?.isOpen) continue;
    const commands = scriptCommands(script);
    const provided = [onPath, ...(script.ownPath?.packages ?? [])].join(" ");
    for (const command of commands) {
      const name = packages[command.program];
      if (!command.isBare || name === undefined || provided.includes(name) || missing.has(name)) continue;
      if (isLookedFor(commands, command.program)) continue;
      missing.set(name, command);
    }
  }
  return missing;
}

/** What the host puts into its initrd besides, as one text; undefined when that cannot be seen. */
function initrdPrograms({ config }: Host): string | undefined {
  const systemd = config.at("boot", "initrd", "systemd");
  const lists = ["initrdBin", "packages", "storePaths"].map((name) => readTexts(systemd.child(name)));
  const bin = systemd.child("extraBin");
  if (lists.some(({ open }) => open.length > 0) || openOf(bin) !== undefined) return undefined;
  const named = childrenOf(bin).map(({ name }) => NOT_IN_INITRD[name] ?? name);
  const texts = [...lists.flatMap((list) => list.texts.map(({ text }) => text)), ...named];
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
  const option = [...(unit.stage === "initrd" ? ["boot", "initrd"] : []), "systemd", "services", unit.name, "path"];
  const edits = appendToListOption(
    context,
    option,
    packages.map((name) => `pkgs.${name}`),
  );
  const argument = edits && packagesArgument(context, [...edits.keys()]);
  if (!argument) return [];
  return offer(mergeEdits(edits, argument), {
    title: `Put ${packages.join(", ")} on the PATH of ${unit.name}`,
    safety: "safe",
    preferred: true,
  });
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
