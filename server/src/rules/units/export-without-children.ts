import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { isAtOrBelow, isBelow, normalise } from "../../host/paths.ts";
import { readBoolean, readString } from "../../host/read-values.ts";
import { defineRule } from "../rule.ts";

/** A directory that NFS shows others, with filesystems below it that they do not see. */
export const exportWithoutChildren = defineRule({
  code: "IMP738",
  name: "export-without-children",
  group: "units",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const exported = exportsOf(host);
    for (const { path, options, place } of exported) {
      if (/\bcrossmnt\b|\bnohide\b|\bfsid=(?:0|root)\b/.test(options)) continue;
      const hidden = host.fileSystems.filter(
        ({ mountpoint, certain, options: mount }) =>
          certain.answer === "yes" &&
          isBelow(mountpoint, path) &&
          // Snapshots are hidden on purpose, and what is shown by itself is seen there.
          !/\/\.[^/]+(\/|$)/.test(mountpoint.slice(path.length)) &&
          !exported.some((other) => other.path !== path && isAtOrBelow(mountpoint, other.path)) &&
          !mount.some(({ text }) => text === "noauto"),
      );
      const [first] = hidden;
      if (!first) continue;
      const names = hidden.slice(0, 4).map(({ mountpoint }) => `\`${mountpoint}\``);
      report({
        at: place,
        message:
          `NFS shows \`${path}\` without ${names.join(", ")}${hidden.length > names.length ? " and more" : ""}: ${hidden.length > 1 ? "these are filesystems of their own" : "that is a filesystem of its own"}, and an export ends where another one is mounted. Clients see empty ${hidden.length > 1 ? "directories" : "directory"} there, and what they write is in the directory below the mount.`.replace(
            "see empty directory there",
            "see an empty directory there",
          ),
        help: `Add crossmnt to the options of \`${path}\`, or export each filesystem by itself.`,
        related: hidden
          .slice(0, 4)
          .map((one) => ({ place: one.place, message: `\`${one.mountpoint}\` is mounted here` })),
      });
    }
  },
});

interface Export {
  readonly path: string;
  readonly options: string;
  readonly place: Place | undefined;
}

/** The lines of `services.nfs.server.exports`; nothing where they are not known as a whole. */
function exportsOf({ config }: Host): Export[] {
  const server = config.at("services", "nfs", "server");
  if (server.isDefined() === false) return [];
  const on = readBoolean(server.child("enable"));
  const text = server.child("exports").isDefined() === true ? readString(server.child("exports")) : undefined;
  if (!(on?.known && on.value) || !text?.known) return [];
  return text.value
    .replace(/\\\n/g, " ")
    .split("\n")
    .flatMap((line): Export[] => {
      const [, path, options = ""] = /^\s*"?(\/[^\s"#]*)"?\s+(\S.*)$/.exec(line) ?? [];
      return path === undefined ? [] : [{ path: normalise(path), options, place: text.place }];
    });
}
