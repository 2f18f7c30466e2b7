import type { Place } from "../../eval/origin.ts";
import { backupJobs } from "../../host/backup-jobs.ts";
import type { Host, Unit } from "../../host/host.ts";
import { isAtOrBelow, normalise } from "../../host/paths.ts";
import { perItem } from "../../host/per-item.ts";
import { isNamed, read, readTexts } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { scriptCommands } from "../reading/script-commands.ts";
import { defineRule } from "../rule.ts";

/** A backup of what the sandbox of its unit hides from it. */
export const backupBehindSandbox = defineRule({
  code: "IMP692",
  name: "backup-behind-sandbox",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
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
