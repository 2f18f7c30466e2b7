import { baseState } from "../../catalogue/catalogue.ts";
import type { PersistedPath } from "../../host/host.ts";
import { certainEntries } from "../reading/persisted-entries.ts";
import { defineRule } from "../rule.ts";

/** Files of every system, beside those that the catalogue lists. */
const FILES =
  /^\/etc\/(machine-id|adjtime|passwd|shadow|group|gshadow|subuid|subgid|hostname|hosts|fstab|crypttab)$|^\/etc\/ssh\/ssh_host_\w+_key(\.pub)?$/;
/** Directories that are mistaken for files. */
const DIRECTORIES =
  /^\/(var|etc|home|root|srv|opt|var\/(lib|log|cache|db)|var\/lib\/(nixos|systemd|bluetooth|docker|postgresql|acme|containers|libvirt)|etc\/(nixos|ssh|NetworkManager\/system-connections))$/;

/** An entry in the wrong one of the two lists. */
export const filePersistedAsDirectory = defineRule({
  code: "IMP435",
  name: "file-persisted-as-directory",
  group: "coverage",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    for (const entry of certainEntries(host)) {
      const { path, kind } = entry;
      if (kind === typeOf(entry) || typeOf(entry) === undefined) continue;
      report({
        at: entry.place ?? entry.store.place,
        message:
          kind === "directory"
            ? `\`${path}\` is a file, and it is listed among the directories: an empty directory is made and mounted there, and what reads or writes the file fails.`
            : `\`${path}\` is a directory, and it is listed among the files: nothing of what is in it is kept, or the activation stops at it.`,
        help: `List it in \`${kind === "directory" ? "files" : "directories"}\`, and remove what was made in the store.`,
      });
    }
  },
});

function typeOf({ path, userName }: PersistedPath): PersistedPath["kind"] | undefined {
  if (userName !== undefined) return undefined;
  if (FILES.test(path)) return "file";
  if (DIRECTORIES.test(path)) return "directory";
  return baseState.find((state) => state.path === path)?.type;
}
