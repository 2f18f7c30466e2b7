import { readBoolean, readString, setAt } from "../../host/read-values.ts";
import { postgresVersion } from "../reading/postgres-version.ts";
import { defineRule } from "../rule.ts";

/** A server of a database over a directory that is named after another of its versions. */
export const dataOfAnotherVersion = defineRule({
  code: "IMP461",
  name: "data-of-another-version",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const postgres = host.config.at("services", "postgresql");
    const enabled = readBoolean(postgres.child("enable"));
    const folder = postgres.child("dataDir");
    if (!enabled?.known || !enabled.value || folder.isDefined() !== true) return;
    const path = readString(folder);
    const named = path?.known
      ? /\/(?:postgres(?:ql)?[-_]?)?(9\.\d|1\d|2\d)(?:\/data)?\/?$/.exec(path.value)?.[1]
      : undefined;
    const runs = postgresVersion(host);
    if (!path?.known || named === undefined || runs === undefined || named === runs) return;
    const chosen = setAt(postgres.child("package"));
    report({
      at: path.place,
      message: `PostgreSQL ${runs} is told to use \`${path.value}\`, which by its name holds data of ${named}. It refuses the data of another version ("database files are incompatible with server") and does not start; an empty directory it fills anew.`,
      help: `Keep services.postgresql.package = pkgs.postgresql_${named.replace(".", "_")} until the data is brought over (pg_upgrade, or a dump), and leave dataDir to its default, which has the version in it.`,
      related: chosen ? [{ place: chosen, message: `PostgreSQL ${runs}` }] : [],
    });
  },
});
