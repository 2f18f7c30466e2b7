import { look } from "../../eval/value.ts";
import type { Host, Rollback, Unit } from "../../host/host.ts";
import { read, readTexts } from "../../host/read-values.ts";
import { importsIn, importsPools, isBeforeImport } from "../../host/zfs-import-hook.ts";
import { placeOfDefinition } from "../reading/why-not-kept.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** `zfs rollback` where the pool is not imported yet. */
export const rollbackBeforeImport = defineRule({
  code: "IMP520",
  name: "rollback-before-import",
  group: "rollback",
  severity: "error",
  since: "0.1.0",

  check(context) {
    for (const rollback of context.host.rollbacks) {
      if (rollback.technique !== "zfs" || rollback.runs.answer === "no" || importsPools(rollback.script)) continue;
      if (rollback.stage === "initrd-scripted") checkHook(context, rollback);
      else if (rollback.stage === "initrd-systemd") checkUnit(context, rollback);
    }
  },
});

/**
 * A rollback in the hook that imports the pools: at the usual place the lines of the host come before those of NixOS, as
 * the modules of the host are merged first.
 */
function checkOrder({ host, report }: Pick<RuleContext, "host" | "report">, rollback: Rollback, hook: string): void {
  const { nixos } = host.release;
  if (!importsIn(hook, host.release)) return;
  const own = host.config
    .at(...rollback.option)
    .definitions()
    .filter(({ cell }) => {
      const text = look(cell);
      return !(typeof text === "string") || /\bzfs\s+rollback\b/.test(text);
    });
  const [first] = own;
  if (
    !first ||
    own.some(({ order, condition, cell }) => order > USUAL || condition !== true || typeof look(cell) !== "string")
  )
    return;
  report({
    at: placeOfDefinition(first) ?? rollback.place,
    severity: nixos === undefined ? "warning" : "error",
    message: `\`zfs rollback\` comes before the import of its pool: NixOS adds the import to \`boot.initrd.${hook}\` as well, and what a host says there without \`lib.mkAfter\` is put in front of it. It fails (“dataset does not exist”), and the root is not emptied.`,
    help: `Put it behind the import: boot.initrd.${hook} = lib.mkAfter ''…'';`,
  });
}

/** The order of a definition without `mkBefore` and `mkAfter`. Source of truth: lib/modules.nix of nixpkgs. */
const USUAL = 1000;

function checkHook({ host, report }: RuleContext, rollback: Rollback): void {
  const hook = rollback.option.at(-1) ?? "";
  const { nixos } = host.release;
  const when = isBeforeImport(hook, host.release);
  if (when === "no") {
    checkOrder({ host, report }, rollback, hook);
    return;
  }
  const since =
    when === "always"
      ? "the pools are imported later"
      : when === "perhaps"
        ? "since NixOS 24.11 the pools are imported in `postResumeCommands`, which come later; which release this host uses is not known here"
        : `since NixOS 24.11 the pools are imported in \`postResumeCommands\`, which come later (this is ${nixos})`;
  report({
    at: rollback.place,
    severity: when === "perhaps" ? "information" : "error",
    message: `\`zfs rollback\` in \`boot.initrd.${hook}\` runs before its pool is there: ${since}. It fails (“dataset does not exist”), and the root is not emptied.`,
    help: "Move the script to boot.initrd.postResumeCommands, with lib.mkAfter.",
  });
}

/** Units of the initrd that have nothing to do with the import. Of others nothing is known here. */
const WITHOUT_IMPORT =
  /^(?:.*\.device|systemd-cryptsetup@.*\.service|cryptsetup(?:-pre)?\.target|systemd-udev.*\.service|systemd-modules-load\.service|systemd-hibernate-resume\.service|local-fs-pre\.target|basic\.target|sysinit\.target|initrd-root-device\.target)$/;

function checkUnit({ host, report }: RuleContext, rollback: Rollback): void {
  const unit = host.units.find(({ stage, name }) => stage === "initrd" && name === rollback.option[4]);
  if (!unit || isOpen(host, unit)) return;
  const pool = rollback.device?.known ? rollback.device.value : undefined;
  if (pool === undefined) return;
  const wrong = unit.after.find(({ text }) => !WITHOUT_IMPORT.test(text) && !isOtherImport(text, pool));
  if (wrong) return;
  const other = unit.after.find(({ text }) => isOtherImport(text, pool));
  report({
    at: other?.place ?? unit.place,
    message: `${other ? `\`${unit.name}\` waits for \`${other.text}\`, and rolls back a dataset of the pool \`${pool}\`` : `Nothing puts \`${unit.name}\` after the import of the pool \`${pool}\``}: systemd starts both at the same time. \`zfs rollback\` fails when the pool is not there yet, and the root is not emptied.`,
    help: `Set after = [ "zfs-import-${pool}.service" ], and requires the same.`,
    related: [{ place: rollback.place, message: "the script that rolls it back" }],
  });
}

/** Whether it is the unit that imports another pool. */
function isOtherImport(unit: string, pool: string): boolean {
  const imported = /^zfs-import-(.+)\.service$/.exec(unit)?.[1];
  return imported !== undefined && imported !== pool;
}

function isOpen(host: Host, { node }: Unit): boolean {
  return (
    node.open() !== undefined ||
    readTexts(node.child("after")).open.length > 0 ||
    read(node.child("unitConfig").child("After")).state !== "absent" ||
    host.config.at("boot", "initrd", "systemd", "services").open() !== undefined
  );
}
