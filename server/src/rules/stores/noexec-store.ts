import type { FileSystem, Host, PersistedPath } from "../../host/host.ts";
import { optionKey, splitOptions } from "../reading/btrfs-mounts.ts";
import { defineRule } from "../rule.ts";

/** Directories in which programs lie that somebody starts. */
const PROGRAMS =
  /\/(\.cargo|\.rustup|\.local\/bin|\.local\/share\/(Steam|flatpak|lutris|bottles|umu|mise|pnpm)|\.steam|\.npm-global|\.npm|\.nvm|\.volta|\.pyenv|\.conda|miniconda3|\.bun|\.deno|\.vscode|\.vscode-server|go|bin)(\/|$)|^\/var\/lib\/flatpak(\/|$)|^\/home(\/[^/]+)?$/;

/** A filesystem from which nothing may be executed, with the Nix store or persisted directories of programs on it. */
export const noexecStore = defineRule({
  code: "IMP319",
  name: "noexec-store",
  group: "stores",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const nixStore = host.fateOf("/nix/store");
    for (const fs of host.fileSystems) {
      const option = splitOptions(fs.options).find(({ text, certain }) => certain && text === "noexec");
      if (!option || fs.certain.answer !== "yes" || isUndone(fs)) continue;
      const bound = nixStore.persisted?.certain.answer === "yes" && !isUndoneBy(host, nixStore.persisted);
      if (nixStore.fileSystem === fs && (bound || !nixStore.persisted)) {
        report({
          at: option.place ?? fs.place,
          severity: "error",
          message: `\`noexec\` on \`${fs.mountpoint}\` holds for the Nix store, which lies there: no program of the system can be started (“Permission denied”), its init first of all. The host does not boot.`,
          help: "Remove noexec.",
          related: [nixStore].flatMap(({ persisted }) =>
            persisted ? [{ place: persisted.place, message: `\`${persisted.path}\` is bound from there` }] : [],
          ),
        });
        continue;
      }
      const entries = host.stores
        .filter(({ path, enabled }) => enabled.answer === "yes" && path.known && host.fileSystemAt(path.value) === fs)
        .flatMap(({ directories }) => directories)
        .filter((entry) => entry.certain.answer === "yes" && PROGRAMS.test(entry.path) && !isUndoneBy(host, entry));
      const [first] = entries;
      if (!first) continue;
      const names = entries.slice(0, 3).map(({ path }) => `\`${path}\``);
      report({
        at: option.place ?? fs.place,
        message: `\`noexec\` on \`${fs.mountpoint}\` holds for what is bound from it, too: nothing in ${names.join(", ")}${entries.length > 3 ? ` and ${entries.length - 3} more` : ""} can be started (“Permission denied”).`,
        help: "Remove noexec, or keep directories of programs in a store on another filesystem.",
        related: entries.slice(0, 5).map(({ path, place }) => ({ place, message: `\`${path}\` is bound from there` })),
      });
    }
  },
});

/** A later `exec` takes it back. */
function isUndone(fs: FileSystem): boolean {
  const keys = splitOptions(fs.options).map(({ text }) => optionKey(text));
  return keys.lastIndexOf("exec") > keys.lastIndexOf("noexec");
}

/** A mount of the entry's own may have other options. */
function isUndoneBy(host: Host, { path, linked }: PersistedPath): boolean {
  return !linked && host.fileSystems.some(({ mountpoint }) => mountpoint === path);
}
