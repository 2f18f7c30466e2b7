import { parentPath } from "../../eval/path-name.ts";
import type { CheckedHost } from "../../ide/analysis.ts";
import type { ScaffoldParams, ScaffoldResult } from "../../protocol.ts";
import { isModulesFolder } from "../../scaffold/modules-folder.ts";
import { planMigration } from "../../scaffold/plan-migration.ts";
import { planScaffold } from "../../scaffold/plan-scaffold.ts";
import { isDisk, type ScaffoldPlan, ScaffoldRefusal } from "../../scaffold/request.ts";
import { scaffoldRequest } from "../../workspace/scaffold-request.ts";
import type { Session } from "../session.ts";

/**
 * `impermanence/scaffold`: the files of the modules for servers for a host, or of the way to them from those of the
 * documents. Nothing is written: that is the client's part, after the user has seen it.
 */
export function scaffold(session: Session, params: ScaffoldParams): ScaffoldResult {
  const { hosts } = session.analysis();
  const isAt = (entry: string) => params.uri === undefined || params.uri === session.uri(entry);
  const host = hosts.find(({ host, reference }) => host.name === params.host && isAt(reference.entry));
  if (!host) return { why: `There is no host ${params.host} any more.` };
  const root = rootOf(host, session);
  const { task, uri, ...rest } = params;
  const answers = { ...rest, entry: host.reference.entry };
  const { folder, disk } = answers;
  if (!isModulesFolder(folder)) {
    return { why: `${folder} is no folder below the project.` };
  }
  if (disk !== undefined && !isDisk(disk)) return { why: `${disk} is no disk: a path such as /dev/disk/by-id/… is.` };
  try {
    const plan = session.withWorkspace((workspace, shown) => {
      const request = scaffoldRequest(workspace, hosts, root, answers, shown);
      try {
        return task === "migrate" ? planMigration(request) : planScaffold(request);
      } finally {
        request.end();
      }
    });
    return resultOf(plan, session, root);
  } catch (error) {
    if (!(error instanceof ScaffoldRefusal)) throw error;
    return { why: `${sentence(error.message)}${error.help === undefined ? "" : ` ${error.help}`}` };
  }
}

function resultOf(plan: ScaffoldPlan, session: Session, root: string): ScaffoldResult {
  return {
    files: [...plan.files].map(([path, { before, after }]) => ({
      uri: session.uri(path),
      path: path.slice(root.length + 1),
      before: before ?? null,
      after,
    })),
    notes: plan.notes,
    left: plan.left.map(({ code, message }) => `${code}: ${message}`),
  };
}

function rootOf({ reference }: CheckedHost, session: Session): string {
  const own = parentPath(reference.entry);
  if (reference.kind === "flake") return own;
  return session.folderOf(reference.entry) ?? own;
}

function sentence(phrase: string): string {
  return `${phrase.charAt(0).toUpperCase()}${phrase.slice(1)}.`;
}
