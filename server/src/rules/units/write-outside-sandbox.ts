import { offer } from "../../edits/fix-plan.ts";
import { appendToListOption } from "../../edits/option-edit.ts";
import type { Host, Script, Unit } from "../../host/host.ts";
import { normalise } from "../../host/paths.ts";
import { perItem } from "../../host/per-item.ts";
import { childrenOf, isNamed, readBoolean, readString, readTexts } from "../../host/read-values.ts";
import { scriptsOf } from "../../host/script.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { type ScriptWrite, scriptWrites } from "../reading/script-writes.ts";
import { forbiddenBy, type Sandbox, type SandboxPart, sandboxOf } from "../reading/unit-sandbox.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** A script of a unit writes to a directory that the unit's sandbox makes read-only. */
export const writeOutsideSandbox = defineRule({
  code: "IMP718",
  name: "write-outside-sandbox",
  group: "units",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    for (const outside of outsideOfUnits(host.units)) reportOutside(context, outside);
    for (const job of borgJobs(host)) for (const outside of outsideOf(job)) reportOutside(context, outside);
  },
});

interface Sandboxed {
  readonly unit: string;
  readonly sandbox: Sandbox;
  readonly scripts: readonly Script[];
  /** The list of directories that it may write to. */
  readonly option: readonly string[];
}

/** What the scripts of a unit write where they may not. */
interface Outside extends Pick<Sandboxed, "unit" | "option"> {
  readonly writes: readonly { readonly script: Script; readonly write: ScriptWrite; readonly by: SandboxPart }[];
}

const outsideOfUnits = perItem((unit: Unit): readonly Outside[] => {
  if (unit.stage !== "system" || unit.certain.answer !== "yes" || !isOwn(unit)) return [];
  const settings = unit.node.child("serviceConfig");
  const sandbox = isNamed(unit.node, "serviceConfig") ? sandboxOf(settings) : undefined;
  if (!sandbox || isNamed(unit.node, "confinement")) return [];
  const full = unprivileged(settings);
  const scripts = unit.scripts.filter(({ option }) => !full.has(option.at(-1) ?? ""));
  return outsideOf({ unit: unit.name, sandbox, scripts, option: [...settings.path, "ReadWritePaths"] });
});

function outsideOf({ unit, sandbox, scripts, option }: Sandboxed): readonly Outside[] {
  // What the script mounts itself is mounted after the sandbox was made.
  if (scripts.some(({ text }) => MOUNTS.test(text))) return [];
  const writes = scripts.flatMap((script) =>
    scriptWrites(script).flatMap((write) => {
      const by = forbiddenBy(sandbox, write.path, write.isBelow);
      return by ? [{ script, write, by }] : [];
    }),
  );
  return writes.length > 0 ? [{ unit, option, writes }] : [];
}

function reportOutside(context: RuleContext, { unit, option, writes }: Outside): void {
  const found = writes.filter(({ write }) => !isMountedLate(context.host, write.path));
  const [first] = found.toSorted((a, b) => Number(b.write.isCertain) - Number(a.write.isCertain));
  if (!first) return;
  const { write, by } = first;
  const place = placeOf(first);
  const name = option.join(".");
  context.report({
    at: place ?? first.script.place,
    severity: write.isCertain ? "error" : "warning",
    message: `\`${unit}\` may not write to \`${write.path}\`: ${byInWords(by)}, and \`${write.directory}\` is none of its exceptions. The command fails${by.by === "ProtectHome = true" ? "" : ' with "Read-only file system"'}.`,
    help:
      by.by === "DynamicUser = true"
        ? "Give it a directory of its own (StateDirectory, CacheDirectory, LogsDirectory) and write there."
        : `Let it write there: ${name} = [ "${write.directory}" ]. The directory has to exist before the unit starts.`,
    related: [
      { place: by.place, message: "this makes it read-only" },
      ...found
        .filter((one) => one !== first)
        .slice(0, 4)
        .map((one) => ({ place: placeOf(one), message: `\`${one.write.path}\` as well` })),
    ],
    fixes: () =>
      // What belongs to the system is not opened by the way.
      /^\/(|etc|boot|usr|nix|home|root|var|var\/lib|var\/log|run|srv|mnt)$/.test(write.directory) ||
      by.by === "DynamicUser = true"
        ? []
        : offer(appendToListOption(context, option, [`"${write.directory}"`]), {
            title: `Let it write to ${write.directory}`,
            safety: "unsafe",
            preferred: true,
            note: `\`${write.directory}\` has to exist before the unit starts, or systemd does not start it.`,
          }),
  });
}

const MOUNTS = /\bmount\b|\bsshfs\b|\brclone\s+mount\b|\bgocryptfs\b|\bsystemctl\s+start\b[^\n]*\.mount\b/;

function placeOf({ script, write }: { readonly script: Script; readonly write: ScriptWrite }) {
  return script.placeOf(write.start, write.end);
}

function byInWords({ by, place }: SandboxPart): string {
  return place === undefined && by.startsWith("ProtectSystem")
    ? `the module runs it with \`${by}\``
    : `it runs with \`${by}\``;
}

/** Filesystems that are mounted when somebody looks, or by hand, come into the sandbox as they are. */
function isMountedLate(host: Host, path: string): boolean {
  const fs = host.fileSystemAt(path);
  return fs?.options.some(({ text }) => /^(noauto|x-systemd\.automount)$/.test(text)) === true;
}

/** Units of modules have settings that the configuration does not show. */
function isOwn({ node }: Unit): boolean {
  return isNamed(node, "script") || isNamed(node.child("serviceConfig"), "ExecStart");
}

/** Settings whose commands have a plus in front: systemd runs them outside of the sandbox. */
function unprivileged(settings: OptionNode): ReadonlySet<string> {
  const names = childrenOf(settings).flatMap(({ name, node }) =>
    name.startsWith("Exec") && readTexts(node).texts.some(({ text }) => /^[-@:]*\+/.test(text)) ? [name] : [],
  );
  return new Set(names);
}

/** The hooks of borg's jobs. Source of truth: borgbackup.nix of nixpkgs, which makes everything read-only but the repository. */
function borgJobs(host: Host): Sandboxed[] {
  return childrenOf(host.config.at("services", "borgbackup", "jobs")).flatMap(
    ({ name, node, certain }): Sandboxed[] => {
      if (certain.answer !== "yes") return [];
      const repository = node.child("repo").isDefined() === false ? undefined : readString(node.child("repo"));
      const allowed = readTexts(node.child("readWritePaths"));
      const temporary = isNamed(node, "privateTmp") ? readBoolean(node.child("privateTmp")) : undefined;
      if (allowed.open.length > 0 || repository?.known === false || temporary?.known === false) return [];
      const paths = [...allowed.texts.map(({ text }) => text), ...(repository?.known ? [repository.value] : [])];
      const writable = [
        ...["/dev", "/proc", "/sys"],
        ...(temporary?.known && !temporary.value ? [] : ["/tmp", "/var/tmp"]),
        ...paths.filter((path) => path.startsWith("/")).map(normalise),
      ];
      const module: SandboxPart[] = [
        { path: "/", writable: false, by: 'ProtectSystem = "strict"', place: undefined },
        ...writable.map((path) => ({ path, writable: true, by: "readWritePaths", place: undefined })),
      ];
      const unit = `borgbackup-job-${name}`;
      const own = host.config.at("systemd", "services", unit, "serviceConfig");
      const replaced = own.isDefined() !== false && isNamed(own, "ProtectSystem");
      const sandbox = replaced ? undefined : own.isDefined() === false ? { parts: module } : sandboxOf(own, module);
      const hooks = ["preHook", "postHook", "postInit", "postCreate", "postPrune", "dumpCommand"];
      const scripts = hooks.flatMap((hook) => scriptsOf(node.child(hook)));
      // borg keeps its cache in the home of its account, which need not be root's.
      const outside = scripts.filter(({ text }) => !/\.(config|cache)\/borg/.test(text));
      return sandbox ? [{ unit, sandbox, scripts: outside, option: [...node.path, "readWritePaths"] }] : [];
    },
  );
}
