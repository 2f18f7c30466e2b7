import type { Connection } from "vscode-languageserver";
import type { FixPlan } from "../../edits/fix-plan.ts";
import type { PersistedEntry } from "../../edits/persistence-edit.ts";
import { applyEdits } from "../../edits/text-edit.ts";
import { pathFates } from "../../remote/path-fates.ts";
import { persistPlan } from "../../remote/persist/persist-plan.ts";
import { factsJson } from "../../report/facts.ts";
import type { Locations } from "../../report/locations.ts";
import { type PatchedFile, unifiedDiff } from "../../report/unified-diff.ts";
import type { ClientCapabilities } from "../client-capabilities.ts";
import { toWorkspaceEdit } from "../convert.ts";
import { inside, type PlannedPersist } from "../inside-methods.ts";
import { onceCurrent } from "../outdated.ts";
import type { Session } from "../session.ts";

/** Answers the main thread about hosts of the configuration. */
export function answerInside(connection: Connection, session: () => Session, client: () => ClientCapabilities): void {
  const checked = (name: string) =>
    session()
      .analysis()
      .hosts.find(({ host }) => host.name === name)?.host;
  connection.onRequest(inside.hostNames, (token) =>
    onceCurrent(token, () => {
      const { hosts, unchecked } = session().analysis();
      return [...hosts.map(({ host }) => host.name), ...unchecked.map(({ reference }) => reference.name)];
    }),
  );
  connection.onRequest(inside.host, ({ name }: { name: string }, token) =>
    onceCurrent(token, () => {
      const host = checked(name);
      if (host) return { facts: factsJson(host, session().locations()) };
      const why = session()
        .analysis()
        .unchecked.find(({ reference }) => reference.name === name)?.why;
      return why === undefined ? null : { why };
    }),
  );
  connection.onRequest(inside.fates, ({ name, paths }: { name: string; paths: readonly string[] }, token) =>
    onceCurrent(token, () => {
      const host = checked(name);
      if (host) return pathFates(host, paths);
      return paths.map(() => ({
        survives: "unknown",
        by: "",
        why: `the host ${name} is not in the workspace any more`,
      }));
    }),
  );
  connection.onRequest(inside.persist, ({ name, entries }: { name: string; entries: PersistedEntry[] }, token) =>
    onceCurrent(token, (): PlannedPersist | { why: string } => {
      const host = checked(name);
      if (!host) return { why: `the host ${name} is not in the workspace any more` };
      const program = (file: string) => session().program(file);
      const planned = persistPlan({ host, program }, entries);
      if ("why" in planned) return planned;
      const { plan, store } = planned;
      const patch = unifiedDiff(patchedFiles(plan, session().locations()));
      const note = plan.note === undefined ? {} : { note: plan.note };
      const edit = toWorkspaceEdit(plan, session(), client());
      return { change: { title: plan.title, store, patch, ...note }, edit };
    }),
  );
}

function patchedFiles({ edits }: FixPlan, locations: Locations): PatchedFile[] {
  return [...edits].map(([file, own]) => {
    const before = locations.text(file);
    return { path: locations.shown(file), before, after: applyEdits(before, own) };
  });
}
