import { offer } from "../../edits/fix-plan.ts";
import { changePersistedPath } from "../../edits/persistence-edit.ts";
import type { Host, PersistedPath } from "../../host/host.ts";
import { isAtOrBelow, normalise } from "../../host/paths.ts";
import { readBoolean } from "../../host/read-values.ts";
import { homeFiles } from "../reading/home-files.ts";
import { certainEntries, homeOfEntry } from "../reading/persisted-entries.ts";
import { defineRule } from "../rule.ts";

/** Paths of a user's entries are relative to the home; one that names the home leads to another place. */
export const homePathInUserEntry = defineRule({
  code: "IMP413",
  name: "home-path-in-user-entry",
  group: "coverage",
  severity: "error",
  since: "0.1.0",

  check(context) {
    for (const entry of certainEntries(context.host)) {
      const home = entry.userName === undefined ? undefined : homeOfEntry(entry);
      if (home === undefined) continue;
      const meant = meantPath(entry.written, home);
      if (meant === undefined) continue;
      const { survives, persisted, fileSystem, place } = context.host.fateOf(meant.path);
      const mountpoint = fileSystem?.mountpoint ?? "/";
      const isKept = survives.answer === "yes" && (persisted !== undefined || mountpoint !== "/");
      const writer = meant.relative === undefined ? undefined : writtenBy(context.host, entry, meant);
      const consequence = isKept
        ? `\`${meant.path}\` itself is kept by ${persisted ? "another entry" : `the filesystem at \`${mountpoint}\``}, so that nothing is lost; this entry only makes an empty path in the home.`
        : writer !== undefined
          ? `Nothing is lost: home-manager writes \`${meant.path}\` itself (${writer}). The entry only makes an empty path in the home.`
          : meant.relative === undefined && survives.answer === "no"
            ? `\`${meant.path}\` is not.`
            : `\`${meant.path}\` is lost at every reboot, unless something else persists it.`;
      context.report({
        at: entry.place ?? entry.store.place,
        ...(isKept || writer ? { severity: "warning" } : {}),
        message: `Paths of a user are relative to the home, so \`${entry.written}\` is persisted as \`${entry.path}\`. ${consequence}`,
        help:
          isKept || writer
            ? "Take the entry out of the user's list."
            : meant.relative === undefined
              ? "Move the entry to the store's own list, outside of users."
              : `Write "${meant.relative}".`,
        related: isKept ? [{ place: persisted?.place ?? place, message: "this keeps it" }] : [],
        fixes: () =>
          meant.relative === undefined || !entry.editable || isKept || writer
            ? []
            : offer(changePersistedPath(context, entry, meant.relative), {
                title: `Persist "${meant.relative}" of the home`,
                safety: "safe",
                preferred: true,
                note: `What ended up in ${entry.path} stays there in the store.`,
              }),
      });
    }
  },
});

/** What of home-manager writes the file that was meant: a file of its own, or a program whose settings it keeps. */
function writtenBy(host: Host, { userName = "" }: PersistedPath, { path, relative = "" }: Meant): string | undefined {
  if (homeFiles(host).some((file) => file.path === path)) return "a file of the configuration";
  const program = /^\.config\/([\w-]+)\/[^/]*(?:conf|config|rc|settings)[^/]*$/.exec(relative)?.[1];
  if (program === undefined) return undefined;
  const option = host.config.at("home-manager", "users", userName, "programs", program, "enable");
  const flag = option.isDefined() === true ? readBoolean(option) : undefined;
  return flag?.known && flag.value ? `programs.${program}.enable` : undefined;
}

interface Meant {
  readonly path: string;
  /** Below the home. */
  readonly relative: string | undefined;
}

/** What was meant: a path of the home (`relative`), or one outside of it. */
function meantPath(written: string, home: string): Meant | undefined {
  const tilde = /^\/?(?:~|\$HOME|\$\{HOME\})\/+(.+)$/.exec(written)?.[1];
  if (tilde !== undefined) return { path: normalise(`${home}/${tilde}`), relative: tilde };
  const path = normalise(written);
  if (!written.startsWith("/")) return undefined;
  if (home !== "/" && path !== home && isAtOrBelow(path, home)) return { path, relative: path.slice(home.length + 1) };
  return /^\/(etc|var|nix|home|root|boot|run)(\/|$)/.test(path) ? { path, relative: undefined } : undefined;
}
