import type { Place } from "../eval/origin.ts";
import type { OptionNode } from "../modules/option-node.ts";
import { normalise } from "./paths.ts";
import { perNode } from "./per-node.ts";
import { nameAt, readBoolean, readString, readTexts, setAt } from "./read-values.ts";

export type DatabaseEngine = "postgresql" | "mysql";

/** A job that writes databases to files, from which they can be restored. */
export interface DumpJob {
  readonly engine: DatabaseEngine;
  /** The option group, e.g. `services.postgresqlBackup`. */
  readonly option: readonly string[];
  /** Where it is switched on. */
  readonly place: Place | undefined;
  /** "all", or those that it names. */
  readonly databases: "all" | readonly { readonly text: string; readonly place: Place | undefined }[];
  /** Why it may dump more than it names. */
  readonly open: string | undefined;
  /** The list of databases, where somebody writes it. */
  readonly listPlace: Place | undefined;
  /** The directory of the dumps. */
  readonly location: string | undefined;
  readonly locationPlace: Place | undefined;
}

/** The dump jobs of NixOS that are certainly switched on. */
export function dumpJobs(root: OptionNode): readonly DumpJob[] {
  const services = root.child("services");
  return [...postgresqlJob(services.child("postgresqlBackup")), ...mysqlJob(services.child("mysqlBackup"))];
}

const postgresqlJob = perNode((node): readonly DumpJob[] => {
  const job = jobOf("postgresql", node, "/var/backup/postgresql");
  if (!job || job.databases === "all") return job ? [job] : [];
  const all = readBoolean(node.child("backupAll"));
  if (all && !all.known) return [{ ...job, open: all.why }];
  if (all?.value) return [{ ...job, databases: "all" }];
  const except = readTexts(node.child("backupAllExcept"));
  if (except.texts.length > 0 || except.open.length > 0)
    return [{ ...job, open: "`backupAllExcept` dumps the others" }];
  // Without a list the module dumps everything, unless it is told not to.
  const isEmpty = job.databases.length === 0 && job.open === undefined;
  return [isEmpty && all === undefined ? { ...job, databases: "all" } : job];
});

const mysqlJob = perNode((node): readonly DumpJob[] => {
  const job = jobOf("mysql", node, "/var/backup/mysql");
  return job ? [job] : [];
});

function jobOf(engine: DatabaseEngine, node: OptionNode, usual: string): DumpJob | undefined {
  const enabled = readBoolean(node.child("enable"));
  if (!enabled?.known || !enabled.value) return undefined;
  const list = node.child("databases");
  const { texts, open } = readTexts(list);
  const location = readString(node.child("location"));
  return {
    engine,
    option: node.path,
    place: setAt(node.child("enable")),
    databases: texts.map(({ text, place }) => ({ text, place })),
    open: open[0]?.why,
    listPlace: list.isDefined() === false ? undefined : nameAt(list),
    location: location === undefined ? usual : location.known ? normalise(location.value) : undefined,
    locationPlace: location?.place,
  };
}
