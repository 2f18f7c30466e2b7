import type { Place } from "../../eval/origin.ts";
import { backupJobs } from "../../host/backup-jobs.ts";
import type { Host, Unit } from "../../host/host.ts";
import { isAtOrBelow, normalise } from "../../host/paths.ts";
import { perItem } from "../../host/per-item.ts";
import { isNamed, read, readBoolean, readString, readTexts } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { namesPath } from "../reading/names-path.ts";
import { scriptCommands } from "../reading/script-commands.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** A backup of what the sandbox of its unit hides from it. */
export const backupBehindSandbox = defineRule({
  code: "IMP692",
  name: "backup-behind-sandbox",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    reportOwnTmp(context);
    const { host, report } = context;
    for (const { unit, settings, sources } of savers(host)) {
      for (const { by, paths, place } of hiddenBy(settings)) {
        const taken = sources.find(({ path }) => paths.some((hidden) => isAtOrBelow(path, hidden)));
        if (!taken) continue;
        report({
          at: place,
          message: `\`${unit}\` is to save \`${taken.path}\`, and runs with \`${by}\`: the directory is empty for it. The backup ends well, and holds nothing of it.`,
          help: by.startsWith("ProtectHome")
            ? 'Set ProtectHome = "read-only", or leave it out.'
            : "Leave the directory out of InaccessiblePaths.",
          related: [{ place: taken.place, message: "it is to save this" }],
        });
        break;
      }
    }
  },
});

/** Directories of which a unit with `PrivateTmp` has its own, empty ones. */
const TEMPORARY = ["/tmp", "/var/tmp"];

const TOOLS = {
  restic: { unit: "restic-backups", hooks: ["backupPrepareCommand", "dynamicFilesFrom"] },
  borg: { unit: "borgbackup-job", hooks: ["preHook", "dumpCommand"] },
} as const;

/** Files in `/tmp` that another unit writes: the modules of restic and borg give their units a `/tmp` of their own. */
function reportOwnTmp({ host, report }: RuleContext): void {
  for (const { tool, name, node, paths, place } of backupJobs(host.config)) {
    const kind = tool === "borgmatic" ? undefined : TOOLS[tool];
    const found = paths.filter(({ path }) => TEMPORARY.some((one) => isAtOrBelow(path, one)));
    if (!kind || found.length === 0 || !hasOwnTmp(host, `${kind.unit}-${name}`, node)) continue;
    // What the job itself writes before it starts is in its own directory.
    const hooks = kind.hooks.map((hook) => readString(node.child(hook)));
    if (hooks.some((hook) => hook !== undefined && (!hook.known || hook.value.includes("tmp")))) continue;
    for (const one of found) {
      const writer = host.units.find(
        ({ stage, scripts }) => stage === "system" && scripts.some(({ text }) => namesPath(text, one.path)),
      );
      const top = TEMPORARY.find((dir) => isAtOrBelow(one.path, dir)) ?? "/tmp";
      report({
        at: one.place ?? place,
        message: `\`${name}\` is to save \`${one.text}\`, and its unit has a \`${top}\` of its own, which is empty (\`PrivateTmp\`, which the module of ${tool} sets): ${writer ? `what \`${writer.name}\` writes there` : "what others write there"} is in no backup by this entry.`,
        help: `Write it to a directory elsewhere that only its user may read, such as below /var/lib${tool === "restic" ? ", or make it in backupPrepareCommand" : ", or make it in preHook"}.`,
        related: [{ place: writer?.place, message: `\`${writer?.name}\` writes it` }],
      });
    }
  }
}

/** Whether nothing takes `PrivateTmp` away from the unit of a job, or makes its files otherwise. Source: restic.nix and borgbackup.nix of nixpkgs. */
function hasOwnTmp({ config }: Host, unit: string, job: OptionNode): boolean {
  const flags = [job.child("privateTmp"), config.at("systemd", "services", unit, "serviceConfig", "PrivateTmp")];
  if (flags.some((flag) => flag.isDefined() !== false && isOff(flag))) return false;
  const own = config.at("systemd", "services", unit);
  if (own.isDefined() === false) return true;
  const settings = own.child("serviceConfig");
  return (
    !["preStart", "script", "unitConfig", "joinsNamespaceOf"].some((name) => isNamed(own, name)) &&
    !["ExecStartPre", "BindPaths", "BindReadOnlyPaths"].some((name) => isNamed(settings, name))
  );
}

/** Whether a flag is off, or may be. */
function isOff(flag: OptionNode): boolean {
  const value = readBoolean(flag);
  return value?.known !== true || !value.value;
}

interface Saver {
  readonly unit: string;
  readonly settings: OptionNode;
  readonly sources: readonly { readonly path: string; readonly place: Place | undefined }[];
}

function savers(host: Host): readonly Saver[] {
  const jobs = backupJobs(host.config).flatMap(({ tool, name, paths }): Saver[] => {
    const unit =
      tool === "borgmatic" ? "borgmatic" : `${tool === "restic" ? "restic-backups" : "borgbackup-job"}-${name}`;
    const node = host.config.at("systemd", "services", unit);
    return isNamed(node, "serviceConfig") ? [{ unit, settings: node.child("serviceConfig"), sources: paths }] : [];
  });
  return [...jobs, ...ownSavers(host.units)];
}

const ownSavers = perItem((unit: Unit): readonly Saver[] => {
  if (unit.stage !== "system" || unit.certain.answer !== "yes" || !isNamed(unit.node, "serviceConfig")) return [];
  const sources = sourcesOf(unit);
  return sources.length > 0 ? [{ unit: unit.name, settings: unit.node.child("serviceConfig"), sources }] : [];
});

const SAVES = /^(restic|borg|rsync|tar|rclone|kopia|rustic)$/;

/** What the scripts of a unit hand to a program that saves it. */
function sourcesOf({ scripts }: Unit): Saver["sources"] {
  return scripts.flatMap((script) =>
    !/\/(home|root)\b/.test(script.text)
      ? []
      : scriptCommands(script).flatMap(({ program, words }) =>
          SAVES.test(program)
            ? words
                .slice(1)
                .flatMap(({ text, start, end }) =>
                  /^\/(home|root)(\/[\w./-]*)?$/.test(text)
                    ? [{ path: normalise(text), place: script.placeOf(start, end) ?? script.place }]
                    : [],
                )
            : [],
        ),
  );
}

interface Hiding {
  readonly by: string;
  readonly paths: readonly string[];
  readonly place: Place | undefined;
}

/** The settings that take directories away from a unit. Source of truth: systemd.exec(5). */
function hiddenBy(settings: OptionNode): readonly Hiding[] {
  // What is bound or mounted back is there again.
  if (["BindPaths", "BindReadOnlyPaths", "RootDirectory", "RootImage"].some((name) => isNamed(settings, name)))
    return [];
  const home = isNamed(settings, "ProtectHome") ? read(settings.child("ProtectHome")) : undefined;
  const value = home?.state === "set" ? home.value : undefined;
  const hides = value === true || value === "true" || value === "yes" || value === "tmpfs";
  const homes: Hiding[] =
    hides && home?.state === "set"
      ? [
          {
            by: `ProtectHome = ${value === "tmpfs" ? '"tmpfs"' : "true"}`,
            paths: ["/home", "/root", "/run/user"],
            place: home.place,
          },
        ]
      : [];
  const lists = isNamed(settings, "InaccessiblePaths") ? readTexts(settings.child("InaccessiblePaths")).texts : [];
  return [
    ...homes,
    ...lists.flatMap(({ text, place }): Hiding[] => {
      const path = text.replace(/^[-+]+/, "");
      return path.startsWith("/") ? [{ by: `InaccessiblePaths = "${text}"`, paths: [normalise(path)], place }] : [];
    }),
  ];
}
