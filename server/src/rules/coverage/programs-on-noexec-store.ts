import type { FileSystem, PersistedPath } from "../../host/host.ts";
import { certainEntries, homeOfEntry } from "../reading/persisted-entries.ts";
import { defineRule } from "../rule.ts";

/** Directories of a home that hold programs: tools, games, and what is built there. */
const IN_HOME =
  /^(\.cargo|\.rustup|\.local\/bin|\.npm\S*|\.nvm|\.bun|\.deno|\.pyenv|\.rbenv|\.asdf|\.sdkman|\.gradle|\.m2|go|\.local\/share\/(Steam|flatpak|containers|pnpm|uv|lutris|JetBrains|mise)|\.steam|\.vscode(-server|-oss)?|\.wine|bin|src|code|dev|git|repos?|projects?|workspace|Projects|Games)(\/|$)/;
/** State of services that run programs from it. */
const OF_SERVICES =
  /^\/var\/lib\/(docker|containers|flatpak|nixos-containers|machines|lxc|lxd|incus|waydroid|gitea-runner|github-runners?|buildbot\S*|hydra|jenkins|private\/gitea-runner)(\/|$)/;

/** Programs in a store whose filesystem is mounted with noexec, which bind mounts inherit. */
export const programsOnNoexecStore = defineRule({
  code: "IMP432",
  name: "programs-on-noexec-store",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    for (const store of host.stores) {
      if (store.enabled.answer !== "yes" || !store.path.known) continue;
      const fs = host.fileSystemAt(store.path.value);
      const option = fs && noexecOf(fs);
      if (!fs || !option) continue;
      const entries = certainEntries(host).filter((entry) => entry.store.name === store.name && holdsPrograms(entry));
      const [first] = entries;
      if (!first) continue;
      report({
        at: option.place ?? fs.place,
        message: `\`${fs.mountpoint}\` is mounted with \`noexec\`, and so is every directory that is persisted in it. Programs in ${entries
          .slice(0, 3)
          .map(({ path }) => `\`${path}\``)
          .join(
            ", ",
          )}${entries.length > 3 ? ` and ${entries.length - 3} more` : ""} do not start ("Permission denied").`,
        help: "Leave out noexec; nosuid and nodev can stay.",
        related: entries.slice(0, 5).map(({ path, place }) => ({ place, message: `\`${path}\` holds programs` })),
      });
    }
  },
});

/** The option that is in effect; the last of `exec` and `noexec` counts. */
function noexecOf({ options }: FileSystem): FileSystem["options"][number] | undefined {
  const last = options.filter(({ text }) => /^(no)?exec$/.test(text)).at(-1);
  return last?.text === "noexec" && last.certain ? last : undefined;
}

function holdsPrograms(entry: PersistedPath): boolean {
  if (entry.kind !== "directory" || entry.linked) return false;
  const home = entry.userName === undefined ? undefined : homeOfEntry(entry);
  if (home === undefined) return OF_SERVICES.test(entry.path);
  return IN_HOME.test(entry.path.slice(home.length + 1));
}
