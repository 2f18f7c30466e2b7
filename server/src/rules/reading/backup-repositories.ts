import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { normalise } from "../../host/paths.ts";
import { childrenOf, readString } from "../../host/read-values.ts";

/** A directory of the host in which a backup program keeps its own files. */
export interface LocalRepository {
  readonly path: string;
  /** The option that names it. */
  readonly by: string;
  readonly place: Place | undefined;
}

/** Options of jobs and servers that name a repository. */
const OPTIONS: readonly { readonly of: readonly string[]; readonly key: string }[] = [
  { of: ["services", "restic", "backups"], key: "repository" },
  { of: ["services", "borgbackup", "jobs"], key: "repo" },
  { of: ["services", "borgbackup", "repos"], key: "path" },
];

/** The repositories of restic and borg that certainly lie in directories of the host itself. */
export function localRepositories({ config }: Host): readonly LocalRepository[] {
  return OPTIONS.flatMap(({ of, key }) =>
    childrenOf(config.at(...of)).flatMap(({ name, node, certain }): LocalRepository[] => {
      const path = readString(node.child(key));
      if (certain.answer !== "yes" || !path?.known) return [];
      const local = path.value.replace(/^(?:local:|file:\/\/)/, "");
      if (!local.startsWith("/")) return [];
      return [{ path: normalise(local), by: [...of, name, key].join("."), place: path.place }];
    }),
  );
}
