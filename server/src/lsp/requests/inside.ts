import type { Connection } from "vscode-languageserver";
import { pathFates } from "../../remote/path-fates.ts";
import { factsJson } from "../../report/facts.ts";
import { inside } from "../inside-methods.ts";
import { onceCurrent } from "../outdated.ts";
import type { Session } from "../session.ts";

/** Answers the main thread about hosts of the configuration. */
export function answerInside(connection: Connection, session: () => Session): void {
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
}
